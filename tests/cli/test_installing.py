"""Setting up: the schema, a first account, and what each mistake is answered with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from intake.accounts.model import Staff
from intake.installation import Installation
from tests.cli.conftest import Ran, Run, empty_database
from tests.conftest import ENGINES

NEED_EVERYTHING = (
    ("db", "upgrade"),
    ("db", "check"),
    ("audit", "verify"),
    ("consents", "rebuild"),
    ("staff", "add", "dana@example.org", "--name", "Dana Lee", "--role", "coordinator"),
    ("worker",),
    ("serve",),
)
NEED_THE_SCHEMA = NEED_EVERYTHING[2:]
PASSWORD = "correct horse battery staple\n"


@pytest.fixture(params=ENGINES)
def empty_database_url(
    request: pytest.FixtureRequest, tmp_path: Path, tables_sqlite: Path
) -> Iterator[str]:
    """These run on both engines."""
    yield from empty_database(request, tmp_path, tables_sqlite)


def assert_one_line(told: Ran, *words: str) -> None:
    assert told.status == 2
    assert told.out == ""
    assert told.err.startswith("intake: ")
    assert told.err.count("\n") == 1, told.err
    for word in words:
        assert word in told.err


def test_the_schema_is_made_once_and_checked(environ: dict[str, str], run: Run) -> None:
    before = run("db", "check")
    assert (before.status, "run `intake db upgrade`" in before.out) == (1, True)
    for _ in range(2):
        made = run("db", "upgrade")
        assert (made.status, made.out, made.err) == (0, "The database is up to date.\n", "")
    assert run("db", "check").status == 0


def test_an_account_is_added_once(installed: Installation, run: Run) -> None:
    add = ("staff", "add", "Dana@Example.org", "--name", "Dana Lee", "--role", "coordinator")
    assert run(*add, typed=PASSWORD).out == "Added.\n"
    assert_one_line(run(*add, typed=PASSWORD), "already")
    with installed.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Staff)) == 1


@pytest.mark.parametrize(
    ("email", "name", "password", "said"),
    [
        ("dana@example.org", "Dana Lee", "short\n", "another password"),
        ("dana@example.org", "Dana Lee", "", "another password"),
        ("dana", "Dana Lee", PASSWORD, "email"),
        ("dana@example.org", " \u200b", PASSWORD, "name"),
    ],
)
def test_an_unusable_account_is_refused_with_the_reason(
    email: str, name: str, password: str, said: str, installed: Installation, run: Run
) -> None:
    add = ("staff", "add", email, "--name", name, "--role", "coordinator")
    assert_one_line(run(*add, typed=password), said)


@pytest.mark.parametrize(
    ("role", "schools", "said"),
    [
        ("front_desk", (), "name them with --school"),
        ("front_desk", ("--school", "Nowhere"), "there is no school 'Nowhere'"),
    ],
)
def test_a_front_desk_has_schools_that_there_are(
    role: str, schools: tuple[str, ...], said: str, installed: Installation, run: Run
) -> None:
    add = ("staff", "add", "dana@example.org", "--name", "Dana", "--role", role, *schools)
    assert_one_line(run(*add, typed=PASSWORD), said)


@pytest.mark.parametrize("command", NEED_EVERYTHING, ids=" ".join)
def test_a_missing_setting_is_named(command: tuple[str, ...], no_settings: None, run: Run) -> None:
    assert_one_line(
        run(*command, typed=PASSWORD), "INTAKE_DATABASE_URL", "is not set", "intake config"
    )


@pytest.mark.parametrize("command", NEED_THE_SCHEMA, ids=" ".join)
def test_an_empty_database_names_the_command_that_fills_it(
    command: tuple[str, ...], environ: dict[str, str], run: Run
) -> None:
    assert_one_line(run(*command, typed=PASSWORD), "intake db upgrade")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "sqlite:////path"),
        ("mysql://user:hunter2@host/x", "sqlite:////path"),
        ("postgresql+psycopg://user:hunter2@host:port/x", "not a database's address"),
        ("postgresql+psycopg://user:hunter2@127.0.0.1:1/x", "no connection"),
        ("sqlite:////no/such/folder/intake.db", "check its path"),
        ("sqlite:///{folder}/secrets.json", "not an SQLite database"),
    ],
)
@pytest.mark.parametrize("empty_database_url", ["sqlite:///unused"])
def test_a_database_that_cannot_be_used_is_one_line_without_the_password(
    url: str,
    said: str,
    environ: dict[str, str],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("INTAKE_DATABASE_URL", url.format(folder=tmp_path))
    for command in NEED_EVERYTHING:
        told = run(*command, typed=PASSWORD)
        assert_one_line(told, "INTAKE_DATABASE_URL", said)
        assert "hunter2" not in told.err


@pytest.mark.parametrize("empty_database_url", ["sqlite:///unused"])
def test_a_read_only_database_stops_what_must_write(
    environ: dict[str, str], run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INTAKE_DATABASE_URL", f"sqlite:///{tmp_path / 'intake.db'}")
    run("db", "upgrade")
    url = f"sqlite:///file:{tmp_path / 'intake.db'}?mode=ro&uri=true"
    monkeypatch.setenv("INTAKE_DATABASE_URL", url)
    for command in (NEED_EVERYTHING[4], ("worker",), ("serve",)):
        assert_one_line(run(*command, typed=PASSWORD), "INTAKE_DATABASE_URL", "read-only")
    assert run("audit", "verify").status == 0


def test_a_key_of_another_installation_stops_the_start(
    installed: Installation, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = run("config", "new-key").out.strip()
    same_name = f"demo:{other.partition(':')[2]}"
    for keys in (other, same_name):
        monkeypatch.setenv("INTAKE_SECRET_KEYS", keys)
        for command in ("serve", "worker"):
            assert_one_line(run(command), "INTAKE_SECRET_KEYS")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("INTAKE_SECRET_KEYS", "k1:c2hvcnQ=", "32 random bytes"),
        ("INTAKE_BASE_URL", "http://waivers.example.org", "https://"),
        ("INTAKE_SEAL_KEY_FILE", "/no/such/key.pem", "can't read"),
        ("INTAKE_STORAGE_URL", "documents", "file:///path"),
        ("INTAKE_STORAGE_URL", "file:///dev/null/documents", "Not a directory"),
        ("SMTP_URL", "ftp://mail.example.org", "smtp://"),
    ],
)
def test_an_unusable_setting_is_named_with_its_fix(
    name: str,
    value: str,
    said: str,
    installed: Installation,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INTAKE_DEMO", "")
    monkeypatch.setenv(name, value)
    assert_one_line(run("worker"), name, said)


def test_a_folder_that_cannot_be_written_is_one_line(
    run: Run, tmp_path: Path, no_settings: None
) -> None:
    file = tmp_path / "a-file"
    file.write_text("not a folder")
    told = run("demo", "--folder", str(file / "demo"), "--port", "18765", "--sharing-port", "18766")
    assert_one_line(told, str(file), "Not a directory")
