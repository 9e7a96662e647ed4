"""No permit unless all four hold: every combination, and what hypothesis thinks of."""

import itertools
from datetime import date, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.choices import Relationship
from intake.accounts.api_clients import EVERYTHING
from intake.clock import local_date
from intake.consents.decide import AnswerFacts, purposes_of
from intake.consents.states import ConsentState
from intake.disclosures import decide as deciding
from intake.disclosures.on_record import OnRecord, StudentFacts
from intake.disclosures.questions import Answered, Question
from intake.partners.facts import Assigned, PartnerFacts, Span
from intake.partners.model import PartnerClass
from intake.partners.needs import DEFAULTS
from tests.conftest import NOW
from tests.consents.story import ZONE

TODAY = local_date(NOW, ZONE)
NAMED = purposes_of("2026-1")
DAYS = st.integers(-3, 3).map(lambda days: TODAY + timedelta(days=days))
SPANS = st.lists(st.builds(Span, DAYS, st.none() | DAYS), max_size=2)
GOOD = Span(TODAY, TODAY)
PAST = Span(TODAY - timedelta(days=9), TODAY - timedelta(days=1))


def consent(**changed: Any) -> AnswerFacts:
    values: dict[str, Any] = {
        "id": "c", "version": "2026-1", "state": ConsentState.ACTIVE, "unsettled": False,
        "relationship_kind": Relationship.PARENT, "signed_at": NOW - timedelta(days=1),
        "valid_until": TODAY, "rights_transfer_on": TODAY + timedelta(days=1), "ended_at": None,
        "elements": [one for group in NAMED.values() for one in group], "purposes": list(NAMED),
        "partner_classes": ["community_organizations"],
    }  # fmt: skip
    return AnswerFacts(**(values | changed))


def decided(
    monkeypatch: pytest.MonkeyPatch, answers: list[AnswerFacts], facts: PartnerFacts, **asked: str
) -> Answered:
    """The real decision, over facts that no database has to hold."""
    student = StudentFacts("school", False, answers)
    with monkeypatch.context() as patched:
        found = OnRecord({"student": student}, facts)
        patched.setattr(deciding, "read_record", lambda *_: found)
        values = {"role": "tutor", "purpose": "academic_support", "element": "grades"} | asked
        element = values.pop("element")
        question = Question("student", "tutors", "ana", elements=(element,), **values)
        [answer] = deciding.decide_disclosures(
            SimpleNamespace(),
            [question],
            reach=EVERYTHING,
            now=NOW,
            zone=ZONE,  # type: ignore[arg-type]
        )
    return answer


def partner(
    *, agreement: list[Span], training: list[Span], role: list[Span], place: list[Assigned],
    kind: PartnerClass = PartnerClass.COMMUNITY,
) -> PartnerFacts:  # fmt: skip
    return PartnerFacts(
        classes={"tutors": kind},
        employers={"ana": "tutors"},
        agreements={"tutors": agreement},
        trainings={"ana": training},
        roles={("ana", "tutor"): role},
        assignments={("tutors", "school"): place},
    )


def test_the_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 64 combinations exactly one permits."""
    permitted = []
    for holds in itertools.product((True, False), repeat=6):
        active, agreement, training, place, role, need = holds
        facts = partner(
            agreement=[GOOD if agreement else PAST],
            training=[GOOD if training else PAST],
            role=[GOOD if role else PAST],
            place=[Assigned(None, GOOD if place else PAST)],
        )
        answers = [consent() if active else consent(state=ConsentState.REVOKED)]
        answer = decided(
            monkeypatch, answers, facts, element="grades" if need else "absence_reasons"
        )
        assert len(answer.elements[0].reasons) == holds.count(False), "every reason is told"
        if answer.permitted:
            permitted.append(holds)
    assert permitted == [(True,) * 6]


@cache
def elements() -> list[str]:
    return sorted({one for group in NAMED.values() for one in group} | {"shoe_size"})


CONSENTS = st.builds(
    consent,
    state=st.sampled_from(ConsentState),
    unsettled=st.booleans(),
    relationship_kind=st.sampled_from(Relationship),
    signed_at=DAYS.map(lambda on: NOW + (on - TODAY)),
    valid_until=DAYS,
    rights_transfer_on=DAYS,
    purposes=st.sets(st.sampled_from(sorted(NAMED))).map(sorted),
    elements=st.sets(st.sampled_from(elements())).map(sorted),
    partner_classes=st.sets(st.sampled_from(PartnerClass)).map(sorted),
    version=st.sampled_from(["2026-1", "1999-1"]),
)
PLACES = st.lists(
    st.builds(Assigned, st.sampled_from([None, "ana", "bo"]), st.builds(Span, DAYS, DAYS)),
    max_size=2,
)


@given(
    answers=st.lists(CONSENTS, max_size=3),
    agreement=SPANS, training=SPANS, role=SPANS, place=PLACES,
    kind=st.sampled_from(PartnerClass),
    purpose=st.sampled_from([*sorted(NAMED), "marketing"]),
    element=st.sampled_from(elements()),
    asked_role=st.sampled_from(["tutor", "mentor", "janitor"]),
)  # fmt: skip
def test_no_permit_unless_all_four_hold(
    answers: list[AnswerFacts], agreement: list[Span], training: list[Span], role: list[Span],
    place: list[Assigned], kind: PartnerClass, purpose: str, element: str, asked_role: str,
) -> None:  # fmt: skip
    facts = partner(agreement=agreement, training=training, role=role, place=place, kind=kind)
    with pytest.MonkeyPatch.context() as patch:
        answer = decided(patch, answers, facts, role=asked_role, purpose=purpose, element=element)
    if not answer.permitted:
        assert answer.elements[0].reasons
        return

    def counts(spans: list[Span]) -> bool:
        return any(one.first <= TODAY <= (one.last or date.max) for one in spans)

    [used] = [one for one in answers if one.state is ConsentState.ACTIVE and covers(one)][:1]
    assert kind in used.partner_classes
    assert element in used.elements
    assert purpose in used.purposes
    assert element in NAMED[purpose]
    assert not any(one.unsettled and one.state is ConsentState.DECLINED
                   for one in answers[: answers.index(used)])  # fmt: skip
    assert counts(agreement)
    assert counts(training)
    assert counts(role)
    assert counts([one.span for one in place if one.person_id != "bo"])
    assert asked_role == "tutor"
    assert element in DEFAULTS["tutor"][purpose]


def covers(one: AnswerFacts) -> bool:
    by_student = one.relationship_kind is Relationship.ELIGIBLE_STUDENT
    in_time = one.signed_at <= NOW and one.valid_until >= TODAY
    return in_time and (by_student or one.rights_transfer_on > TODAY)
