"""``intake bench pdf``: a sealed two-language waiver against the time of its parts."""

import time
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from forms.choices import Relationship, SignatureMethod
from forms.fields import DrawnStrokes
from intake.bench import spread
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


def bench_pdf(settings: Settings, *, count: int) -> dict[str, Any]:
    """Render, seal and verify ``count`` waivers in each offered language."""
    sealer = Sealer.from_pem(*create_demo_identity("Benchmark", _AT))
    results = {}
    for language in offered_languages():
        content = sample_content(settings, language.code)
        results[language.code] = _measure(content, sealer, count)
    return {"unit": "milliseconds of one core", "languages": results}


def _measure(content: SignedContent, sealer: Sealer, count: int) -> dict[str, Any]:
    rendering, sealing, verifying = [], [], []
    sealed = sealer.seal(render(content), at=_AT, reason=content.english.title)
    for _ in range(count):
        start = time.perf_counter()
        pdf = render(content)
        rendered = time.perf_counter()
        sealed = sealer.seal(pdf, at=_AT, reason=content.english.title)
        done = time.perf_counter()
        rendering.append(rendered - start)
        sealing.append(done - rendered)
    for _ in range(min(count, 20)):
        start = time.perf_counter()
        report = verify(sealed)
        verifying.append(time.perf_counter() - start)
        if not (report.sealed and report.intact):
            raise RuntimeError("the benchmark's own document does not verify")
    whole = [a + b for a, b in zip(rendering, sealing, strict=True)]
    return {
        "render": spread(rendering),
        "seal": spread(sealing),
        "verify": spread(verifying),
        "documents_per_second_per_core": round(len(whole) / sum(whole), 1),
        "bytes": len(sealed),
    }


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
