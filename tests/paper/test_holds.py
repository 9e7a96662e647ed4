"""Holds follow the ledger: altered rows are found, and written anew."""

from sqlalchemy import delete, update

from intake.audit import problems
from intake.consents.decide import Reason
from intake.consents.holds import rebuild_holds
from intake.consents.model import Hold
from intake.consents.projection import rebuild
from intake.consents.states import HoldReason
from tests.paper.tray import Tray, letter, yes


def doubtful(tray: Tray) -> str:
    """A student whose revocation can't be read for certain."""
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)))
    tray.take_in(letter(tray.letter_for(student), signature="unsure"))
    return student


def test_a_hold_that_was_deleted_is_found_and_comes_back(tray: Tray) -> None:
    student = doubtful(tray)
    with tray.installation.database.begin() as session:
        session.execute(delete(Hold))
    [line] = problems(tray.installation.database, tray.installation.storage)
    assert "was deleted; the ledger has it" in line
    with tray.installation.database.begin() as session:
        assert rebuild(session) == 1
    assert tray.decision(student).reason is Reason.ON_HOLD
    tray.check()


def test_a_hold_that_was_lifted_behind_our_back_is_found(tray: Tray) -> None:
    student = doubtful(tray)
    with tray.installation.database.begin() as session:
        session.execute(update(Hold).values(lifted_at=tray.at))
    [line] = problems(tray.installation.database, tray.installation.storage)
    assert "differs from the ledger" in line
    with tray.installation.database.begin() as session:
        assert rebuild_holds(session) == 1
    assert not tray.permits(student)


def test_a_hold_that_nobody_placed_is_found(tray: Tray) -> None:
    student = doubtful(tray)
    with tray.installation.database.begin() as session:
        session.add(
            Hold(
                student_id=student,
                reason=HoldReason.POSSIBLE_REFUSAL,
                paper_id="x",
                placed_at=tray.at,
            )
        )
    [line] = problems(tray.installation.database, tray.installation.storage)
    assert "is not in the ledger" in line
