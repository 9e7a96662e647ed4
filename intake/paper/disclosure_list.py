"""A student's record of disclosures, to print in the family's language (34 CFR 99.32(c))."""

from collections.abc import Sequence
from datetime import datetime

from intake.config import Settings
from intake.disclosures.inspecting import COPY_ANSWERS, Inspected
from intake.looks.listing import ToldLook
from intake.looks.words import BASES, ROLES
from pdf.content import Answer
from pdf.document import Rendered
from pdf.facts import FactSheet, compose_facts
from translations import Direction, Language, mark, translate
from translations import language as registered

LOOKS_PRINTED = 100
"""Of who looked: years of them would fill a hundred pages."""


def printed_disclosures(
    settings: Settings,
    disclosures: Sequence[Inspected],
    language: str,
    *,
    looks: Sequence[ToldLook],
    student_name: str,
    school: str,
    at: datetime,
) -> Rendered:
    """The list as it stands ``at`` this moment. Raises UnknownLanguage, FontsMissing."""
    chosen = registered(language)

    def row(label: str, value: str = "") -> Answer:
        return Answer(translate(label, language), label, value)

    head = [
        row(mark("Student"), student_name),
        row(mark("School"), school),
        row(mark("As of"), _time(chosen, at, settings)),
    ]
    parts = [(row(mark("This list")), head)]
    for number, one in enumerate(disclosures, 1):
        # TRANSLATORS: heading of one entry of a printed list of who received information
        heading = mark("Entry %(number)s")
        title = translate(heading, language) % {"number": number}
        title_in_english = heading % {"number": number}
        facts = _facts(settings, one, chosen)
        parts.append((Answer(title, title_in_english, ""), facts))
    if looks:
        heading_of_looks = row(mark("Who of our staff looked at the student's record"))
        newest = looks[:LOOKS_PRINTED]
        parts.append((heading_of_looks, [_look(settings, one, chosen) for one in newest]))
    return compose_facts(
        FactSheet(
            title=row(mark("Who got the student's information")),
            language=language,
            sentences=_sentences(
                settings,
                language,
                is_empty=not disclosures,
                has_more_looks=len(looks) > LOOKS_PRINTED,
            ),
            parts=parts,
            page_label=translate(mark("Page {page} of {pages}"), language),
            created_at=at,
        )
    )


def _sentences(
    settings: Settings, language: str, *, is_empty: bool, has_more_looks: bool
) -> list[Answer]:
    empty = [mark("Nothing was shared with any partner.")]
    told = [
        mark("This list shows every time that a partner received information about the student."),
        mark(
            "You can ask for a copy of what was shared: on the same page online, at the front "
            "desk, or by phone: %(phone)s"
        ),
    ]
    more = [mark("Of who looked, only the newest 100 lines are here. Ask for the others.")]
    said = (empty if is_empty else told) + (more if has_more_looks else [])
    phone = settings.partnership_phone
    # After Arabic letters the parts of a number would change places: it stands in an isolate.
    own = f"\u2068{phone}\u2069" if registered(language).direction is Direction.RTL else phone
    return [
        Answer(translate(one, language) % {"phone": own}, one % {"phone": phone}, "")
        for one in said
    ]


def _facts(settings: Settings, one: Inspected, language: Language) -> list[Answer]:
    code = language.code

    def row(label: str, value: str) -> Answer:
        return Answer(translate(label, code), label, value)

    facts = [
        row(mark("When"), _time(language, one.at, settings)),
        row(mark("Partner"), one.partner),
        row(mark("Kind of partner"), one.partner_class),
        row(mark("Person"), one.person),
        row(mark("Role"), translate(one.role, code)),
        row(mark("What was shared"), "\n".join(one.elements)),
        row(mark("What for"), one.purpose),
    ]
    if one.copy is not None:
        asked = mark("A person at the school will answer.")
        answer = COPY_ANSWERS[one.copy.answer] if one.copy.answer else asked
        facts.append(row(mark("Copy asked for"), _time(language, one.copy.requested_at, settings)))
        facts.append(row(mark("Copy"), translate(answer, code)))
    return facts


def _look(settings: Settings, one: ToldLook, language: Language) -> Answer:
    """One line: the day, and as what, where and what for."""
    told = [
        translate(ROLES[one.role], language.code) if one.role else "–",
        one.school or settings.partnership,
        translate(BASES[one.basis], language.code),
    ]
    day, english = language.long_date(one.day), registered("en").long_date(one.day)
    return Answer(day, english, "\n".join(told))


def _time(language: Language, moment: datetime, settings: Settings) -> str:
    return language.long_time(moment.astimezone(settings.time_zone))
