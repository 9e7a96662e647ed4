"""Commands that check and rebuild."""

import sys

import click

from intake.audit import problems
from intake.cli import installation, show
from intake.consents.projection import rebuild


@click.group("audit")
def audit_group() -> None:
    """Evidence."""


@audit_group.command("verify")
@click.option("--json", "as_json", is_flag=True)
def audit_verify(as_json: bool) -> None:
    """Check the ledger's chain, the tables against it, and every sealed document."""
    found = installation()
    lines = list(problems(found.database, found.storage))
    text = "\n".join(lines) or "The ledger, the state and every document are as they were written."
    show({"ok": not lines, "problems": lines}, as_json=as_json, text=text)
    if lines:
        sys.exit(1)


@click.group("consents")
def consents_group() -> None:
    """Consents."""


@consents_group.command("rebuild")
@click.option("--json", "as_json", is_flag=True)
def consents_rebuild(as_json: bool) -> None:
    """Write every consent's state anew from the ledger."""
    with installation().database.begin() as session:
        changed = rebuild(session)
    show({"changed": changed}, as_json=as_json, text=f"{changed} consents changed.")
