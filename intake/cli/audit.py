"""Commands that check and rebuild."""

import sys
from typing import Any

import click
from sqlalchemy import select

from intake.audit import problems
from intake.cli import fail, installation, show
from intake.cli.counting import counted
from intake.consents.projection import rebuild
from intake.db.engine import Database
from intake.db.keys import CannotDecrypt
from intake.disclosures.listing import rebuild_disclosures
from intake.looks.listing import LookFilter, LookRow, all_looks
from intake.roster.model import Student
from intake.roster.scope import EVERY_SCHOOL


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


@audit_group.command("looks")
@click.argument("student_id")
@click.option("--json", "as_json", is_flag=True)
def audit_looks(student_id: str, as_json: bool) -> None:
    """Who of staff looked at a student's record, newest first."""
    with installation().database.read() as session:
        if session.get(Student, student_id) is None:
            fail(f"there is no student {student_id!r}: the address of a student's page has the id")
        wanted = LookFilter(EVERY_SCHOOL, student_id=student_id)
        rows = [_facts(row) for row in all_looks(session, wanted)]
    lines = [
        f"{row['at']}  {row['staff']} ({row['role'] or 'no role'}{_at(row['school'])})  "
        f"{row['kind']} {row['page']}  {row['basis']}{_because(row['reason'])}"
        for row in rows
    ]
    text = "\n".join(lines) or "Nobody has looked."
    show({"student_id": student_id, "looks": rows}, as_json=as_json, text=text)


def _facts(row: LookRow) -> dict[str, Any]:
    look = row.look
    return {
        "look": look.sequence,
        "at": look.at.isoformat(),
        "staff_id": look.staff_id,
        "staff": row.staff,
        "role": look.role.value if look.role else None,
        "school": row.school or None,
        "kind": look.kind.value,
        "page": look.route,
        "basis": look.basis.value,
        "reason": row.reason or None,
        "consent_id": look.consent_id,
        "revocation_id": look.revocation_id,
        "thing": look.thing,
    }


def _at(school: str | None) -> str:
    return f", {school}" if school else ""


def _because(reason: str | None) -> str:
    return f": {reason}" if reason else ""


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
    show({"changed": changed}, as_json=as_json, text=f"{counted(changed, 'consent')} changed.")
