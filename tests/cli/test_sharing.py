"""Partners, clients and decisions from the command line, as docs/api.md and operating.md say."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from intake.accounts.staff import add_staff
from intake.clock import now
from intake.consents.ledger import LedgerEvent
from intake.consents.states import EventKind
from intake.installation import Installation
from tests.cli.conftest import Run
from tests.staff import EVERY_ROLE

FILE = """
[[partners]]
id = "tutors-west"
name = "Tutors West"
class = "community_organizations"

[[agreements]]
partner = "tutors-west"
document = "Data Privacy Terms 2026"
signed_on = 2020-09-01
expires_on = 2099-08-31

[[people]]
id = "ana"
partner = "tutors-west"
name = "Ana Ortiz"

[[roles]]
person = "ana"
role = "tutor"
starts_on = 2020-09-01

[[trainings]]
person = "ana"
training = "FERPA basics"
completed_on = 2020-08-20
expires_on = 2099-08-31

[[assignments]]
partner = "tutors-west"
school = "riverside"
starts_on = 2020-09-01

[needs.tutor]
academic_support = ["grades"]
"""

ASK = (
    "decide", "--student", "S-1001", "--partner", "tutors-west", "--person", "ana",
    "--role", "tutor", "--purpose", "academic_support",
)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "partners.toml"
    path.write_text(FILE, "utf-8")
    return path


def test_a_file_is_imported_once_and_decides(run: Run, installed: Installation, file: Path) -> None:
    done = run("partners", "import", str(file), "--json")
    assert json.loads(done.out) == {
        "partners": 1, "agreements": 1, "people": 1, "roles": 1, "trainings": 1,
        "assignments": 1, "roles' needs": 1,
    }  # fmt: skip
    again = run("partners", "import", str(file))
    assert again.out == "Added or changed: 1 role's needs.\n"

    answer = run(*ASK, "--element", "grades", "--element", "gpa", "--json")
    assert answer.status == 0
    assert json.loads(answer.out)["elements"] == [
        {"element": "grades", "decision": "permit", "reasons": []},
        {"element": "gpa", "decision": "deny", "reasons": ["no_need_to_know"]},
    ]
    assert run(*ASK, "--element", "grades").out == "permit  grades\n"
    assert run(*ASK, "--element", "grades", "--at", "2019-01-01T00:00:00Z").out.startswith("deny")
    assert run(*ASK, "--element", "grades", "--at", "2019-01-01").status == 2
    assert run(*ASK, "--element", "grades", "--at", "today").status == 2

    assert "tutors-west" in run("partners", "list").out
    [school] = [one for one in json.loads(run("partners", "list", "--json").out)
                if one["partners"]]  # fmt: skip
    assert school["partners"][0]["name"] == "Tutors West"


def test_an_end_in_the_file_ends_it(run: Run, installed: Installation, file: Path) -> None:
    run("partners", "import", str(file))
    ended = FILE.replace('role = "tutor"\n', 'role = "tutor"\nends_on = 2021-01-01\n')
    file.write_text(ended, "utf-8")
    assert "1 role, " in run("partners", "import", str(file)).out
    assert (
        run(*ASK, "--element", "grades").out == "deny    grades                   role_not_held\n"
    )


def test_what_lapses_is_listed(run: Run, installed: Installation, file: Path) -> None:
    file.write_text(FILE.replace("expires_on = 2099-08-31", "expires_on = 2098-01-01"), "utf-8")
    run("partners", "import", str(file))
    assert run("partners", "lapses").out == "Nothing lapses within 30 days.\n"
    rows = json.loads(run("partners", "lapses", "--within", "40000", "--json").out)
    assert {row["kind"] for row in rows} == {"agreement", "training"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[[roles]]", "[[rolls]]"), "unknown tables: rolls"),
        (('school = "riverside"', 'school = "nowhere"'), "assignments 1: no school"),
        (('person = "ana"', 'person = "bo"'), "roles 1: there is no person bo"),
        (
            ("signed_on = 2020-09-01", 'signed_on = "2020"'),
            "agreements 1: signed_on must be a date",
        ),
        (('id = "ana"', "id = 5"), "people 1: id must be a text"),
        (('name = "Ana Ortiz"', ""), "people 1: name is missing"),
        (("community_organizations", "friends"), "partners 1: class must be one of"),
        (('["grades"]', "5"), "needs.tutor must have a list"),
        (('["grades"]', '["race"]'), "the waiver does not name race"),
        (('id = "ana"', 'id = "'), "not TOML"),
    ],
)
def test_a_fault_adds_nothing_and_is_one_line(
    run: Run, installed: Installation, file: Path, change: tuple[str, str], said: str
) -> None:
    file.write_text(FILE.replace(*change), "utf-8")
    done = run("partners", "import", str(file))
    assert done.status == 2
    assert said in done.err
    assert done.err.count("\n") == 1
    assert "tutors-west" not in run("partners", "list").out


def test_clients_are_added_listed_rotated_and_revoked(run: Run, installed: Installation) -> None:
    added = run("api-clients", "add", "clienttrack", "--scope", "decide", "--all-schools",
                "--all-partners")  # fmt: skip
    assert added.out.startswith("intake_")
    assert run("api-clients", "add", "clienttrack", "--scope", "decide").status == 2
    assert run("api-clients", "add", "small", "--scope", "decide").status == 0
    small, big = reversed(json.loads(run("api-clients", "list", "--json").out))
    assert (big["schools"], small["schools"]) == (None, []), "without a school: nobody's students"
    assert added.out.strip() not in run("api-clients", "list").out
    assert run("api-clients", "rotate", "clienttrack").out != added.out
    assert run("api-clients", "revoke", "clienttrack").out == "Revoked.\n"
    assert run("api-clients", "rotate", "clienttrack").status == 2
    assert run("api-clients", "revoke", "nobody").status == 2


def test_the_history_says_who_changed_what(run: Run, installed: Installation, file: Path) -> None:
    run("partners", "import", str(file))
    file.write_text(FILE.replace('name = "Tutors West"', 'name = "Tutors East"'), "utf-8")
    run("partners", "import", str(file))
    told = json.loads(run("partners", "history", "tutors-west", "--json").out)
    assert told[0]["what"] == "partner"
    assert told[0]["by"] == {"kind": "system", "id": "import", "email": None}
    assert told[0]["changes"] == {"name": {"before": "Tutors West", "after": "Tutors East"}}
    assert [row["what"] for row in told[1:]] == [
        "assignment", "training", "role", "person", "agreement", "partner",
    ]  # fmt: skip
    text = run("partners", "history", "tutors-west").out
    assert "    name: Tutors West → Tutors East" in text
    unknown = run("partners", "history", "nobody")
    assert unknown.status == 2
    assert unknown.err.startswith("intake: there is no partner nobody")
    assert run("audit", "verify").status == 0


def test_clients_have_a_reach_and_secrets_and_json(run: Run, installed: Installation) -> None:
    added = run("api-clients", "add", "hider", "--scope", "confirm", "--scope", "feed",
                "--school", "riverside", "--all-destinations", "--calls-per-minute", "30",
                "--oauth", "--json")  # fmt: skip
    secret = json.loads(added.out)["client_secret"]
    assert secret.startswith("intake_secret_")
    [row] = json.loads(run("api-clients", "list", "--json").out)
    assert (row["destinations"], row["calls_per_minute"]) == (None, 30)
    assert (len(row["schools"]), row["partners"]) == (1, [])
    rotated = json.loads(run("api-clients", "rotate", "hider", "--oauth", "--json").out)
    assert rotated["client_secret"] != secret
    assert json.loads(run("api-clients", "rotate", "hider", "--json").out)["token"]
    assert json.loads(run("api-clients", "revoke", "hider", "--json").out)["revoked"] is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--scope", "decide", "--school", "nowhere"), "there is no school 'nowhere'"),
        (("--scope", "feed", "--destination", "nowhere"), "there is no destination nowhere"),
        (("--scope", "disclose"), "disclose is of no use without decide"),
    ],
)
def test_a_mistyped_reach_is_refused(
    run: Run, installed: Installation, arguments: tuple[str, ...], said: str
) -> None:
    done = run("api-clients", "add", "new", *arguments)
    assert done.status == 2
    assert said in done.err
    assert done.err.count("\n") == 1
    assert run("api-clients", "list", "--json").out == "[]\n"


def test_staff_link_an_identifier_that_a_lookup_could_not(
    run: Run, installed: Installation
) -> None:
    run("api-clients", "add", "clienttrack", "--scope", "students:lookup", "--all-schools")
    with installed.database.begin() as session:
        add_staff(session, roles=EVERY_ROLE, email="dana@example.org", name="Dana Lee",
                  password="a long enough password", at=now())  # fmt: skip
    link = ("api-clients", "link", "clienttrack", "S-1001", "--by", "dana@example.org")
    assert run(*link, "--identifier", "104711").out == "Linked.\n"
    assert run(*link, typed="104711\n").out.endswith("It was linked already.\n")
    assert "stands for another student" in run(*link, "--identifier", "2").err
    assert "1 to 60" in run(*link, "--identifier", "a b").err
    assert "no staff account" in run(*link[:-1], "nobody@x.org", "--identifier", "1").err
    other = ("api-clients", "link", "clienttrack", "S-0", "--by", "dana@example.org")
    assert "no such student" in run(*other, "--identifier", "1").err
    with installed.database.read() as session:
        linked = LedgerEvent.kind == EventKind.IDENTIFIER_LINKED
        [event] = session.scalars(select(LedgerEvent).where(linked)).all()
    assert (event.actor_kind, event.values()["basis"]) == ("staff", "staff")
    assert run("api-clients", "lookups", "clienttrack").out == "There was no lookup.\n"
    assert run("api-clients", "lookups", "clienttrack", "--json").out == "[]\n"
