"""``intake partners history``: who changed what of a partner, and when."""

from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.model import Staff
from intake.cli import database, fail, show
from intake.consents.states import ActorKind
from intake.partners.errors import PartnerUnknown
from intake.partners.history import PartnerChange, history
from intake.partners.registry import need_partner


@click.command("history")
@click.argument("partner_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True)
def partners_history(partner_id: str, as_json: bool) -> None:
    """Every change of a partner, its people and what they have, newest first. Times are UTC."""
    with database().read() as session:
        try:
            need_partner(session, partner_id)
        except PartnerUnknown as error:
            fail(f"{error}: `intake partners list` has those at work, the pages have all")
        rows = [_row(session, change) for change in history(session, partner_id)]
    lines = [line for row in rows for line in _lines(row)]
    show(rows, as_json=as_json, text="\n".join(lines) or "Nothing was changed since it was added.")


def _row(session: Session, change: PartnerChange) -> dict[str, Any]:
    return {
        "entry": change.sequence,
        "at": change.at.isoformat(),
        "by": {"kind": change.actor_kind.value, "id": change.actor_id,
               "email": _email(session, change)},
        "what": change.subject.value,
        "id": change.subject_id,
        "added": change.before is None,
        "changes": {
            name: {"before": before, "after": after}
            for name, (before, after) in change.differences.items()
        },
    }  # fmt: skip


def _email(session: Session, change: PartnerChange) -> str | None:
    if change.actor_kind is not ActorKind.STAFF:
        return None
    return session.scalars(select(Staff.email).where(Staff.id == change.actor_id)).first()


def _lines(row: dict[str, Any]) -> list[str]:
    by = row["by"]["email"] or row["by"]["id"] or row["by"]["kind"]
    done = "added" if row["added"] else "changed"
    head = f"{row['at'][:19]}Z  {by}  {row['what']} {row['id']} {done}"
    values = [
        f"    {name}: {change['after']}"
        if row["added"]
        else f"    {name}: {change['before']} → {change['after']}"
        for name, change in sorted(row["changes"].items())
    ]
    return [head, *values]
