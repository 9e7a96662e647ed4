"""From a revocation to a closed case, and everything that keeps one open."""

from pathlib import Path

import pytest
from sqlalchemy import select

from intake.accounts.model import Role, Staff
from intake.accounts.staff import disable_staff
from intake.audit import problems
from intake.consents.model import Revocation
from intake.consents.narrow import Part
from intake.consents.states import ActorKind, EventKind
from intake.messages.model import OutgoingMessage
from intake.revocations.actions import (
    CaseClosed,
    Evidence,
    NoSuchOwner,
    NotHiddenYet,
    ReasonMissing,
    assign,
    close_told,
    confirm_with_evidence,
    tell_family,
)
from intake.revocations.cases import CaseUnknown, Stage, find_case, open_cases
from intake.revocations.evidence import (
    EvidenceRefused,
    EvidenceUnknown,
    read_evidence,
    recording,
)
from intake.revocations.history import history
from intake.revocations.model import ToldHow
from intake.revocations.owners import set_usual_owner
from intake.revocations.progress import ConfirmedBy, DestinationState, FamilyState
from intake.roster.model import School
from intake.roster.students import add_school
from intake.sharing.confirmations import AlreadyConfirmed, NeverTold
from intake.sharing.dead_letters import replay, settle_letter
from intake.sharing.model import Confirmation
from tests.revocations.conftest import Scene
from tests.sharing.builders import add_student, grant, take_part

PDF = b"%PDF-1.7 they wrote that it is hidden"


def states(scene: Scene, revocation: object) -> dict[str, DestinationState]:
    case = scene.case(revocation)  # type: ignore[arg-type]
    return {one.destination_id: one.state for one in case.destinations}


def test_callbacks_and_a_sent_message_close_a_case_by_themselves(scene: Scene) -> None:
    revocation = scene.revoked(delivered=False)
    assert set(states(scene, revocation).values()) == {DestinationState.WAITING}
    scene.deliver()
    assert set(states(scene, revocation).values()) == {DestinationState.SENT}
    scene.calls_back(revocation, "clienttrack")
    assert scene.case(revocation).stage is Stage.HIDING
    scene.calls_back(revocation, "other")

    case = scene.case(revocation)
    assert case.stage is Stage.TELLING
    assert case.family.state is FamilyState.ON_ITS_WAY
    assert {one.confirmed_by for one in case.destinations} == {ConfirmedBy.CALLBACK}
    assert close_told(scene.database, at=scene.at) == 0

    scene.post()
    assert close_told(scene.database, at=scene.later(minutes=1)) == 1
    assert close_told(scene.database, at=scene.at) == 0
    case = scene.case(revocation)
    assert case.stage is Stage.CLOSED
    assert (case.family.state, case.family.how) == (FamilyState.TOLD, ToldHow.MESSAGE)
    [told] = scene.events(revocation, EventKind.FAMILY_TOLD)
    assert (told.actor_kind, told.values()["how"]) == (ActorKind.SYSTEM, "message")
    with scene.database.read() as session:
        assert open_cases(session) == []


def test_a_receiver_that_answers_200_and_never_confirms_stays_open_and_is_shown_so(
    scene: Scene,
) -> None:
    revocation = scene.revoked()
    scene.calls_back(revocation, "other")
    at = scene.later(days=30)
    case = scene.case(revocation)
    assert case.stage is Stage.HIDING
    assert case.is_overdue(at)
    [silent] = case.unconfirmed
    assert (silent.destination_id, silent.state) == ("clienttrack", DestinationState.SENT)
    assert silent.sent_at is not None
    with pytest.raises(NotHiddenYet):
        _tell(scene, revocation.id, ToldHow.IN_PERSON)


def test_a_coordinator_confirms_with_evidence_that_stays_on_the_ledger(scene: Scene) -> None:
    revocation = scene.revoked()
    scene.calls_back(revocation, "other")
    evidence = Evidence(" They showed it to me on a call ", "T-1207")
    with recording(scene.database, scene.storage, PDF, evidence, at=scene.at) as (session, whole):
        confirm_with_evidence(
            session, revocation.id, "clienttrack", whole, staff_id=scene.rosa.id, at=scene.at
        )

    case = scene.case(revocation)
    assert case.stage is Stage.TELLING
    assert [one.confirmed_by for one in case.destinations] == [
        ConfirmedBy.STAFF, ConfirmedBy.CALLBACK,
    ]  # fmt: skip
    with scene.database.read() as session:
        [entry] = [one for one in history(session, revocation) if one.reason]
        assert (entry.actor, entry.destination) == ("Rosa", "clienttrack")
        assert (entry.reason, entry.reference) == ("They showed it to me on a call", "T-1207")
        kept = read_evidence(session, scene.storage, revocation.id, entry.evidence)
        assert kept == (PDF, "application/pdf")
        with pytest.raises(EvidenceUnknown):
            read_evidence(session, scene.storage, "another", entry.evidence)
    assert list(problems(scene.database, scene.storage)) == []


def test_evidence_needs_a_reason_a_destination_that_was_told_and_a_file_that_is_one(
    scene: Scene,
) -> None:
    revocation = scene.revoked()
    with pytest.raises(ReasonMissing):
        _confirm(scene, revocation.id, "clienttrack", "   ")
    with pytest.raises(NeverTold):
        _confirm(scene, revocation.id, "nowhere", "seen")
    with pytest.raises(CaseUnknown):
        _confirm(scene, "unknown", "clienttrack", "seen")
    with (
        pytest.raises(EvidenceRefused),
        recording(scene.database, scene.storage, b"MZ", Evidence("seen"), at=scene.at),
    ):
        raise AssertionError("a programme is no evidence")
    _confirm(scene, revocation.id, "clienttrack", "seen")
    with pytest.raises(AlreadyConfirmed):
        _confirm(scene, revocation.id, "clienttrack", "seen again")
    scene.calls_back(revocation, "clienttrack")
    assert len(scene.events(revocation, EventKind.IDENTITY_HIDDEN)) == 1


def test_a_file_whose_confirmation_fails_is_not_kept(scene: Scene, tmp_path: Path) -> None:
    revocation = scene.revoked()
    before = sorted((tmp_path / "store").rglob("*"))
    evidence = Evidence("")
    with (
        pytest.raises(ReasonMissing),
        recording(scene.database, scene.storage, PDF, evidence, at=scene.at) as (session, whole),
    ):
        confirm_with_evidence(
            session, revocation.id, "clienttrack", whole, staff_id=scene.rosa.id, at=scene.at
        )
    kept = [file for file in sorted((tmp_path / "store").rglob("*")) if file.is_file()]
    assert kept == [file for file in before if file.is_file()]
    assert scene.case(revocation).stage is Stage.HIDING


def test_a_dead_letter_is_shown_and_replayed_or_given_up(scene: Scene) -> None:
    revocation = scene.revoked(delivered=False)
    letter = scene.refuse(revocation, "clienttrack")
    case = scene.case(revocation)
    [refused] = [one for one in case.destinations if one.dead_letters]
    assert (refused.state, refused.error) == (DestinationState.DEAD_LETTER, "410 Gone")
    assert refused.dead_letters == (letter,)
    with scene.database.begin() as session:
        replay(
            session,
            letter,
            reason="they are back",
            by=scene.as_rosa,
            at=scene.at,
            today=scene.at.date(),
        )
    assert states(scene, revocation)["clienttrack"] is DestinationState.FAILING
    scene.refuse(revocation, "clienttrack")
    with scene.database.begin() as session:
        settle_letter(session, letter, reason="told by phone", by=scene.as_rosa, at=scene.at)
    assert states(scene, revocation)["clienttrack"] is DestinationState.SETTLED
    _confirm(scene, revocation.id, "clienttrack", "they confirmed by phone")
    assert states(scene, revocation)["clienttrack"] is DestinationState.CONFIRMED


def test_a_family_without_contact_needs_a_person(scene: Scene) -> None:
    revocation = scene.revoked(contact=None)
    scene.calls_back(revocation, "clienttrack", "other")
    case = scene.case(revocation)
    assert (case.stage, case.family.state) == (Stage.TELLING, FamilyState.NO_CONTACT)
    assert case.family.needs_person
    _tell(scene, revocation.id, ToldHow.BY_LETTER)
    case = scene.case(revocation)
    assert (case.stage, case.family.by) == (Stage.CLOSED, scene.rosa.id)
    with pytest.raises(CaseClosed):
        _tell(scene, revocation.id, ToldHow.BY_LETTER)
    with pytest.raises(CaseClosed):
        _assign(scene, revocation.id, scene.dana.id)


def test_a_message_that_did_not_arrive_needs_a_person_even_after_it_is_forgotten(
    scene: Scene,
) -> None:
    revocation = scene.revoked()
    scene.calls_back(revocation, "clienttrack", "other")
    scene.post(refuses=True)
    assert close_told(scene.database, at=scene.at) == 0
    assert scene.case(revocation).family.state is FamilyState.FAILED
    with scene.database.begin() as session:
        for message in session.scalars(select(OutgoingMessage)):
            session.delete(message)
    assert scene.case(revocation).family.state is FamilyState.FAILED


def test_who_can_not_be_told_needs_a_reason(scene: Scene) -> None:
    revocation = scene.revoked(contact=None)
    scene.calls_back(revocation, "clienttrack", "other")
    with pytest.raises(ReasonMissing):
        _tell(scene, revocation.id, ToldHow.CANNOT)
    _tell(scene, revocation.id, ToldHow.CANNOT, "moved away, no address")
    assert scene.case(revocation).family.state is FamilyState.CANNOT_BE_TOLD
    [told] = scene.events(revocation, EventKind.FAMILY_TOLD)
    assert told.values() == {"how": "cannot", "note": "moved away, no address"}


def test_a_case_has_the_schools_owner_until_somebody_takes_it(scene: Scene) -> None:
    revocation = scene.revoked()
    assert scene.case(revocation).owner_id is None
    with scene.database.begin() as session:
        set_usual_owner(session, scene.rosa)
    assert scene.case(revocation).owner_id == scene.rosa.id
    with scene.database.begin() as session:
        school = session.scalars(select(School)).one()
        set_usual_owner(session, scene.dana, school_id=school.id)
    assert scene.case(revocation).owner_id == scene.dana.id
    _assign(scene, revocation.id, scene.rosa.id)
    _assign(scene, revocation.id, scene.rosa.id)
    assert scene.case(revocation).owner_id == scene.rosa.id
    assert len(scene.events(revocation, EventKind.CASE_ASSIGNED)) == 1
    with scene.database.begin() as session:
        disable_staff(session, session.get_one(type(scene.rosa), scene.rosa.id), at=scene.at)
    assert scene.case(revocation).owner_id == scene.dana.id
    with pytest.raises(NoSuchOwner):
        _assign(scene, revocation.id, scene.rosa.id)


@pytest.mark.parametrize(
    ("roles", "is_elsewhere"), [([Role.FRONT_DESK], True), ([Role.AUDITOR], False)]
)
def test_a_case_is_given_to_nobody_who_may_not_see_its_student(
    scene: Scene, roles: list[Role], is_elsewhere: bool
) -> None:
    revocation = scene.revoked()
    with scene.database.begin() as session:
        dana = session.get_one(Staff, scene.dana.id)
        dana.roles = [role.value for role in roles]
        dana.schools = [add_school(session, "Westview High School").id] if is_elsewhere else None
    with pytest.raises(NoSuchOwner):
        _assign(scene, revocation.id, scene.dana.id)


def test_a_revocation_nobody_had_to_hear_of_waits_only_for_its_family(scene: Scene) -> None:
    student_id = scene.story.student()
    scene.story.sign(student_id)  # never delivered: nothing was disclosed
    revocation = scene.story.revoke(student_id)
    case = scene.case(revocation)
    assert (case.destinations, case.stage) == ((), Stage.TELLING)
    scene.post()
    close_told(scene.database, at=scene.at)
    assert scene.case(revocation).stage is Stage.CLOSED


def test_a_part_taken_back_has_a_case_too(scene: Scene) -> None:
    with scene.database.begin() as session:
        student = add_student(session, at=scene.at)
        grant(session, student, at=scene.at)
    scene.deliver()
    with scene.database.begin() as session:
        letter = take_part(session, student.id, Part(("grades",)), at=scene.at)
    scene.deliver()
    assert set(states(scene, letter).values()) == {DestinationState.SENT}
    scene.calls_back(letter, "other")
    _confirm(scene, letter.id, "clienttrack", "they wrote so")
    assert scene.case(letter).stage is Stage.TELLING
    withdrawn = scene.events(letter, EventKind.PART_WITHDRAWN)
    assert [one.actor_kind for one in withdrawn] == [ActorKind.DESTINATION, ActorKind.STAFF]
    assert scene.events(letter, EventKind.IDENTITY_HIDDEN) == []


def test_what_is_altered_in_the_tables_is_found(scene: Scene) -> None:
    revocation = scene.revoked()
    assert list(problems(scene.database, scene.storage)) == []
    with scene.database.begin() as session:
        row = session.get_one(Revocation, revocation.id)
        row.completed_at, row.closed_at = scene.at, scene.later(minutes=1)
        for destination in ("clienttrack", "other"):
            session.add(
                Confirmation(
                    revocation_id=revocation.id, destination_id=destination,
                    confirmed_at=scene.at, webhook_id="x",
                )
            )  # fmt: skip
    assert [
        line.removeprefix(f"state: revocation {revocation.id} ")
        for line in problems(scene.database, scene.storage)
    ] == [
        "is complete, but not in the ledger",
        "is closed, but not in the ledger",
        "has other confirmations than the ledger",
    ]


def test_there_is_no_case_without_a_revocation(scene: Scene) -> None:
    with scene.database.read() as session, pytest.raises(CaseUnknown):
        find_case(session, "unknown")


def _confirm(scene: Scene, revocation_id: str, destination: str, reason: str) -> None:
    with scene.database.begin() as session:
        confirm_with_evidence(
            session, revocation_id, destination, Evidence(reason), staff_id=scene.rosa.id,
            at=scene.at,
        )  # fmt: skip


def _tell(scene: Scene, revocation_id: str, how: ToldHow, note: str = "") -> None:
    with scene.database.begin() as session:
        tell_family(session, revocation_id, how, note=note, staff_id=scene.rosa.id, at=scene.at)


def _assign(scene: Scene, revocation_id: str, owner_id: str) -> None:
    with scene.database.begin() as session:
        assign(session, revocation_id, owner_id, by=scene.as_rosa, at=scene.at)
