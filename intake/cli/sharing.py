"""Commands for partners and decisions."""

from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from intake.accounts.api_clients import EVERYTHING
from intake.cli import database, fail, settings, show
from intake.cli.counting import counted
from intake.clock import local_date, now
from intake.disclosures.decide import decide_disclosures
from intake.disclosures.questions import Question
from intake.partners.errors import InvalidPartner
from intake.partners.importing import import_partners
from intake.partners.lapses import lapses, partners_by_school
from intake.roster.model import Student

_ONE_OF = {
    "partners": "partner", "agreements": "agreement", "people": "person", "roles": "role",
    "trainings": "training", "assignments": "assignment", "roles' needs": "role's needs",
}  # fmt: skip
"""Of what an import counts."""


@click.command()
@click.option("--student", required=True, help="Our id, or the id in the school's roster.")
@click.option("--partner", required=True, help="The organisation's id.")
@click.option("--person", required=True, help="The id of the partner's person.")
@click.option("--role", required=True)
@click.option("--purpose", required=True, help="A purpose of the waiver: academic_support, …")
@click.option("--element", "elements", required=True, multiple=True, help="May be repeated.")
@click.option("--at", help="As of an earlier moment: 2026-11-23T21:00:00Z. Default: now.")
@click.option("--json", "as_json", is_flag=True)
def decide(
    student: str, partner: str, person: str, role: str, purpose: str,
    elements: tuple[str, ...], at: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Say whether data elements may be shared, and everything that speaks against it.

    Records nothing. Exits 0 whatever the answer: read it.
    """
    with database().read() as session:
        question = Question(
            _student_id(session, student), partner, person, role, purpose, elements, at=_moment(at)
        )
        [answer] = decide_disclosures(
            session, [question], reach=EVERYTHING, now=now(), zone=settings().time_zone
        )
    rows = [
        {
            "element": one.element,
            "decision": "permit" if one.permit else "deny",
            "reasons": [reason.value for reason in one.reasons],
        }
        for one in answer.elements
    ]
    consent = {"id": answer.consent_id, "version": answer.waiver_version}
    facts = {"elements": rows, "consent": consent, "at": answer.at.isoformat()}
    lines = [f"{row['decision']:7} {row['element']:24} {', '.join(row['reasons'])}" for row in rows]
    show(facts, as_json=as_json, text="\n".join(line.rstrip() for line in lines))


def _student_id(session: Session, named: str) -> str:
    """Ours, from either id; what nobody has stays as it is, and is denied."""
    query = select(Student.id).where(or_(Student.id == named, Student.external_id == named))
    return session.scalars(query).first() or named


def _moment(value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        fail("--at must look like 2026-11-23T21:00:00Z")
    if moment.tzinfo is None or moment.year < 2000:
        fail("--at needs its zone (a Z at the end, or +00:00), and a year from 2000 on")
    return moment


@click.group("partners")
def partners_group() -> None:
    """Partner organisations: who they are, where they work, what lapses."""


@partners_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def partners_import(file: Path, as_json: bool) -> None:
    """Add what a TOML file names; the same file again changes nothing."""
    try:
        text = file.read_text("utf-8-sig")
        with database().begin() as session:
            done = import_partners(session, text, at=now())
    except UnicodeDecodeError:
        fail(f"{file} is not UTF-8 text")
    except InvalidPartner as error:
        fail(f"{file}: {error}")
    named = (counted(count, _ONE_OF.get(kind, kind), kind) for kind, count in done.counts.items())
    text = ", ".join(named) or "nothing"
    show(done.counts, as_json=as_json, text=f"Added or changed: {text}.")


@partners_group.command("list")
@click.option("--json", "as_json", is_flag=True)
def partners_list(as_json: bool) -> None:
    """The public list: each school, and the partners that work there today with an agreement."""
    today = local_date(now(), settings().time_zone)
    with database().read() as session:
        found = partners_by_school(session, on=today)
        schools = [
            {
                "school": {"id": one.school_id, "name": one.school},
                "partners": [{"id": p.id, "name": p.name, "class": p.partner_class.value}
                             for p in one.partners],
            }
            for one in found
        ]  # fmt: skip
        lines = [
            line
            for one in found
            for line in (one.school, *(f"  {p.id:24} {p.name}" for p in one.partners))
        ]
    show(schools, as_json=as_json, text="\n".join(lines) or "There is no school.")


@partners_group.command("lapses")
@click.option("--within", default=30, show_default=True, type=click.IntRange(0), help="Days.")
@click.option("--json", "as_json", is_flag=True)
def partners_lapses(within: int, as_json: bool) -> None:
    """Agreements, trainings, roles and assignments that end soon and are not renewed."""
    today = local_date(now(), settings().time_zone)
    with database().read() as session:
        found = lapses(session, on=today, within=within)
    rows = [
        {
            "last_day": one.last_day.isoformat(), "kind": one.kind.value,
            "partner": one.partner_id, "person": one.person_id, "what": one.what,
        }
        for one in found
    ]  # fmt: skip
    lines = [
        f"{one.last_day}  {one.kind:10}  {one.partner_id}  {one.person_id or '-'}  {one.what}"
        for one in found
    ]
    nothing = f"Nothing lapses within {counted(within, 'day')}."
    show(rows, as_json=as_json, text="\n".join(lines) or nothing)
