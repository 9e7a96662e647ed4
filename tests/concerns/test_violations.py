"""Suspected violations: not seen by whom they name, closed by two, never changed."""

import pytest

from intake.concerns.errors import (
    AlreadyClosed,
    ConcernUnknown,
    NothingProposed,
    SamePerson,
)
from intake.concerns.history import history
from intake.concerns.model import Violation
from intake.concerns.reminders import remind_of_concerns
from intake.concerns.states import ConcernStep, ViolationOutcome
from intake.concerns.violations import (
    Report,
    agree,
    closed_violations,
    find_violation,
    name_staff,
    open_violations,
    proposal_of,
    propose,
    refuse,
    report,
)
from intake.roster.scope import SchoolScope
from intake.roster.students import add_school, add_student
from tests.concerns.conftest import GOVERNANCE, Scene

OUTCOME = ViolationOutcome.VIOLATION


def reported(scene: Scene, **facts: object) -> Violation:
    with scene.database.begin() as session:
        given = Report("A list lay on the bus", **facts)  # type: ignore[arg-type]
        return report(session, scene.settings, given, staff_id=scene.staff["Rosa"].id, at=scene.at)


def proposed(scene: Scene, violation: Violation, who: str) -> None:
    with scene.database.begin() as session:
        propose(
            session, violation.id, OUTCOME, "Talked to the driver",
            by=scene.viewer(who), at=scene.at,
        )  # fmt: skip


def read(scene: Scene, violation: Violation) -> int | None:
    """Which proposal somebody reads now."""
    with scene.database.read() as session:
        return proposal_of(session, session.get_one(Violation, violation.id))


def agreed(scene: Scene, violation: Violation, who: str, proposal: int | None = None) -> None:
    seen = read(scene, violation) if proposal is None else proposal
    with scene.database.begin() as session:
        agree(session, violation.id, proposal=seen, by=scene.viewer(who), at=scene.at)


def test_two_people_close_a_report_with_a_note(scene_on_both: Scene) -> None:
    scene = scene_on_both
    violation = reported(scene)
    with pytest.raises(NothingProposed):
        agreed(scene, violation, "Sam")
    proposed(scene, violation, "Dana")
    with pytest.raises(SamePerson):
        agreed(scene, violation, "Dana")
    agreed(scene, violation, "Sam")
    with pytest.raises(AlreadyClosed):
        proposed(scene, violation, "Dana")
    with scene.database.read() as session:
        (closed,) = closed_violations(session, scene.viewer("Rosa"))
        assert (closed.outcome, closed.note) == (OUTCOME, "Talked to the driver")
        lines = history(session, closed)
    assert [(line.step, line.actor) for line in lines] == [
        (ConcernStep.REPORTED, "Rosa"),
        (ConcernStep.CLOSING_PROPOSED, "Dana"),
        (ConcernStep.CLOSED, "Sam"),
    ]
    assert scene.problems() == []


def test_whom_it_names_neither_sees_nor_settles_it(scene: Scene) -> None:
    violation = reported(scene, named=(scene.staff["Dana"].id,))
    with scene.database.read() as session:
        assert open_violations(session, scene.viewer("Dana")) == []
        assert len(open_violations(session, scene.viewer("Sam"))) == 1
    with pytest.raises(ConcernUnknown):
        proposed(scene, violation, "Dana")
    proposed(scene, violation, "Sam")
    with pytest.raises(ConcernUnknown):
        agreed(scene, violation, "Dana")


def test_who_is_named_later_loses_what_they_proposed(scene: Scene) -> None:
    violation = reported(scene)
    proposed(scene, violation, "Dana")
    with scene.database.begin() as session:
        dana = scene.staff["Dana"].id
        name_staff(session, violation.id, dana, by=scene.viewer("Sam"), at=scene.at)
    with pytest.raises(NothingProposed):
        agreed(scene, violation, "Sam")
    with scene.database.read() as session, pytest.raises(ConcernUnknown):
        find_violation(session, violation.id, scene.viewer("Dana"))
    assert scene.problems() == []


def test_nobody_agrees_to_a_proposal_that_was_changed_after_they_read_it(scene: Scene) -> None:
    violation = reported(scene)
    proposed(scene, violation, "Dana")
    first = read(scene, violation)
    proposed(scene, violation, "Dana")
    with pytest.raises(NothingProposed):
        agreed(scene, violation, "Sam", first)
    agreed(scene, violation, "Sam")


def test_who_does_not_agree_keeps_it_open(scene: Scene) -> None:
    violation = reported(scene)
    proposed(scene, violation, "Dana")
    with scene.database.begin() as session:
        seen = proposal_of(session, session.get_one(Violation, violation.id))
        refuse(session, violation.id, proposal=seen, by=scene.viewer("Sam"), at=scene.at)
    with scene.database.read() as session:
        found = find_violation(session, violation.id, scene.viewer("Sam"))
    assert (found.outcome, found.note, found.closed_at) == (None, None, None)


def test_a_report_about_another_schools_student_is_not_shown(scene_on_both: Scene) -> None:
    scene = scene_on_both
    with scene.database.begin() as session:
        here, there = add_school(session, "Here"), add_school(session, "There")
        student = add_student(
            session, school=there, name="Emma", birth_date=scene.at.date(), at=scene.at
        )
    violation = reported(scene, student_id=student.id)
    with scene.database.read() as session:
        near = scene.viewer("Dana", SchoolScope.of([here.id]))
        assert open_violations(session, near) == []
        with pytest.raises(ConcernUnknown):
            find_violation(session, violation.id, near)
        far = scene.viewer("Dana", SchoolScope.of([there.id]))
        assert [one.id for one in open_violations(session, far)] == [violation.id]


def test_governance_is_told_at_once_and_reminded_without_what_was_reported(scene: Scene) -> None:
    violation = reported(scene)
    scene.forward(days=15)
    assert remind_of_concerns(scene.database, scene.settings, at=scene.at) == 1
    assert remind_of_concerns(scene.database, scene.settings, at=scene.at) == 0
    told = scene.messages()
    assert [message.recipient for message in told] == [GOVERNANCE, GOVERNANCE]
    for message in told:
        assert violation.number in message.body
        assert "bus" not in message.body
    assert scene.problems() == []
