"""Destinations, dead letters and backfill from the command line, as docs/operating.md says."""

import json

import pytest
from sqlalchemy import select

from intake.accounts.staff import add_staff, find_staff
from intake.clock import now
from intake.consents.ledger import LedgerEvent
from intake.consents.states import EventKind
from intake.installation import Installation
from intake.sharing.destinations import confirmation_secrets
from intake.sharing.model import Destination, Publication, PublicationState
from intake.sharing.standard_webhooks import new_secret
from tests.cli.conftest import AT, Run
from tests.staff import EVERY_ROLE

URL = "https://sharing.example.org/webhook"
EMAIL = "desk@example.org"


@pytest.fixture
def added(installed: Installation, run: Run) -> Installation:
    """A webhook destination that was told of the one consent there is."""
    told = run("destinations", "add", "reference", "--url", URL, "--secret", new_secret())
    assert (told.status, told.out) == (0, "Added.\n")
    told = run("publish", "backfill", "reference", "--json")
    assert json.loads(told.out) == {"destination": "reference", "looked_at": 1, "added": 1}
    return installed


@pytest.fixture
def refused(added: Installation) -> str:
    """The same, refused for good; the dead letter's id."""
    with added.database.begin() as session:
        add_staff(
            session,
            roles=EVERY_ROLE,
            email=EMAIL,
            name="Dana Lee",
            password="a long enough one",
            at=AT,
        )
        letter = session.scalars(select(Publication)).one()
        letter.state, letter.attempts, letter.error = PublicationState.DEAD, 8, "HTTP 400"
        return letter.id


def destination(installed: Installation) -> Destination:
    with installed.database.read() as session:
        return session.get_one(Destination, "reference")


def test_a_backfill_that_is_run_again_adds_nothing(added: Installation, run: Run) -> None:
    told = run("publish", "backfill", "reference")
    assert told.out == "0 consents on their way to reference.\n"
    told = run("publish", "backfill", "nobody")
    assert (told.status, told.err) == (2, "intake: there is no active destination nobody\n")


def test_the_list_shows_what_waits_and_no_secret(added: Installation, run: Run) -> None:
    [row] = json.loads(run("destinations", "list", "--json").out)
    assert (row["name"], row["waiting"], row["dead_letters"]) == ("reference", 1, 0)
    assert (row["circuit"], row["active"], row["error"]) == ("closed", True, None)
    text = run("destinations", "list").out
    assert text.startswith("reference: webhook, cloudevents; circuit closed; 1 waiting (oldest ")
    assert "whsec_" not in text
    assert URL not in text


@pytest.mark.parametrize(
    ("arguments", "fix"),
    [
        (["--url", "http://e.org/"], "the address must be https:// except on this machine itself"),
        (["--url", URL, "--secret", "secret"], "a webhook secret starts with whsec_"),
        (["--url", URL, "--school", "x"], "there is no school with the id x"),
        (["--url", URL, "--event-type", "given"], "who is told of given must be told of ended"),
        (["--url", URL, "--event-type", "suspended"], "event types are: ended, given, revoked"),
        (["--kind", "file", "--url", "file:///no/such/x"], "a file in a folder that exists"),
        (["--kind", "sftp_csv", "--url", "sftp://a@e.org/"], "the server's public key is needed"),
    ],
)
def test_what_could_never_work_is_refused_in_one_line(
    installed: Installation, run: Run, arguments: list[str], fix: str
) -> None:
    secret = [] if "--secret" in arguments or "file" in arguments else ["--secret", new_secret()]
    told = run("destinations", "add", "x", *arguments, *secret)
    assert told.status == 2
    assert fix in told.err
    assert told.err.count("\n") == 1
    assert "whsec_" not in told.err.replace("starts with whsec_", "")


def test_a_secret_is_changed_in_two_steps(added: Installation, run: Run) -> None:
    old, new = destination(added).secret, new_secret()
    told = run("destinations", "secret", "reference", "--secret", new)
    assert told.out == "Both secrets count until --finish.\n"
    assert confirmation_secrets(destination(added)) == [new, old]
    assert run("destinations", "secret", "reference", "--finish").status == 0
    assert confirmation_secrets(destination(added)) == [new]
    assert run("destinations", "secret", "reference", "--secret", "x").status == 2
    assert run("destinations", "secret", "nobody", "--finish").status == 2


def test_a_destination_moves_and_is_switched_off(added: Installation, run: Run) -> None:
    assert (
        run("destinations", "change", "reference", "--url", "https://new.example.org/").status == 0
    )
    assert run("destinations", "change", "reference", "--off").status == 0
    found = destination(added)
    assert (found.url, found.active) == ("https://new.example.org/", False)
    told = run("destinations", "change", "reference", "--url", "http://e.org/")
    assert "must be https://" in told.err
    assert run("destinations", "change", "reference").status == 2
    assert run("publish", "backfill", "reference").status == 2


def test_a_pull_token_is_shown_once_and_can_be_revoked(installed: Installation, run: Run) -> None:
    told = run("destinations", "add", "puller", "--kind", "pull", "--secret", new_secret())
    assert told.out.startswith("intake_pull_")
    again = run("destinations", "token", "puller")
    assert again.out.startswith("intake_pull_")
    assert again.out != told.out
    assert run("destinations", "token", "puller", "--revoke").out == "Revoked.\n"
    assert run("destinations", "token", "nobody").status == 2


def test_a_dead_letter_is_listed_and_replayed_with_a_reason(
    added: Installation, refused: str, run: Run
) -> None:
    listed = run("publish", "dead-letters", "list")
    assert listed.status == 1, "for cron: something waits for a person"
    assert f"{refused}  reference  given" in listed.out
    assert "8 attempts: HTTP 400" in listed.out
    told = run("publish", "dead-letters", "replay", refused, "--reason", "mended", "--by", EMAIL)
    assert (told.status, told.out) == (0, "On the way again: 1 of 1.\n")
    assert run("publish", "dead-letters", "list").out == "No dead letters.\n"
    told = run("publish", "dead-letters", "replay", refused, "--reason", "x", "--by", EMAIL)
    assert (told.status, told.err) == (1, f"{refused}: no dead letter (any more)\n")
    with added.database.read() as session:
        entry = session.scalars(
            select(LedgerEvent).where(LedgerEvent.kind == EventKind.PUBLICATION_REPLAYED)
        ).one()
    assert entry.values()["reason"] == "mended"
    assert entry.at <= now()


def test_a_dead_letter_is_settled_by_somebody_we_know(
    added: Installation, refused: str, run: Run
) -> None:
    settle = ("publish", "dead-letters", "settle", refused, "--reason", "told by phone", "--by")
    told = run(*settle, "nobody@example.org")
    assert told.status == 2
    assert "there is no staff account nobody@example.org" in told.err
    with added.database.begin() as session:
        find_staff(session, EMAIL).disabled_at = now()
    told = run(*settle, EMAIL)
    assert (told.status, told.err) == (2, f"intake: the staff account {EMAIL} is disabled\n")
    with added.database.begin() as session:
        find_staff(session, EMAIL).disabled_at = None
    assert run(*settle, EMAIL).out == "Settled.\n"
    assert run("publish", "dead-letters", "list").status == 0
    assert run(*settle, EMAIL).status == 2
