"""Commands that check and rebuild."""

import sys

import click
from sqlalchemy import select

from intake.audit import problems
from intake.cli import installation, show
from intake.consents.projection import rebuild
from intake.db.engine import Database
from intake.db.keys import CannotDecrypt
from intake.disclosures.listing import rebuild_disclosures
from intake.roster.model import Student


@click.group("audit")
def audit_group() -> None:
    """Evidence."""


@audit_group.command("verify")
@click.option("--json", "as_json", is_flag=True)
def audit_verify(as_json: bool) -> None:
    """Check the ledger's chain, the tables against it, and every sealed document."""
    found = installation()
    lines = list(problems(found.database, found.storage))
    if lines and not _fits_keys(found.database):
        lines.append("keys: INTAKE_SECRET_KEYS can't read this database; that may be all")
    text = "\n".join(lines) or "The ledger, the state and every document are as they were written."
    show({"ok": not lines, "problems": lines}, as_json=as_json, text=text)
    if lines:
        sys.exit(1)


def _fits_keys(database: Database) -> bool:
    """Whether what is encrypted can be read: with another ring everything looks altered."""
    with database.read() as session:
        try:
            session.scalars(select(Student.name).limit(1)).first()
        except CannotDecrypt:
            return False
    return True


@click.group("consents")
def consents_group() -> None:
    """Consents."""


@consents_group.command("rebuild")
@click.option("--json", "as_json", is_flag=True)
def consents_rebuild(as_json: bool) -> None:
    """Write every consent's state, and every disclosure, anew from the ledger."""
    with installation().database.begin() as session:
        changed = rebuild(session) + rebuild_disclosures(session)
    show({"changed": changed}, as_json=as_json, text=f"{changed} consents changed.")
