"""``intake bench pdf``: a sealed two-language waiver against the time of its parts."""

import gc
import resource
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from forms.choices import Relationship, SignatureMethod
from forms.fields import DrawnStrokes
from intake.bench import spread
from intake.bench.pdf_parts import (
    Work,
    bare_signature,
    pyhanko_seal,
    shaping_and_subsetting,
    timed,
    weasyprint,
)
from intake.config import Settings
from intake.consents.answer import SignedText, Signer, WaiverAnswer
from intake.consents.states import Assurance, Channel
from intake.documents.texts import WAIVER, offered_languages, shown_text
from intake.evidence import Act, GivenSignature, PersonFacts, waiver_content
from intake.messages.contacts import Contact
from pdf.content import SignedContent
from pdf.seal import Sealer, create_demo_identity
from pdf.verify import verify
from pdf.waiver import render

_AT = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)


_TURN = 10


def bench_pdf(settings: Settings, *, count: int, documents: int = 0) -> dict[str, Any]:
    """Render, seal and verify ``count`` waivers in each offered language.

    ``documents``: how many more to make, one after the other, to see whether memory grows.
    """
    identity = create_demo_identity("Benchmark", _AT)
    sealer = Sealer.from_pem(*identity)
    contents = {
        language.code: sample_content(settings, language.code) for language in offered_languages()
    }
    results = {
        code: _measure(content, sealer, identity, count) for code, content in contents.items()
    }
    return {
        "unit": "milliseconds of one core",
        "bars": {
            "to_parts": "at most 1.5: set and sealed, to HarfBuzz's shaping and subsetting of its "
            "text and one pyHanko seal, each alone",
            "weasyprint_to_ours": "at least 10: WeasyPrint on the same text, to ours; no seals",
            "bytes": "at most 120 KB",
        },
        "languages": results,
        "memory": _memory(list(contents.values()), sealer, documents) if documents else None,
    }


def _measure(
    content: SignedContent, sealer: Sealer, identity: tuple[bytes, bytes], count: int
) -> dict[str, Any]:
    reason = content.english.title
    pdf = render(content)
    sealed = sealer.seal(pdf, at=_AT, reason=reason)
    parts = shaping_and_subsetting(content)
    other = weasyprint(content)
    works: dict[str, Work] = {
        "render": lambda: render(content),
        "seal": lambda: sealer.seal(pdf, at=_AT, reason=reason),
        "verify": lambda: _verify(sealed),
        "shape_and_subset_alone": parts,
        "pyhanko_seal_alone": pyhanko_seal(pdf, *identity),
        "bare_signature": bare_signature(identity[0]),
    }
    for work in works.values():
        work()
    # As the server does once it is up: what stays is not looked at again and again.
    gc.collect()
    gc.freeze()
    # By turns, a few at a time, so that a slow moment of the machine falls on all of them.
    times: dict[str, list[float]] = {name: [] for name in works}
    for begin in range(0, count, _TURN):
        for name, work in works.items():
            times[name] += [timed(work) for _ in range(min(_TURN, count - begin))]
    middle = {name: median(measured) for name, measured in times.items()}
    whole = middle["render"] + middle["seal"]
    others = [timed(other) for _ in range(min(count, 5))] if other else []
    return {
        **{name: spread(measured) for name, measured in times.items()},
        "to_parts": _ratio(whole, middle["shape_and_subset_alone"] + middle["pyhanko_seal_alone"]),
        "seal_to_bare_signature": _ratio(middle["seal"], middle["bare_signature"]),
        "weasyprint": spread(others) if others else "not installed",
        "weasyprint_to_ours": _ratio(median(others), middle["render"]) if others else None,
        "documents_per_second_per_core": round(1 / whole, 1),
        "bytes": len(sealed),
    }


def _verify(sealed: bytes) -> None:
    report = verify(sealed)
    if not (report.sealed and report.intact):
        raise RuntimeError("the benchmark's own document does not verify")


def _memory(
    contents: Sequence[SignedContent], sealer: Sealer, documents: int
) -> dict[str, float | int]:
    """This process's largest memory, after a hundred documents and at the end."""
    first = 0.0
    for i in range(documents):
        content = replace(contents[i % len(contents)], receipt_code=f"{i:016d}")
        sealer.seal(render(content), at=_AT, reason=content.english.title)
        if i == min(100, documents - 1):
            first = _megabytes()
    return {
        "documents": documents,
        "megabytes_after_100": first,
        "megabytes_at_the_end": _megabytes(),
    }


def _megabytes() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def _ratio(one: float, other: float) -> float:
    return round(one / other, 2)


def sample_content(settings: Settings, language: str) -> SignedContent:
    """A signed waiver of the sample family, ready to be set."""
    text = shown_text(settings, WAIVER, language)
    contact = Contact.from_stored("phone:+18015550142")
    answer = _answer(text.sha256, language)
    act = Act(
        id=answer.id,
        at=_AT,
        receipt_code=answer.receipt_code,
        channel=Channel.ONLINE,
        assurance=Assurance.ON_RECORD_CONTACT,
        contact=contact,
        verified_at=_AT,
    )
    people = PersonFacts(
        student_name="စီၤဖိးထူ يوسف Mateo",
        birth_date=date(2015, 1, 1),
        school="Riverside Elementary School",
        signer_name="Sarah Johnson",
        relationship=Relationship.PARENT,
    )
    points = tuple((10.0 + 4 * i, 60.0 + 30 * ((i * 37) % 11) / 11) for i in range(70))
    signature = GivenSignature(
        method=SignatureMethod.DRAWN,
        name="Sarah Johnson",
        drawn=DrawnStrokes(strokes=(points, points[:30]), width=320, height=160),
        witness=None,
    )
    return waiver_content(
        settings,
        text,
        shown_text(settings, WAIVER, "en"),
        act,
        people,
        answer=answer,
        signature=signature,
    )


def _answer(text_sha256: str, language: str) -> WaiverAnswer:
    return WaiverAnswer(
        id="00000000-0000-4000-8000-000000000001",
        student_id="00000000-0000-4000-8000-000000000002",
        birth_date=date(2015, 1, 1),
        signer=Signer("Sarah Johnson", Relationship.PARENT, Assurance.ON_RECORD_CONTACT, None),
        text=SignedText(WAIVER, "2026-1", language, text_sha256, ("grades",), ("equity",), ()),
        granted=True,
        channel=Channel.ONLINE,
        signed_at=_AT,
        signed_on=_AT.astimezone(ZoneInfo("America/Denver")).date(),
        valid_until=date(2027, 6, 30),
        receipt_code="7K3M-Q2XV-9T4B-HD8R",
        document_sha256="",
        signing_id=None,
        invitation_id=None,
    )
