"""Cases of revocations and the school calendar, by the command line."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from forms.choices import Relationship, SignatureMethod
from intake.accounts.staff import add_staff
from intake.consents.model import Consent, Revocation
from intake.evidence import GivenSignature
from intake.installation import Installation
from intake.sharing.destinations import add_destination
from intake.sharing.model import Publication, PublicationState
from intake.sharing.standard_webhooks import new_secret
from intake.signing import RevocationSubmission, submit_revocation
from intake.web.app import connect_subscribers
from tests.cli.conftest import AT, Run, sign_as_sarah
from tests.staff import EVERY_ROLE

ROSA = "rosa@example.org"


@pytest.fixture
def revocation(installed: Installation) -> Revocation:
    """Sarah has taken back what the destination ``clienttrack`` was told."""
    connect_subscribers(installed)
    with installed.database.begin() as session:
        add_staff(
            session,
            roles=EVERY_ROLE,
            email=ROSA,
            name="Rosa",
            password="marble tent quick fox",
            at=AT,
        )
        url = "https://clienttrack.example.org/hook"
        add_destination(session, "clienttrack", "webhook", url, new_secret(), at=AT)
    sign_as_sarah(installed)
    with installed.database.begin() as session:
        [told] = session.scalars(select(Publication)).all()
        told.state, told.attempts, told.delivered_at = PublicationState.DELIVERED, 1, AT
        student_id = session.scalars(select(Consent.student_id)).first() or ""
    return submit_revocation(
        installed,
        RevocationSubmission(
            signing_id="signing-1", language="en", student_id=student_id,
            signer_name="Sarah Johnson", relationship=Relationship.PARENT, contact=None,
            signature=GivenSignature(SignatureMethod.TYPED, "Sarah Johnson", None, None),
        ),
        at=AT,
    )  # fmt: skip


def test_a_case_from_open_to_closed(run: Run, revocation: Revocation, tmp_path: Path) -> None:
    [row] = json.loads(run("revocations", "list", "--open", "--json").out)
    assert (row["id"], row["stage"]) == (revocation.id, "hiding")
    assert row["destinations"][0]["state"] == "waiting"
    assert row["due_at"].startswith("2026-11-25T21:00")
    shown = run("revocations", "show", revocation.id)
    assert "revocation_recorded" in shown.out
    assert "Sarah" not in shown.out + run("revocations", "list").out

    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7 hidden")
    confirm = ("revocations", "confirm", revocation.id, "--destination", "clienttrack")
    said = ("--reason", "They wrote so", "--file", str(tmp_path / "letter.pdf"), "--as", ROSA)
    assert run(*confirm, *said).out == "Confirmed.\n"
    assert "confirmed already" in run(*confirm, *said).err
    shown = json.loads(run("revocations", "show", revocation.id, "--json").out)
    assert shown["stage"] == "telling"
    [hidden] = [one for one in shown["history"] if one["kind"] == "identity_hidden"]
    assert hidden["by"] == "staff Rosa"
    assert hidden["said"]["reason"] == "They wrote so"

    assert run("revocations", "told", revocation.id, "--how", "by_phone", "--as", ROSA).status == 0
    assert run("revocations", "list", "--open").out == "No revocation is open.\n"
    [row] = json.loads(run("revocations", "list", "--json").out)
    assert (row["stage"], row["family"]["how"]) == ("closed", "by_phone")
    assert run("audit", "verify").status == 0


CONFIRM = ("confirm", "{id}", "--destination", "clienttrack", "--reason")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("confirm", "{id}", "--destination", "x", "--reason", "y", "--as", ROSA), "was not told"),
        (("confirm", "no", *CONFIRM[2:], "y", "--as", ROSA), "no revocation"),
        ((*CONFIRM, " ", "--as", ROSA), "give a reason"),
        ((*CONFIRM, "y", "--as", "no@x.org"), "no staff account"),
        (("told", "{id}", "--how", "in_person", "--as", ROSA), "not hidden everywhere"),
        (("show", "no"), "there is no revocation no"),
        (("assign", "{id}", "--to", "no@x.org", "--as", ROSA), "no staff account"),
        (("set-owner", ROSA, "--school", "Hogwarts"), "there is no school"),
    ],
)
def test_what_is_wrong_is_one_line(
    run: Run, revocation: Revocation, arguments: tuple[str, ...], problem: str
) -> None:
    told = run("revocations", *(one.replace("{id}", revocation.id) for one in arguments))
    assert told.status == 2
    assert problem in told.err
    assert told.err.count("\n") == 1


def test_owners_are_set_and_a_case_is_given_away(run: Run, revocation: Revocation) -> None:
    assert run("revocations", "set-owner", ROSA).status == 0
    assert "every other school" in run("revocations", "owners").out
    [row] = json.loads(run("revocations", "list", "--json").out)
    assert row["owner"] is not None
    assert run("revocations", "assign", revocation.id, "--to", ROSA, "--as", ROSA).status == 0


def test_the_calendar_is_imported_listed_and_put_right(
    run: Run, installed: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "days.csv"
    file.write_text("day,last_day,name\n2099-11-26,2099-11-27,Thanksgiving\n")
    assert run("calendar", "import", str(file)).out == "2 days added or renamed.\n"
    assert run("calendar", "import", str(file)).out == "0 days added or renamed.\n"
    assert run("calendar", "remove", "2099-11-27").status == 0
    assert "not on the list" in run("calendar", "remove", "2099-11-27").err
    [row] = json.loads(run("calendar", "list", "--json").out)
    assert (row["day"], row["school"]) == ("2099-11-26", None)
    file.write_text("day,name\nThursday,Thanksgiving\n")
    wrong = run("calendar", "import", str(file))
    assert (wrong.status, wrong.err.count("\n")) == (2, 1)
    assert "line 2" in wrong.err
