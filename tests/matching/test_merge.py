"""Two records of one student become one: history stays, either id is known, and the no wins."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from forms.choices import Relationship
from intake.accounts.api_clients import EVERYTHING
from intake.consents.decide import Reason
from intake.consents.holds import lift_holds, place_hold
from intake.consents.invitations import create_invitation
from intake.consents.ledger import SYSTEM, LedgerEvent
from intake.consents.merge import birth_date_changed
from intake.consents.model import Consent, Invitation, Revocation
from intake.consents.revoke import RevocationLetter, revoke
from intake.consents.states import Channel, ConsentState, EventKind, HoldReason
from intake.consents.tokens import new_receipt_code
from intake.db.base import new_id
from intake.disclosures.listing import disclosures_of
from intake.lookups.standing import standing_of
from intake.matching.merge import CannotMerge
from intake.roster.model import School, Student
from intake.roster.search import search_students
from intake.roster.students import students_described, typed_student
from intake.sharing.destinations import add_destination
from intake.sharing.model import Publication, PublicationState
from intake.sharing.outbox import publication_subscriber
from tests.conftest import NOW
from tests.disclosures.scene import BORN, DAY, TODAY, Scene
from tests.matching.conftest import assert_true_to_the_ledger, merge, student, type_student

HOUR = DAY / 24


def sign(scene: Scene, student_id: str, **how: object) -> str:
    with scene.database.begin() as session:
        return scene.sign(session, student_id, **how).id  # type: ignore[arg-type]


def take_back(scene: Scene, student_id: str, at: object) -> str:
    letter = RevocationLetter(
        id=new_id(), student_id=student_id, signer_name="Sarah Johnson",
        relationship=Relationship.PARENT, contact=None, version="2026-1", language="en",
        text_sha256="b" * 64, channel=Channel.ONLINE, signed_at=at, signed_on=NOW.date(),
        due_at=NOW + 2 * DAY, receipt_code=new_receipt_code(), document_sha256="c" * 64,
        signing_id=None,
    )  # type: ignore[arg-type]  # fmt: skip
    with scene.database.begin() as session:
        return revoke(session, letter).id


def state(scene: Scene, consent_id: str) -> ConsentState:
    with scene.database.read() as session:
        return session.get_one(Consent, consent_id).state


def test_what_was_signed_for_the_typed_student_counts_for_the_roster_one(scene: Scene) -> None:
    with scene.database.begin() as session:
        [emmas] = session.scalars(select(Consent))
        emmas_id = emmas.id
    typed = type_student(scene)
    newer = sign(scene, typed, at=NOW - HOUR)
    merge(scene, typed)
    assert (state(scene, emmas_id), state(scene, newer)) == (
        ConsentState.SUPERSEDED, ConsentState.ACTIVE,
    )  # fmt: skip
    assert scene.reasons() == set()
    assert scene.reasons(student_id=typed) == set(), "the earlier id is known too"
    [answer] = scene.ask(scene.question(student_id=typed))
    assert answer.consent_id == newer
    with scene.database.read() as session:
        told = standing_of(session, typed, reach=EVERYTHING, on=TODAY)
    assert (told.student_id, told.reason) == (typed, Reason.CONSENTED)
    assert told.record is not None
    assert told.record["record_id"] == newer


def test_the_ledger_keeps_whom_an_entry_was_written_for(scene: Scene) -> None:
    typed = type_student(scene)
    signed = sign(scene, typed, at=NOW - HOUR)
    merge(scene, typed)
    with scene.database.read() as session:
        query = select(LedgerEvent).order_by(LedgerEvent.sequence)
        told = session.scalars(query.where(LedgerEvent.consent_id == signed)).all()
        assert [(one.kind, one.student_id) for one in told] == [
            (EventKind.ACTIVATED, typed), (EventKind.MOVED, scene.student_id),
        ]  # fmt: skip
        [merged] = session.scalars(query.where(LedgerEvent.kind == EventKind.STUDENTS_MERGED))
        assert merged.student_id == typed
        assert merged.values() == {"into": scene.student_id, "reasons": ["name_variant"]}
    assert student(scene, typed).name == "Emma Jonson", "what the family wrote stays"


def test_a_later_no_for_the_typed_student_ends_the_roster_ones_yes(scene: Scene) -> None:
    typed = type_student(scene)
    sign(scene, typed, granted=False, at=NOW - HOUR)
    assert scene.reasons() == set(), "nobody knew yet that they are one"
    merge(scene, typed)
    assert scene.reasons() == {"declined"}
    assert scene.reasons(student_id=typed) == {"declined"}
    with scene.database.read() as session:
        [ended] = session.scalars(select(Revocation))
        assert ended.student_id == scene.student_id


def test_an_earlier_no_does_not_end_a_later_yes(scene: Scene) -> None:
    typed = type_student(scene)
    sign(scene, typed, granted=False, at=NOW - 3 * DAY)
    merge(scene, typed)
    assert scene.reasons() == set()


def test_a_no_that_nobody_has_confirmed_denies_until_somebody_has(scene: Scene) -> None:
    typed = type_student(scene)
    sign(scene, typed, granted=False, known=False, at=NOW - HOUR)
    merge(scene, typed)
    assert scene.reasons() == {"unsettled_refusal"}


def test_a_letter_for_the_typed_student_takes_back_the_roster_ones_older_yes(
    scene: Scene,
) -> None:
    typed = type_student(scene)
    sign(scene, typed, at=NOW - 3 * DAY)
    take_back(scene, typed, NOW - HOUR)
    merge(scene, typed)
    assert scene.reasons() == {"revoked"}
    with scene.database.read() as session:
        both = session.scalars(select(Revocation)).all()
        assert len(both) == 2, "the sharing systems are asked for what the first did not reach"
        assert {one.document_sha256 for one in both} == {"c" * 64}, "it is the same letter"


def test_a_yes_after_the_letter_stands(scene: Scene) -> None:
    typed = type_student(scene)
    sign(scene, typed, at=NOW - 4 * DAY)
    take_back(scene, typed, NOW - 3 * DAY)
    merge(scene, typed)
    assert scene.reasons() == set()


def test_a_paper_that_stops_the_typed_student_stops_the_roster_one(scene: Scene) -> None:
    typed = type_student(scene)
    with scene.database.begin() as session:
        place_hold(
            session, typed, paper_id="paper", reason=HoldReason.POSSIBLE_REVOCATION,
            actor=SYSTEM, at=NOW,
        )  # fmt: skip
    merge(scene, typed)
    assert scene.reasons() == {"on_hold"}
    with scene.database.begin() as session:
        lift_holds(session, "paper", actor=SYSTEM, at=NOW)
    assert scene.reasons() == set()
    assert_true_to_the_ledger(scene)


def test_disclosures_are_found_by_either_id(scene: Scene) -> None:
    typed = type_student(scene)
    sign(scene, typed, at=NOW - HOUR)
    scene.record(scene.question(student_id=typed, record_key="one"))
    merge(scene, typed)
    scene.record(scene.question(record_key="two"))
    with scene.database.read() as session:
        found = [len(disclosures_of(session, one)) for one in (typed, scene.student_id)]
    assert found == [2, 2]


def test_rights_pass_on_at_18_by_the_roster_ones_birth_date(scene: Scene) -> None:
    typed = type_student(scene, birth_date=date(2014, 4, 12))
    signed = sign(scene, typed, at=NOW - HOUR)
    merge(scene, typed)
    with scene.database.begin() as session:
        assert session.get_one(Consent, signed).rights_transfer_on == date(2033, 4, 12)
        birth_date_changed(session, scene.student_id, date(2008, 4, 12))
    assert scene.reasons() == {"rights_transferred"}


def test_who_types_the_same_again_is_the_roster_student(scene: Scene) -> None:
    typed = type_student(scene)
    merge(scene, typed)
    with scene.database.begin() as session:
        school = session.get_one(School, scene.school_id)
        again = typed_student(session, school=school, name="emma jonson", birth_date=BORN, at=NOW)
        found = students_described(session, scene.school_id, "Emma Jonson", BORN)
        assert [again.id, *(one.id for one in found)] == [scene.student_id] * 2
        assert search_students(session, "jonson", 5) == [scene.student_id]


def test_a_personal_link_leads_to_the_roster_student(scene: Scene) -> None:
    typed = type_student(scene)
    with scene.database.begin() as session:
        create_invitation(
            session, student_id=typed, language=None, by=SYSTEM, at=NOW, expires_at=NOW + DAY
        )
    merge(scene, typed)
    with scene.database.read() as session:
        assert session.scalars(select(Invitation.student_id)).all() == [scene.student_id]


def test_a_sharing_system_hides_whom_it_knows_by_the_id_it_was_told(scene: Scene) -> None:
    scene.database.subscribers.append(publication_subscriber("https://waivers.example.org"))
    with scene.database.begin() as session:
        url = "https://east.example.org/hook"
        add_destination(session, "east", "webhook", url, "whsec_" + "A" * 44, at=NOW)
    typed = type_student(scene)
    sign(scene, typed, at=NOW - HOUR)
    with scene.database.begin() as session:
        [given] = session.scalars(select(Publication))
        given.attempts, given.state = 1, PublicationState.DELIVERED
    merge(scene, typed)
    scene.revoke(NOW)
    with scene.database.read() as session:
        revoked = session.scalars(
            select(Publication).where(Publication.type.endswith("revoked"))
        ).one()
        subject = json.loads(revoked.body)["data"]["subject"]
        assert (revoked.student_id, subject["id"]) == (typed, typed)


def test_only_a_waiting_typed_student_is_merged_and_only_once(scene: Scene) -> None:
    typed = type_student(scene)
    merge(scene, typed)
    for one in (typed, scene.student_id, "nobody"):
        with pytest.raises(CannotMerge):
            merge(scene, one)


def test_nothing_is_shared_about_a_student_who_has_left(scene: Scene) -> None:
    with scene.database.begin() as session:
        session.get_one(Student, scene.student_id).left_on = NOW.date()
    assert scene.reasons() == {"student_left"}
    assert scene.reasons(at=NOW - DAY) == set(), "on the day before nothing spoke against it"
    with scene.database.read() as session:
        told = standing_of(session, scene.student_id, reach=EVERYTHING, on=TODAY)
    assert told.reason is Reason.EXPIRED, "before the worker has written so"
