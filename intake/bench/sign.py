"""``intake bench sign``: families sign through HTTP, on the product's own server."""

import queue
import re
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from forms.choices import ContactKind, Relationship
from intake.audit import problems
from intake.bench import spread
from intake.bench.family import STEPS, FamilyClient, FamilyToSign, WentWrong
from intake.bench.machine import check_empty, engine_facts, machine_facts
from intake.bench.server import THREADS, serving, workers
from intake.clock import now
from intake.config import settings_from
from intake.consents.invitations import create_invitation
from intake.consents.ledger import SYSTEM
from intake.consents.model import Consent
from intake.consents.states import ConsentState
from intake.db.engine import Database
from intake.documents.texts import offered_languages
from intake.installation import Installation, open_installation
from intake.messages.model import OutgoingMessage
from intake.messages.texts import Purpose
from intake.roster.model import School
from intake.roster.students import add_contact, add_guardian, add_school, add_student
from intake.schema import upgrade
from intake.sharing.destinations import add_destination
from intake.sharing.standard_webhooks import new_secret

_BATCH = 500
_SIGNER = "Sarah Johnson"
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


def bench_sign(
    environ: Mapping[str, str], folder: Path, *, count: int, clients: int
) -> dict[str, Any]:
    """Let ``count`` families sign, ``clients`` at a time; raises BenchFailed.

    ``environ`` are the settings of a demonstration on an empty database, with a free port in its
    INTAKE_BASE_URL; ``folder`` takes the documents and the server's log. No worker runs: what
    is measured is the pages, the seal, the store and the database.
    """
    environ = {**environ, "INTAKE_TRUSTED_PROXIES": "1"}
    installation = open_installation(settings_from(environ))
    check_empty(installation.database)
    upgrade(installation.database)
    families = _invite(installation, count)
    before = _bytes(installation.database, folder)
    with serving(environ, folder) as base:
        times, errors, facts = _measure(installation.database, base, families, clients)
    after = _bytes(installation.database, folder)
    signed = _signed(installation.database)
    return {
        "machine": machine_facts(),
        "database": engine_facts(installation.database),
        "server": {"workers": workers(), "threads": THREADS},
        "count": count,
        "clients": clients,
        "signed": signed,
        **facts,
        "signings_per_second": round(signed / facts["seconds"], 2),
        "steps": {step: spread(times.get(step, [])) for step in STEPS},
        "bytes_per_consent": {
            name: round((after[name] - before[name]) / max(signed, 1)) for name in after
        },
        "errors": errors,
        "audit_problems": len(list(problems(installation.database, installation.storage))),
    }


def _invite(installation: Installation, count: int) -> list[FamilyToSign]:
    """``count`` students with a parent and a contact on record, each with a personal link."""
    database = installation.database
    with database.begin() as session:
        school_id = add_school(session, "Riverside Elementary School").id
        # Events are queued for a sharing system, as they are in earnest; nobody fetches them.
        add_destination(
            session, "bench", "webhook", "http://127.0.0.1:9/webhook", new_secret(), at=now()
        )
    languages = [language.code for language in offered_languages()]
    families = []
    for first in range(0, count, _BATCH):
        with database.begin() as session:
            school = session.get_one(School, school_id)
            for number in range(first, min(first + _BATCH, count)):
                at = now()
                code = languages[number % len(languages)]
                student = add_student(
                    session,
                    school=school,
                    name=f"Student Number {number}",
                    birth_date=date(2014, 1, 1) + timedelta(days=number % 365),
                    at=at,
                    language=code,
                )
                guardian = add_guardian(
                    session, student=student, name=_SIGNER, relationship=Relationship.PARENT
                )
                kind, value = _contact(number)
                add_contact(session, student, kind, value, guardian=guardian)
                token = create_invitation(
                    session,
                    student_id=student.id,
                    language=code,
                    by=SYSTEM,
                    at=at,
                    expires_at=at + timedelta(days=1),
                )
                families.append(_family(number, f"/{code}/i/{token}", kind, value))
    return families


def _contact(number: int) -> tuple[ContactKind, str]:
    if number % 2:
        return ContactKind.EMAIL, f"family{number}@example.org"
    return ContactKind.PHONE, f"+1801{2_000_000 + number}"


def _family(number: int, link: str, kind: ContactKind, value: str) -> FamilyToSign:
    return FamilyToSign(
        link=link,
        signer=_SIGNER,
        contact={"contact_kind": kind.value, kind.value: value},
        draws=number % 3 != 2,
        # Codes are limited for each address: every family has its own.
        address=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
    )


def _measure(
    database: Database, base: str, families: Sequence[FamilyToSign], clients: int
) -> tuple[dict[str, list[float]], dict[str, int], dict[str, Any]]:
    waiting: queue.SimpleQueue[FamilyToSign] = queue.SimpleQueue()
    for family in families:
        waiting.put(family)
    errors: Counter[str] = Counter()
    ways: list[float] = []
    browsers = [FamilyClient(base, lambda id: _code(database, id)) for _ in range(clients)]
    threads = [
        threading.Thread(target=_work, args=(browser, waiting, ways, errors))
        for browser in browsers
    ]
    begun, used = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, used = time.perf_counter() - begun, time.process_time() - used
    times = {step: [t for browser in browsers for t in browser.times[step]] for step in STEPS}
    facts = {
        "seconds": round(seconds, 2),
        "clients_processor_seconds": round(used, 2),
        "way": spread(ways),
    }
    return times, dict(errors), facts


def _work(
    browser: FamilyClient,
    waiting: "queue.SimpleQueue[FamilyToSign]",
    ways: list[float],
    errors: Counter[str],
) -> None:
    """Sign for one family after the other until none is left."""
    while True:
        try:
            family = waiting.get_nowait()
        except queue.Empty:
            return
        start = time.perf_counter()
        try:
            browser.sign(family)
        except WentWrong as problem:
            errors[str(problem)] += 1
        else:
            ways.append(time.perf_counter() - start)


def _code(database: Database, signing_id: str) -> str:
    """The code as it lies in the outbox of messages."""
    query = select(OutgoingMessage.body).where(
        OutgoingMessage.session_id == signing_id, OutgoingMessage.purpose == Purpose.CODE
    )
    with database.read() as session:
        found = _CODE.search(session.scalars(query).one_or_none() or "")
    if found is None:
        raise WentWrong("contact: no code was sent")
    return found[0]


def _signed(database: Database) -> int:
    query = select(func.count()).where(Consent.state == ConsentState.ACTIVE)
    with database.read() as session:
        return session.scalar(query) or 0


def _bytes(database: Database, folder: Path) -> dict[str, int]:
    """What the database and the store take, in bytes."""
    query = (
        "SELECT pg_database_size(current_database())"
        if database.is_postgresql
        else "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    )
    with database.read() as session:
        in_database = int(session.execute(text(query)).scalar_one())
    documents = sum(file.stat().st_size for file in (folder / "documents").rglob("*.aes"))
    return {"database": in_database, "documents": documents}
