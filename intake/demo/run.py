"""``intake demo``: pages, worker and reference sharing system as three processes on loopback."""

import base64
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from types import FrameType

import click

from intake.accounts.model import Role
from intake.accounts.staff import add_staff
from intake.accounts.trainings import record_training
from intake.clock import local_date, now
from intake.config import settings_from
from intake.consents.ledger import SYSTEM
from intake.demo.partners import add_sample_partners
from intake.demo.sample import FAMILIES, add_sample, has_sample, invite_all
from intake.documents.releases import publish_tree
from intake.installation import Installation, open_installation
from intake.schema import upgrade
from intake.sharing.destinations import add_destination
from intake.sharing.model import Destination
from intake.staff_settings import DEMO_SIGN_IN
from intake.web.app import connect_subscribers
from pdf.seal import create_demo_identity
from translations import languages

HOST = "127.0.0.1"
DESTINATION = "reference"
STAFF_EMAIL = "desk@example.org"
START_SECONDS = 30


class DemoFailed(RuntimeError):
    """The demonstration can't run; the message says what to do."""


def run_demo(folder: Path, *, port: int, sharing_port: int) -> None:
    """Prepare the folder, start everything, print addresses, and wait until interrupted."""
    for wanted in (port, sharing_port):
        _check_free(wanted)
    at = now()
    secrets_kept = prepare(folder, at=at)
    environ = demo_environ(folder, port=port, at=at)
    installation = open_installation(settings_from(environ))
    upgrade(installation.database)
    connect_subscribers(installation)
    tokens = _fill(installation, secrets_kept, sharing_port=sharing_port)
    installation.database.dispose()
    processes = _start(folder, environ, secrets_kept, port=port, sharing_port=sharing_port)
    try:
        _wait_until_up(processes, (port, sharing_port))
        _print_addresses(
            tokens, secrets_kept, port=port, sharing_port=sharing_port,
            is_eased=installation.settings.staff.is_eased,
        )  # fmt: skip
        _wait_for_end(processes)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise DemoFailed(
                f"port {port} is in use: stop what runs there, or choose another "
                "(--port, --sharing-port)"
            ) from None


def prepare(folder: Path, *, at: datetime) -> dict[str, str]:
    """Keys and passwords of this demonstration, made once; they are worth nothing elsewhere.

    The seal's certificate is valid from the day before ``at``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "secrets.json"
    if kept.exists():
        found: dict[str, str] = json.loads(kept.read_text())
        return found
    key, certificate = create_demo_identity("Demonstration seal (not for real use)", at)
    (folder / "seal-key.pem").write_bytes(key)
    (folder / "seal-key.pem").chmod(0o600)
    (folder / "seal-certificate.pem").write_bytes(certificate)
    made = {
        "secret_keys": f"demo:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "webhook": f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "password": f"desk-{secrets.token_hex(6)}",
    }
    kept.write_text(json.dumps(made))
    kept.chmod(0o600)
    return made


def demo_end_date(today: date) -> date:
    """The end of the school year that is under way or about to begin."""
    return date(today.year + (today.month >= 6), 6, 30)


def demo_environ(folder: Path, *, port: int, at: datetime) -> dict[str, str]:
    """The environment of this demonstration's processes, when it runs at ``at``."""
    return {**os.environ, **_settings(folder, prepare(folder, at=at), port=port, at=at)}


def demo_settings(folder: Path, *, port: int) -> dict[str, str]:
    """What other commands need to look at a demonstration's data."""
    at = now()
    return _settings(folder, prepare(folder, at=at), port=port, at=at)


def _settings(folder: Path, kept: Mapping[str, str], *, port: int, at: datetime) -> dict[str, str]:
    return {
        "INTAKE_DEMO": "1",
        "INTAKE_DATABASE_URL": f"sqlite:///{folder / 'intake.db'}",
        "INTAKE_STORAGE_URL": (folder / "documents").as_uri(),
        "INTAKE_SECRET_KEYS": kept["secret_keys"],
        "INTAKE_BASE_URL": f"http://{HOST}:{port}",
        "INTAKE_SEAL_KEY_FILE": str(folder / "seal-key.pem"),
        "INTAKE_SEAL_CERTIFICATE_FILE": str(folder / "seal-certificate.pem"),
        "INTAKE_CONSENT_END_DATE": demo_end_date(at.date()).isoformat(),
        "INTAKE_PARTNERSHIP": "Riverside Promise Partnership",
        "INTAKE_PARTNERSHIP_PHONE": "801-555-0100",
        "INTAKE_PARTNERSHIP_EMAIL": "help@riverside.example.org",
    }


def _fill(
    installation: Installation, kept: Mapping[str, str], *, sharing_port: int
) -> dict[str, str]:
    at: datetime = now()
    with installation.database.begin() as session:
        publish_tree(session, at=at)
        if not has_sample(session):
            add_sample(session, at=at)
            staff = add_staff(
                session,
                email=STAFF_EMAIL,
                name="Dana Lee",
                password=kept["password"],
                roles=list(Role),
                at=at,
            )
            today = local_date(at, installation.settings.time_zone)
            record_training(session, staff, today, today=today, by=SYSTEM, at=at)
        add_sample_partners(session, at=at)
        destination = session.get(Destination, DESTINATION)
        url = f"http://{HOST}:{sharing_port}/webhook"
        if destination is None:
            add_destination(session, DESTINATION, "webhook", url, kept["webhook"], at=at)
        else:
            destination.url = url
        return invite_all(session, at=at)


def _start(
    folder: Path,
    environ: Mapping[str, str],
    kept: Mapping[str, str],
    *,
    port: int,
    sharing_port: int,
) -> list["subprocess.Popen[bytes]"]:
    intake = [sys.executable, "-c", "from intake.cli import main; main()"]
    sharing = [sys.executable, "-m", "intake.demo.sharing_server"]
    sharing_environ = {
        **environ,
        "SHARING_DATABASE": str(folder / "sharing-system.db"),
        "SHARING_SECRET": kept["webhook"],
        "SHARING_CONFIRM_URL": f"http://{HOST}:{port}/api/v1/confirmations",
        "SHARING_PORT": str(sharing_port),
    }
    # Each in a process group of its own: an interrupt reaches us alone, and we end them in order.
    return [
        subprocess.Popen(sharing, env=sharing_environ, start_new_session=True),
        subprocess.Popen([*intake, "worker"], env=dict(environ), start_new_session=True),
        subprocess.Popen(
            [*intake, "serve", "--port", str(port)], env=dict(environ), start_new_session=True
        ),
    ]


def _wait_until_up(processes: list["subprocess.Popen[bytes]"], ports: tuple[int, ...]) -> None:
    deadline = time.monotonic() + START_SECONDS
    for port in ports:
        while not _answers(port):
            if any(process.poll() is not None for process in processes):
                raise DemoFailed("a part of the demonstration stopped; its message is above")
            if time.monotonic() > deadline:
                raise DemoFailed(f"nothing answers on port {port} after {START_SECONDS} seconds")
            time.sleep(0.1)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


def _print_addresses(
    tokens: Mapping[str, str],
    kept: Mapping[str, str],
    *,
    port: int,
    sharing_port: int,
    is_eased: bool,
) -> None:
    base = f"http://{HOST}:{port}"
    lines = [
        "",
        "The demonstration is running. Everything stays on this machine; Ctrl-C ends it.",
        "",
        f"  Families begin here      {base}/",
        f"  Messages they would get  {base}/demo/outbox   (the one-time codes are here)",
        f"  Sharing system           http://{HOST}:{sharing_port}/",
        f"  Front desk               {base}/desk/   {STAFF_EMAIL}  {kept['password']}",
        *(f"{' ':27}{line}" for line in _about_signing_in(is_eased=is_eased)),
        "",
        "  Personal links, with a phone number on the school's record:",
    ]
    for family in FAMILIES:
        language = languages()[family.language]
        lines.append(
            f"    {family.name} ({language.english_name}, {family.phone})\n"
            f"      {base}/{family.language}/i/{tokens[family.external_id]}"
        )
    click.echo("\n".join([*lines, ""]))


def _about_signing_in(*, is_eased: bool) -> tuple[str, ...]:
    if not is_eased:
        return ("(with a second step and the agreement, as outside a demonstration)",)
    return (
        f"(the password alone signs in; with {DEMO_SIGN_IN}=full all that is",
        "asked for outside a demonstration is asked for: docs/accounts.md)",
    )


def _wait_for_end(processes: list["subprocess.Popen[bytes]"]) -> None:
    def end(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
    except KeyboardInterrupt:
        click.echo("Stopping.")
        return
    raise DemoFailed("a part of the demonstration stopped; its message is above")
