"""Keeping partners, what lapses, and the public list."""

from datetime import date, timedelta

import pytest

from intake.db.engine import Database
from intake.partners.errors import InvalidPartner, PartnerUnknown
from intake.partners.lapses import LapseKind, lapses, partners_by_school
from intake.partners.model import PartnerClass
from intake.partners.needs import DEFAULTS, set_needs
from intake.partners.registry import (
    add_partner,
    add_person,
    assign_school,
    end_agreement,
    give_role,
    record_training,
    sign_agreement,
)
from intake.roster.students import add_school
from tests.conftest import NOW

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
SOON = TODAY + 10 * DAY


@pytest.fixture
def school(database: Database) -> str:
    """A school, and partner ``tutors`` with Ana."""
    with database.begin() as session:
        add_partner(session, "tutors", "Tutors West", PartnerClass.COMMUNITY, at=NOW)
        add_person(session, "ana", "Ana Ortiz", partner_id="tutors", at=NOW)
        return add_school(session, "Riverside Elementary School").id


def test_what_lapses_within_so_many_days_and_is_not_renewed(
    database: Database, school: str
) -> None:
    with database.begin() as session:
        sign_agreement(session, "tutors", "DPA", signed_on=TODAY, expires_on=SOON)
        record_training(session, "ana", "FERPA", completed_on=TODAY, expires_on=SOON + DAY)
        give_role(session, "ana", "tutor", starts_on=TODAY, ends_on=SOON + 2 * DAY)
        give_role(session, "ana", "mentor", starts_on=TODAY)
        assign_school(session, "tutors", school, starts_on=TODAY, ends_on=SOON + 3 * DAY)

    def kinds(on: date, within: int) -> list[LapseKind]:
        with database.read() as session:
            return [one.kind for one in lapses(session, on=on, within=within)]

    assert kinds(TODAY, 9) == []
    assert kinds(TODAY, 10) == [LapseKind.AGREEMENT]
    assert kinds(TODAY, 30) == [
        LapseKind.AGREEMENT, LapseKind.TRAINING, LapseKind.ROLE, LapseKind.ASSIGNMENT,
    ]  # fmt: skip
    assert kinds(SOON + 4 * DAY, 30) == [], "what has lapsed does not lapse again"
    with database.begin() as session:
        sign_agreement(session, "tutors", "DPA 2", signed_on=SOON, expires_on=SOON + 365 * DAY)
        record_training(session, "ana", "FERPA", completed_on=SOON, expires_on=SOON + 365 * DAY)
        assign_school(session, "tutors", school, starts_on=SOON)
    assert kinds(TODAY, 30) == [LapseKind.ROLE]


def test_the_public_list_has_who_works_there_with_an_agreement(
    database: Database, school: str
) -> None:
    with database.begin() as session:
        add_partner(session, "clinic", "Clinic", PartnerClass.HEALTH, at=NOW)
        empty = add_school(session, "Westview High School").id
        for partner in ("tutors", "clinic"):
            assign_school(session, partner, school, starts_on=TODAY, ends_on=SOON)
            assign_school(session, partner, empty, starts_on=SOON + DAY)
        agreement = sign_agreement(session, "tutors", "DPA", signed_on=TODAY, expires_on=SOON).id

    def listed(on: date) -> list[tuple[str, list[str]]]:
        with database.read() as session:
            found = partners_by_school(session, on=on)
            return [(one.school, [partner.id for partner in one.partners]) for one in found]

    assert listed(TODAY) == [
        ("Riverside Elementary School", ["tutors"]), ("Westview High School", []),
    ]  # fmt: skip
    with database.begin() as session:
        end_agreement(session, agreement, last_day=TODAY - DAY)
    assert [partners for _, partners in listed(TODAY)] == [[], []]


def test_what_can_t_be_right_is_refused(database: Database, school: str) -> None:
    with database.begin() as session:
        for refused in (
            lambda: add_partner(session, "a b", "Name", PartnerClass.COMMUNITY, at=NOW),
            lambda: add_partner(session, "tutors", "Name", PartnerClass.COMMUNITY, at=NOW),
            lambda: add_partner(session, "new", "…", PartnerClass.COMMUNITY, at=NOW),
            lambda: add_person(session, "ana", "Ana", partner_id="tutors", at=NOW),
            lambda: sign_agreement(
                session, "tutors", "DPA", signed_on=TODAY, expires_on=TODAY - DAY
            ),
            lambda: set_needs(session, "tutor", {"marketing": ["grades"]}),
            lambda: set_needs(session, "tutor", {"equity": ["grades"]}),
        ):
            with pytest.raises(InvalidPartner):
                refused()
        for unknown in (
            lambda: add_person(session, "bo", "Bo", partner_id="nobody", at=NOW),
            lambda: record_training(session, "nobody", "F", completed_on=TODAY, expires_on=TODAY),
            lambda: assign_school(session, "tutors", "nowhere", starts_on=TODAY),
            lambda: end_agreement(session, "none", last_day=TODAY),
        ):
            with pytest.raises(PartnerUnknown):
                unknown()


def test_the_defaults_name_only_what_the_waiver_names_for_the_purpose(database: Database) -> None:
    with database.begin() as session:
        for role, needs in DEFAULTS.items():
            set_needs(session, role, {purpose: sorted(found) for purpose, found in needs.items()})


def test_a_person_s_name_is_not_readable_in_the_database(database: Database, school: str) -> None:
    with database.engine.connect() as connection:
        [row] = connection.exec_driver_sql("SELECT name FROM partner_people").all()
    assert b"Ana" not in bytes(row[0])
