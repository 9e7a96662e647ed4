"""One family's visit: which signing session, how far it has come, what comes next."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import redirect, session, url_for
from werkzeug.wrappers import Response

from intake.clock import local_date, now
from intake.consents.at_desk import Vouched, is_at_desk, vouched_in
from intake.consents.errors import SigningUnknown
from intake.consents.model import SigningSession
from intake.consents.narrow import Part
from intake.consents.signing_sessions import find_signing, forget_contact, keep_answers
from intake.consents.states import SigningPurpose
from intake.documents.in_force import current
from intake.documents.names import PARTIAL_REVOCATION, REVOCATION, WAIVER
from intake.messages.contacts import Contact
from intake.web.family.blueprint import installation, page_code, purpose_word

_COOKIE = "signings"
_MOST_SESSIONS = 8
"""As many as a cookie holds well: brothers and sisters, on one phone."""

WAIVER_STEPS = (
    "about", "shared", "student", "signer", "contact", "code", "esign", "decide", "sign", "check",
)  # fmt: skip
REVOCATION_STEPS = ("student", "signer", "contact", "code", "part", "letter", "sign", "check")
DISCLOSURE_STEPS = ("student", "signer", "contact", "code", "record")
PROVEN_FOR = timedelta(minutes=30)
"""How long a code opens a list of disclosures: phones and computers are shared."""
DOCUMENT_STEPS = frozenset({"about", "shared", "esign", "decide", "letter", "sign"})
"""Those that show parts of the document that is signed."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page needs to know of a signing session."""

    id: str
    purpose: SigningPurpose
    answers: dict[str, Any]
    student_id: str | None
    by_receipt: bool
    """A revocation that began with a receipt code: the right to it is proven."""
    verified_contact: str | None
    consent_id: str | None
    revocation_id: str | None

    @property
    def steps(self) -> tuple[str, ...]:
        """The pages of this visit, in order."""
        if self.purpose is SigningPurpose.WAIVER:
            skip = {"sign"} if self.answers.get("decision") == "no" else set()
            if self.at_desk:
                skip |= {"student", "signer", "contact", "code"}
            return tuple(step for step in WAIVER_STEPS if step not in skip)
        if self.at_desk:
            return tuple(s for s in REVOCATION_STEPS if s in {"part", "letter", "sign", "check"})
        if self.purpose is SigningPurpose.DISCLOSURES:
            return DISCLOSURE_STEPS
        if self.by_receipt:
            return tuple(s for s in REVOCATION_STEPS if s not in {"student", "contact", "code"})
        return REVOCATION_STEPS

    @property
    def at_desk(self) -> bool:
        """Staff have the signer before them, and know who it is."""
        return is_at_desk(self.answers)

    @property
    def vouched(self) -> Vouched | None:
        """Who of the staff knows the signer, and how."""
        return vouched_in(self.answers)

    @property
    def is_finished(self) -> bool:
        """Something has been signed; the session changes no more."""
        if self.purpose is SigningPurpose.WAIVER:
            return self.consent_id is not None
        return self.revocation_id is not None

    @property
    def contact(self) -> Contact | None:
        """Where the code goes."""
        stored = self.answers.get("contact")
        return Contact.from_stored(stored) if stored else None

    @property
    def part(self) -> Part | None:
        """What a letter takes back, where not everything."""
        chosen = self.answers.get("part")
        if not chosen:
            return None
        return Part(tuple(chosen["elements"]), tuple(chosen["partner_classes"]))

    @property
    def birth_date(self) -> date:
        """The student's, as typed."""
        return date.fromisoformat(self.answers["birth_date"])

    def first_missing(self, before: str) -> str | None:
        """The first step before this one that has not been answered."""
        for step in self.steps:
            if step == before:
                return None
            if not self._is_done(step):
                return step
        return None

    @property
    def document(self) -> str:
        """Which document is signed."""
        if self.purpose is SigningPurpose.WAIVER:
            return WAIVER
        return REVOCATION if self.part is None else PARTIAL_REVOCATION

    def not_shown_as(self, seen: str) -> str | None:
        """The first step whose part of the document was not read in this language and version.

        What is signed is what was shown: a family may change language anywhere, and a new version
        may come into force meanwhile, but it signs only what it has had before its eyes.
        """
        shown = self.answers.get("shown", {})
        document = (step for step in self.steps if step in DOCUMENT_STEPS)
        return next((step for step in document if shown.get(step) != seen), None)

    def after(self, step: str) -> str:
        """The step that follows."""
        place = self.steps.index(step)
        return self.steps[place + 1] if place + 1 < len(self.steps) else "check"

    def progress(self, step: str) -> tuple[int, int]:
        """Which question this is, of how many."""
        steps = self.steps
        return (steps.index(step) + 1 if step in steps else len(steps)), len(steps)

    def _is_done(self, step: str) -> bool:
        answers = self.answers
        if step == "code":
            proven = bool(self.verified_contact) and self.verified_contact == answers.get("contact")
            # What is found by details needs the right to it too, which is known from then on.
            return proven and (self.purpose is SigningPurpose.WAIVER or self.student_id is not None)
        needed = {
            "about": "read_about",
            "shared": "read_shared",
            "student": "student_name",
            "signer": "signer_name",
            "contact": "contact",
            "esign": "esign",
            "decide": "decision",
            "part": "scope",
            "letter": "read_letter",
            "sign": "signature",
        }
        return bool(answers.get(needed[step])) if step in needed else True


def begin(signing: SigningSession) -> None:
    """Give this browser the right to a session."""
    kept = [known for known in session.get(_COOKIE, []) if known != signing.id]
    session[_COOKIE] = [*kept, signing.id][-_MOST_SESSIONS:]
    session.permanent = True


def known_sessions() -> list[str]:
    """The sessions that this browser may use, oldest first."""
    return list(session.get(_COOKIE, []))


def visit(purpose: SigningPurpose, signing_id: str) -> Visit:
    """The visit, if this browser may see it; raises SigningUnknown."""
    if signing_id not in session.get(_COOKIE, []):
        raise SigningUnknown
    with installation().database.read() as database_session:
        signing = find_signing(database_session, signing_id, purpose, at=now())
        found, is_stale = _visit(signing), _is_stale(signing)
    return close(found) if is_stale else found


def remember(found: Visit, **answers: Any) -> Visit:
    """Keep answers of a step."""
    with installation().database.begin() as database_session:
        signing = find_signing(database_session, found.id, found.purpose, at=now())
        keep_answers(signing, answers)
        return _visit(signing)


def remember_who(found: Visit, **answers: Any) -> Visit:
    """Keep answers that say who a waiver is about or from.

    A signature that was given for somebody else is forgotten: nobody signs by another's hand.
    """
    if any(found.answers.get(name) != value for name, value in answers.items()):
        answers["signature"] = None
    return remember(found, **answers)


def remember_part(found: Visit, part: Part | None) -> Visit:
    """Keep what is taken back. Another part means another letter: it is read and signed anew."""
    changed: dict[str, Any] = {}
    if "scope" in found.answers and found.part != part:
        shown = found.answers.get("shown", {})
        kept = {step: code for step, code in shown.items() if step not in DOCUMENT_STEPS}
        changed = {"shown": kept, "read_letter": None, "signature": None}
    stored = asdict(part) if part else None
    return remember(found, scope="part" if part else "everything", part=stored, **changed)


def seen_as(document: str) -> str:
    """What a page of this language shows of a document now: language and version."""
    return f"{page_code()} {current(document).version}"


def remember_shown(found: Visit, step: str, **answers: Any) -> Visit:
    """Keep answers of a step that shows the document, and as what it did."""
    shown = {**found.answers.get("shown", {}), step: seen_as(found.document)}
    return remember(found, shown=shown, **answers)


def after_document(found: Visit, step: str) -> str:
    """What follows a step that shows the document: the check, where nothing is missing any more.

    So that a family that reads it again in another language doesn't answer everything again.
    """
    return found.after(step) if found.first_missing("check") else "check"


def go(found: Visit, step: str) -> Response:
    """Redirect to a step of the visit (303: reloading posts nothing again)."""
    return redirect(
        url_for(
            f"family.{step}",
            purpose=purpose_word(found.purpose),
            signing_id=found.id,
        ),
        303,
    )


def stray(found: Visit, step: str) -> Response | None:
    """Where to go instead, when this page is not the one to be on."""
    if found.is_finished:
        return go(found, "done")
    missing = found.first_missing(step)
    if missing is not None:
        return go(found, missing)
    return None if step in found.steps else go(found, found.steps[-1])


def purpose_of(word: str) -> SigningPurpose:
    """The reverse; raises SigningUnknown."""
    if word == "waiver":
        return SigningPurpose.WAIVER
    if word == "revoke":
        return SigningPurpose.REVOCATION
    if word == "disclosures":
        return SigningPurpose.DISCLOSURES
    raise SigningUnknown


def today() -> date:
    """Today at the schools."""
    return local_date(moment(), installation().settings.time_zone)


def moment() -> datetime:
    """Now, in UTC."""
    return now()


def _visit(signing: SigningSession) -> Visit:
    return Visit(
        id=signing.id,
        purpose=signing.purpose,
        answers=dict(signing.answers),
        student_id=signing.student_id,
        by_receipt=signing.purpose is SigningPurpose.REVOCATION and signing.consent_id is not None,
        verified_contact=signing.verified_contact,
        consent_id=signing.consent_id,
        revocation_id=signing.revocation_id,
    )


def close(found: Visit) -> Visit:
    """Let a code that was entered open nothing any more: the next one is asked for anew."""
    with installation().database.begin() as database_session:
        signing = find_signing(database_session, found.id, found.purpose, at=now())
        forget_contact(signing)
        return _visit(signing)


def _is_stale(signing: SigningSession) -> bool:
    """Whether the code that opened a list of disclosures was entered too long ago."""
    if signing.purpose is not SigningPurpose.DISCLOSURES or signing.verified_at is None:
        return False
    return now() >= signing.verified_at + PROVEN_FOR
