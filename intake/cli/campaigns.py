"""Commands for campaigns: what one would do, start, pause, resume, stop, letters."""

from collections.abc import Callable
from typing import Any

import click
from sqlalchemy.orm import Session

from intake.accounts.model import Staff
from intake.accounts.roles import Permission
from intake.accounts.staff import access_of
from intake.campaigns import control
from intake.campaigns.control import (
    CampaignUnknown,
    NobodyToAsk,
    NumbersOutdated,
    Plan,
    WrongState,
    listed,
)
from intake.campaigns.letters import Group, groups
from intake.campaigns.model import Campaign, CampaignState, Way
from intake.campaigns.preview import Numbers, count, estimate, samples
from intake.campaigns.progress import progress
from intake.cli import database, fail, settings, show
from intake.cli.counting import counted
from intake.cli.named import staff_named
from intake.clock import now
from intake.config import Settings
from intake.documents.in_force import current
from intake.documents.texts import WAIVER
from intake.roster.schools import SchoolUnknown, named_school
from intake.roster.scope import EVERY_SCHOOL

AS_STAFF = click.option(
    "--as", "email", required=True, help="Who says so: a staff account's email."
)
AS_JSON = click.option("--json", "as_json", is_flag=True)


@click.group("campaigns")
def campaigns_group() -> None:
    """Ask many families at once; the worker sends."""


@campaigns_group.command("list")
@AS_JSON
def campaigns_list(as_json: bool) -> None:
    """Every campaign, newest first, and how far it is."""
    with database().read() as session:
        rows = [_facts(session, one) for one in listed(session, EVERY_SCHOOL)]
    lines = [
        f"{row['id']}  {row['state']:8}  {row['students_answered']} of "
        f"{counted(row['students'], 'student')} answered  {row['name']}"
        for row in rows
    ]
    show(rows, as_json=as_json, text="\n".join(lines) or "There is no campaign.")


@campaigns_group.command("create")
@click.argument("name")
@click.option(
    "--way",
    "ways",
    multiple=True,
    type=click.Choice([way.value for way in Way]),
    help="The first that reaches a person is taken. Default: sms, email, letter.",
)
@click.option("--school", "schools", multiple=True, help="Id or name; without it every school.")
@click.option("--grade", "grades", multiple=True, help="As the roster writes it, such as 03.")
@click.option("--language", "languages", multiple=True, help="A code, or 'unknown'.")
@click.option("--all", "everybody", is_flag=True, help="Families who have answered, too.")
@click.option(
    "--reminder",
    "reminders",
    multiple=True,
    type=int,
    help="Days after the first message; default 5 and 12. 0 alone: none.",
)
@AS_STAFF
@AS_JSON
def campaigns_create(
    name: str, ways: tuple[str, ...], schools: tuple[str, ...], grades: tuple[str, ...],
    languages: tuple[str, ...], everybody: bool, reminders: tuple[int, ...], email: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Make a draft and count what it would do; nothing is sent."""
    at, found, document = now(), database(), current(WAIVER)
    codes = ["" if code == "unknown" else code for code in languages]
    try:
        with found.begin() as session:
            staff = runner(session, email)
            plan = Plan(
                name=name,
                document=document.name,
                version=document.version,
                ways=[Way(way) for way in ways] or list(Way),
                reminder_days=[day for day in reminders if day] if reminders else (5, 12),
                schools=[named_school(session, school).id for school in schools] or None,
                grades=list(grades) or None,
                languages=codes or None,
                only_unanswered=not everybody,
            )
            scope = access_of(staff).schools
            made = control.create(session, plan, scope=scope, staff_id=staff.id, at=at)
    except (control.CampaignUnusable, SchoolUnknown) as error:
        fail(str(error))
    _show_preview(settings(), made.id, as_json=as_json)


@campaigns_group.command("preview")
@click.argument("id")
@AS_JSON
def campaigns_preview(id: str, as_json: bool) -> None:
    """Count what a draft would do: how many, in which languages, by which way, at what cost."""
    with database().read() as session:
        campaign = known_campaign(session, id)
    if campaign.state is not CampaignState.DRAFT:
        fail(f"this campaign is {campaign.state.value}: `intake campaigns show {id}`")
    _show_preview(settings(), id, as_json=as_json)


@campaigns_group.command("show")
@click.argument("id")
@AS_JSON
def campaigns_show(id: str, as_json: bool) -> None:
    """How far one is, and its letters by class."""
    with database().read() as session:
        campaign = known_campaign(session, id)
        facts = _facts(session, campaign)
        facts["letters"] = [group_facts(group) for group in groups(session, campaign, EVERY_SCHOOL)]
    lines = [f"{facts['name']}: {facts['state']}"]
    lines += [f"{number:8}  {word}" for word, number in facts["standings"].items() if number]
    lines += [
        f"letters: {group['to_print']} to print, {group['printed']} printed  "
        f"{group['school']}  {group['class'] or 'no class'}"
        for group in facts["letters"]
    ]
    show(facts, as_json=as_json, text="\n".join(lines))


@campaigns_group.command("start")
@click.argument("id")
@click.option("--yes", is_flag=True, help="The numbers of `preview` are right; don't ask.")
@AS_STAFF
@AS_JSON
def campaigns_start(id: str, yes: bool, email: str, as_json: bool) -> None:
    """Count once more, ask for a yes, and let the worker send."""
    found, at = database(), now()
    with found.read() as session:
        campaign = known_campaign(session, id)
    if campaign.state is not CampaignState.DRAFT:
        fail(f"this campaign is {campaign.state.value} already")
    numbers = count(found, settings(), id, at=at)
    told = ", ".join(f"{numbers.total(way)} by {way.value}" for way in campaign.in_order)
    if not yes:
        students = counted(numbers.students, "student")
        click.confirm(f"Write about {students}: {told}?", abort=True, err=True)

    def act(session: Session, campaign: Campaign, staff: Staff) -> None:
        control.start(session, campaign, confirmed=at.isoformat(), staff_id=staff.id, at=now())

    _change(id, email, act, as_json=as_json)


def _simple(name: str, help_text: str, action: Callable[..., None]) -> None:
    @campaigns_group.command(name, help=help_text)
    @click.argument("id")
    @AS_STAFF
    @AS_JSON
    def command(id: str, email: str, as_json: bool) -> None:
        def act(session: Session, campaign: Campaign, staff: Staff) -> None:
            action(session, campaign, staff_id=staff.id, at=now())

        _change(id, email, act, as_json=as_json)


_simple("pause", "Let nothing leave until it is resumed.", control.pause)
_simple("resume", "Go on with a paused campaign.", control.resume)
_simple("stop", "End it for good: what waits is not sent.", control.stop)


def _change(
    id: str, email: str, act: Callable[[Session, Campaign, Staff], None], *, as_json: bool
) -> None:
    try:
        with database().begin() as session:
            staff = runner(session, email)
            try:
                campaign = control.find(session, id, access_of(staff).schools, lock=True)
            except CampaignUnknown:
                fail(unknown_campaign(id))
            act(session, campaign, staff)
            facts = _facts(session, campaign)
    except WrongState as error:
        fail(f"{error}: `intake campaigns show {id}`")
    except NumbersOutdated:
        fail(f"the numbers have changed: `intake campaigns preview {id}`, then start again")
    except NobodyToAsk:
        fail("there is nobody to write to with these choices")
    show(facts, as_json=as_json, text=f"{facts['name']}: {facts['state']}")


def _show_preview(own: Settings, id: str, *, as_json: bool) -> None:
    found, at = database(), now()
    numbers = count(found, own, id, at=at)
    with found.read() as session:
        campaign = known_campaign(session, id)
    made = samples(own, campaign, numbers)
    first, most = estimate(made, own.sms_price, len(campaign.reminder_days))
    facts = {
        "id": campaign.id, "name": campaign.name, "counted_at": at.isoformat(),
        **numbers.as_data(),
        "cost": {"first": str(first), "with_reminders": str(most)},
        "messages": [
            {
                "language": one.language, "sms": one.sms, "encoding": one.size.encoding.value,
                "characters": one.size.characters, "segments": one.size.segments,
            }
            for one in made
        ],
    }  # fmt: skip
    show(facts, as_json=as_json, text="\n".join(_preview_lines(campaign, numbers, facts)))


def _preview_lines(campaign: Campaign, numbers: Numbers, facts: dict[str, Any]) -> list[str]:
    ways = [f"{way.value} {numbers.total(way)}" for way in campaign.in_order]
    segments = {one["language"]: one["segments"] for one in facts["messages"]}
    by_language = [
        f"  {code:8} " + ", ".join(f"{way} {number}" for way, number in sorted(by_way.items()))
        + f"; {counted(segments[code], 'SMS part')}"
        for code, by_way in sorted(numbers.ways.items())
    ]  # fmt: skip
    answered = counted(
        numbers.answered, "has answered and is left out", "have answered and are left out"
    )
    return [
        f"{campaign.id}  {campaign.name}",
        f"{counted(numbers.students, 'student')}: {', '.join(ways)}",
        *by_language,
        f"{answered}; {numbers.no_contact} without a contact; "
        f"{counted(numbers.opted_out, 'wants', 'want')} no messages; "
        f"{numbers.unreached} nobody reaches",
        f"SMS cost about {facts['cost']['first']}, with every reminder "
        f"{facts['cost']['with_reminders']}",
    ]


def _facts(session: Session, campaign: Campaign) -> dict[str, Any]:
    return {
        "id": campaign.id,
        "name": campaign.name,
        "state": campaign.state.value,
        "started_at": campaign.started_at.isoformat() if campaign.started_at else None,
        "ended_at": campaign.ended_at.isoformat() if campaign.ended_at else None,
        **progress(session, campaign).as_data(),
    }


def known_campaign(session: Session, id: str) -> Campaign:
    try:
        return control.find(session, id, EVERY_SCHOOL)
    except CampaignUnknown:
        fail(unknown_campaign(id))


def unknown_campaign(id: str) -> str:
    return f"there is no campaign {id}: `intake campaigns list` shows them"


def runner(session: Session, email: str) -> Staff:
    """Who says so, and may."""
    staff = staff_named(session, email)
    if not access_of(staff).may(Permission.RUN_PROGRAMME):
        fail(f"the account {email} may not run campaigns: it needs the role coordinator")
    return staff


def group_facts(group: Group) -> dict[str, Any]:
    return {
        "school": group.school, "class": group.title, "to_print": group.to_print,
        "printed": group.printed,
    }  # fmt: skip
