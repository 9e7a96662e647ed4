"""Commands for sharing systems: who is told, how, and how it goes."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.cli import database, fail, show
from intake.cli.counting import counted
from intake.clock import now
from intake.roster.model import School
from intake.sharing.connectors import CONNECTORS
from intake.sharing.destinations import (
    InvalidDestination,
    Settings,
    add_destination,
    change_secret,
    change_target,
    end_change,
    new_token,
    revoke_token,
)
from intake.sharing.filters import Filters, InvalidFilter
from intake.sharing.formats import Format
from intake.sharing.model import Destination
from intake.sharing.standing import Standing, standings

_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)


@click.group("destinations")
def destinations_group() -> None:
    """Sharing systems that are told about consents."""


@destinations_group.command("add")
@click.argument("name")
@click.option("--kind", default="webhook", show_default=True, type=click.Choice(sorted(CONNECTORS)))
@click.option(
    "--url",
    default="",
    help="https://host/path, sftp://user@host/folder, file:///folder/name.jsonl; none to pull.",
)
@click.option(
    "--secret",
    envvar="INTAKE_DESTINATION_SECRET",
    default="",
    help="whsec_…, or the SFTP account's password. Better in INTAKE_DESTINATION_SECRET.",
)
@click.option("--key-file", type=_FILE, help="SFTP: our private key (PEM), in place of a password.")
@click.option("--host-key", help='SFTP: the server\'s public key, "ssh-ed25519 AAAA…".')
@click.option("--mapping", help="SFTP: clienttrack, or the path of a mapping of your own.")
@click.option("--receipts", help="SFTP: the folder in which receipts appear.")
@click.option("--format", "format_name", type=click.Choice([one.value for one in Format]))
@click.option("--allow-private", is_flag=True, help="It is in a private network of ours.")
@click.option("--school", "schools", multiple=True, help="Only this school's students (its id).")
@click.option("--partner-class", "classes", multiple=True, help="Only consents that name it.")
@click.option("--event-type", "types", multiple=True, help="given, ended, revoked; all by default.")
def destinations_add(
    name: str,
    kind: str,
    url: str,
    secret: str,
    key_file: Path | None,
    host_key: str | None,
    mapping: str | None,
    receipts: str | None,
    format_name: str | None,
    allow_private: bool,
    schools: tuple[str, ...],
    classes: tuple[str, ...],
    types: tuple[str, ...],
) -> None:
    """Register a sharing system; from now on it is told of every consent that comes into force.

    One that pulls gets a token, which is shown once.
    """
    options = {
        "host_key": host_key,
        "mapping": mapping,
        "receipts": receipts,
        "allow_private": allow_private or None,
    }
    token = None
    try:
        filters = Filters.checked(schools=schools, partner_classes=classes, types=types)
        with database().begin() as session:
            _check_schools(session, schools)
            added = add_destination(
                session,
                name,
                kind,
                url,
                key_file.read_text(encoding="ascii") if key_file else secret,
                at=now(),
                settings=Settings(
                    format=Format(format_name) if format_name else None,
                    options={key: value for key, value in options.items() if value is not None},
                    filters=filters,
                ),
            )
            if kind == "pull":
                token = new_token(session, added)
    except (InvalidDestination, InvalidFilter) as error:
        fail(str(error))
    click.echo("Added." if token is None else token)


@destinations_group.command("token")
@click.argument("name")
@click.option("--revoke", is_flag=True, help="Only make the present one void.")
def destinations_token(name: str, revoke: bool) -> None:
    """A new token for a system that pulls, shown once; the one before is void at once."""
    token = None
    with database().begin() as session:
        destination = session.get(Destination, name)
        if destination is None or destination.kind != "pull":
            fail(f"{name} is no destination that pulls")
        if revoke:
            revoke_token(destination)
        else:
            token = new_token(session, destination)
    click.echo("Revoked." if token is None else token)


@destinations_group.command("change")
@click.argument("name")
@click.option("--url", help="Its new address.")
@click.option("--host-key", help="SFTP: the server's new public key.")
@click.option("--mapping", help="SFTP: another mapping.")
@click.option("--receipts", help="SFTP: another folder for receipts.")
@click.option("--on/--off", "active", default=None, help="Whether it is told of new consents.")
def destinations_change(
    name: str,
    url: str | None,
    host_key: str | None,
    mapping: str | None,
    receipts: str | None,
    active: bool | None,
) -> None:
    """Move a sharing system, or switch it off or on. What waits goes to where it is now.

    One that is off still hears of the end of what it knows.
    """
    options = {"host_key": host_key, "mapping": mapping, "receipts": receipts}
    given = {key: value for key, value in options.items() if value is not None}
    if url is None and active is None and not given:
        fail("name what to change: see --help")
    with database().begin() as session:
        destination = _found(session, name)
        try:
            change_target(destination, url=url, options=given)
        except InvalidDestination as error:
            fail(str(error))
        if active is not None:
            destination.active = active
    click.echo("Changed.")


@destinations_group.command("secret")
@click.argument("name")
@click.option("--secret", envvar="INTAKE_DESTINATION_SECRET", default="", help="The new one.")
@click.option("--key-file", type=_FILE, help="SFTP: our new private key (PEM).")
@click.option("--finish", is_flag=True, help="The other side has the new one: end the old one.")
def destinations_secret(name: str, secret: str, key_file: Path | None, finish: bool) -> None:
    """Change the secret. A whsec_… is changed in two steps, so that nothing is refused meanwhile.

    After the first step both secrets count: deliveries carry two signatures, and confirmations
    with either are taken. --finish ends the old one.
    """
    with database().begin() as session:
        destination = _found(session, name)
        if finish:
            end_change(destination)
            click.echo("Only the new secret counts now.")
            return
        try:
            new = key_file.read_text(encoding="ascii") if key_file else secret
            both = change_secret(destination, new)
        except InvalidDestination as error:
            fail(str(error))
    click.echo("Both secrets count until --finish." if both else "Changed.")


@destinations_group.command("list")
@click.option("--json", "as_json", is_flag=True)
def destinations_list(as_json: bool) -> None:
    """Every destination: what waits, what was refused, and whether its circuit is closed."""
    at = now()
    with database().read() as session:
        rows = [_row(one) for one in standings(session, at=at)]
    lines = [_line(row, at) for row in rows] or ["No destinations."]
    show(rows, as_json=as_json, text="\n".join(lines))


def _found(session: Session, name: str) -> Destination:
    destination = session.get(Destination, name, with_for_update=True)
    if destination is None:
        fail(f"there is no destination {name}")
    return destination


def _check_schools(session: Session, schools: tuple[str, ...]) -> None:
    known = set(session.scalars(select(School.id).where(School.id.in_(schools))))
    for school in schools:
        if school not in known:
            raise InvalidFilter(f"there is no school with the id {school}")


def _row(standing: Standing) -> dict[str, Any]:
    return {
        "name": standing.id,
        "kind": standing.kind,
        "format": standing.format.value,
        "active": standing.active,
        "circuit": standing.circuit.value,
        "open_until": standing.open_until.isoformat() if standing.open_until else None,
        "failures": standing.failures,
        "error": standing.error,
        "waiting": standing.waiting,
        "waiting_since": standing.waiting_since.isoformat() if standing.waiting_since else None,
        "dead_letters": standing.dead,
        "delivered_at": standing.delivered_at.isoformat() if standing.delivered_at else None,
        "filters": dict(standing.filters),
    }


def _line(row: dict[str, Any], at: datetime) -> str:
    since = ""
    if row["waiting_since"]:
        minutes = int((at - datetime.fromisoformat(row["waiting_since"])).total_seconds() // 60)
        since = f" (oldest {minutes} min)"
    error = f"; last error: {row['error']}" if row["error"] else ""
    return (
        f"{row['name']}: {row['kind']}, {row['format']}; circuit {row['circuit']}; "
        f"{row['waiting']} waiting{since}, {counted(row['dead_letters'], 'dead letter')}{error}"
    )
