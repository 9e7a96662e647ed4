"""What a campaign would do, counted before anything is sent: how many, in which languages, by which
way, who can't be reached. And the messages themselves, with their size and price."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from intake.campaigns.audience import addresses, answered, next_batch
from intake.campaigns.choose import choices
from intake.campaigns.languages import SAMPLE_TOKEN, offered_now, wanted
from intake.campaigns.model import Campaign, Way
from intake.clock import local_date
from intake.config import Settings
from intake.consents.invitations import personal_link
from intake.db.engine import Database
from intake.messages.model import MessageKind
from intake.messages.optouts import stopped_among
from intake.messages.segments import SmsSize, cost, sms_size
from intake.messages.wording import Wording, campaign_wording


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was counted; people, where nothing else is said."""

    students: int
    """Who would be asked about."""
    answered: int
    """Students whom the filters fit and who are left out: they have an answer."""
    ways: Mapping[str, Mapping[str, int]]
    """By language of the message, then by ``Way``."""
    language_unknown: int
    """Students whose families get English and the choice of all languages."""
    opted_out: int
    no_contact: int
    """Students without any contact that can be used; they get a letter where letters are chosen."""
    unreached: int
    """Students whom this campaign would not reach at all."""

    def total(self, way: Way) -> int:
        """How many go this way, in all languages."""
        return sum(by_way.get(way.value, 0) for by_way in self.ways.values())

    def as_data(self) -> dict[str, Any]:
        """For the campaign's row and for JSON."""
        return {
            "students": self.students, "answered": self.answered,
            "ways": {code: dict(by_way) for code, by_way in self.ways.items()},
            "language_unknown": self.language_unknown, "opted_out": self.opted_out,
            "no_contact": self.no_contact, "unreached": self.unreached,
        }  # fmt: skip

    @classmethod
    def of(cls, campaign: Campaign) -> "Numbers | None":
        """As they were counted last."""
        return None if campaign.numbers is None else cls(**campaign.numbers)


@dataclass(frozen=True, slots=True)
class Sample:
    """The messages of one language."""

    language: str
    counts: Mapping[str, int]
    """By ``Way``."""
    sms: str
    reminder: str
    size: SmsSize
    reminder_size: SmsSize
    email: Wording


def count(database: Database, settings: Settings, campaign_id: str, *, at: datetime) -> Numbers:
    """Count a draft and keep the numbers with it. Memory stays flat, however many students."""
    today = local_date(at, settings.time_zone)
    total: Counter[str] = Counter()
    ways: dict[str, Counter[str]] = {}
    after: str | None = ""
    while after is not None:
        with database.read() as session:
            campaign = session.get_one(Campaign, campaign_id)
            after = _count_batch(session, campaign, after, today, total, ways)
    numbers = Numbers(
        students=total["students"], answered=total["answered"], ways=ways,
        language_unknown=total["language_unknown"], opted_out=total["opted_out"],
        no_contact=total["no_contact"], unreached=total["unreached"],
    )  # fmt: skip
    with database.begin() as session:
        campaign = session.get_one(Campaign, campaign_id)
        campaign.numbers, campaign.counted_at = numbers.as_data(), at
    return numbers


def samples(settings: Settings, campaign: Campaign, numbers: Numbers) -> list[Sample]:
    """The messages in each language that somebody would get, the commonest first."""
    found = [_sample(settings, code, dict(by_way)) for code, by_way in numbers.ways.items()]
    return sorted(found, key=lambda sample: (-sum(sample.counts.values()), sample.language))


def estimate(found: list[Sample], price: Decimal, reminders: int) -> tuple[Decimal, Decimal]:
    """What text messages may cost: the first ones, and with every reminder if nobody answers."""
    first = sum(sample.counts.get(Way.SMS, 0) * sample.size.segments for sample in found)
    again = sum(sample.counts.get(Way.SMS, 0) * sample.reminder_size.segments for sample in found)
    return cost(first, price), cost(first + again * reminders, price)


def _count_batch(
    session: Session,
    campaign: Campaign,
    after: str,
    today: date,
    total: Counter[str],
    ways: dict[str, Counter[str]],
) -> str | None:
    """Add one batch; returns where the next begins, None after the last."""
    batch = next_batch(session, campaign, after=after, today=today)
    if not batch:
        return None
    done = answered(session, campaign, batch)
    contacts = addresses(session, [one.student_id for one in batch])
    keys = {address.key for own in contacts.values() for address in own}
    stopped = stopped_among(session, keys)
    offered = offered_now()
    for one in batch:
        if one.student_id in done:
            total["answered"] += 1
            continue
        own = contacts.get(one.student_id, [])
        chosen = choices(campaign.in_order, own, stopped, is_adult=one.is_adult)
        language = wanted(one.language, offered)
        total["students"] += 1
        total["language_unknown"] += language.link is None
        total["opted_out"] += len({address.key for address in own if address.key in stopped})
        is_unwritten = chosen[0].way is Way.LETTER
        total["no_contact"] += is_unwritten and not any(
            (address.guardian_id is None) is one.is_adult for address in own
        )
        total["unreached"] += chosen[0].why is not None
        by_way = ways.setdefault(language.words, Counter())
        by_way.update(choice.way.value for choice in chosen if choice.why is None)
    return batch[-1].student_id


def _sample(settings: Settings, code: str, counts: Mapping[str, int]) -> Sample:
    address = personal_link(settings.base_url, SAMPLE_TOKEN, code)

    def words(kind: MessageKind, *, is_reminder: bool) -> Wording:
        return campaign_wording(
            kind, code, partnership=settings.partnership, link=address, is_reminder=is_reminder
        )

    sms = words(MessageKind.SMS, is_reminder=False).body
    reminder = words(MessageKind.SMS, is_reminder=True).body
    return Sample(
        language=code,
        counts=counts,
        sms=sms,
        reminder=reminder,
        size=sms_size(sms),
        reminder_size=sms_size(reminder),
        email=words(MessageKind.EMAIL, is_reminder=False),
    )
