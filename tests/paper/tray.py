"""A tray of signed papers, and a reader without pictures: files say what is on their pages."""

import json
import struct
import zlib
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import select

from intake.audit import problems
from intake.config import Settings, settings_from
from intake.consents.decide import Decision, decide
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Consent, Revocation
from intake.consents.projection import rebuild
from intake.demo.run import demo_environ
from intake.installation import Installation
from intake.paper import review
from intake.paper.batches import AddedFile, add_file, open_batch, process
from intake.paper.model import BatchSource, ReviewItem, ScannedPaper
from intake.paper.printed import record_printed
from intake.paper.reading import PageRefusal, Reader, ReadPage
from intake.paper.summary import Summary, summary
from intake.roster.model import Student
from intake.roster.students import add_school, add_student
from pdf.scan.findings import BoxFinding, Choice, PageFindings, PaperKind, Presence, Reason
from pdf.seal import Sealer, create_demo_identity
from pdf.sheet.code import SheetCode, SheetDocument, new_waiver_id
from pdf.sheet.geometry import Box, BoxKind, PageKind
from tests.conftest import NOW

Page = dict[str, Any]
CORNERS = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


@cache
def sealer() -> Sealer:
    return Sealer.from_pem(*create_demo_identity("Tests", NOW))


@cache
def picture() -> bytes:
    """A white page, 4 by 5 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = b"".join(b"\0" + b"\xff" * 4 for _ in range(5))
    header = struct.pack(">IIBBBBB", 4, 5, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def yes(waiver_id: str, **more: Any) -> list[Page]:
    """Both pages of a waiver: the text, and the form with yes, signed and dated."""
    said = {"choice": "yes", "signature": "present", "date": "present", **more}
    return [text_page(waiver_id), form(waiver_id, **said)]


def no(waiver_id: str, **more: Any) -> list[Page]:
    return yes(waiver_id, choice="no", **more)


def text_page(waiver_id: str, **more: Any) -> Page:
    return {"id": waiver_id, "page": 1, "pages": 2, "form": "text", **more}


def form(waiver_id: str, **more: Any) -> Page:
    return {"id": waiver_id, "page": 2, "pages": 2, "form": "consent", **more}


def letter(waiver_id: str, **more: Any) -> Page:
    """The one page of a revocation, signed."""
    return {
        "id": waiver_id,
        "page": 1,
        "pages": 1,
        "form": "revocation",
        "signature": "present",
        "date": "present",
        **more,
    }


BLANK: Page = {"kind": "blank"}
FOREIGN: Page = {"kind": "unknown", "reasons": ["foreign"]}
UNREAD: Page = {"kind": "unknown", "reasons": ["no_code"]}
UNREAD_LETTER: Page = {"kind": "revocation", "reasons": ["no_code"]}


def scan(pages: Sequence[Page], salt: str = "") -> bytes:
    """A file with these pages."""
    return json.dumps([salt, *pages]).encode()


def read(file: Path, *, without: Set[int]) -> Iterator[ReadPage | PageRefusal]:
    """The reader of these files."""
    _, *pages = json.loads(file.read_bytes())
    for number, page in enumerate(pages, 1):
        if number in without:
            continue
        if "refused" in page:
            yield PageRefusal(number if page.get("alone") else None, page["refused"])
        else:
            yield ReadPage(number, _findings(page), picture())


def _findings(page: Page) -> PageFindings:
    form_kind = PageKind(page.get("form", "text"))
    is_letter = page.get("document") == "revocation" or form_kind is PageKind.REVOCATION
    code = None
    if "id" in page:
        code = SheetCode(
            document=SheetDocument.REVOCATION if is_letter else SheetDocument.WAIVER,
            kind=form_kind,
            version=page.get("version", "2026-1"),
            language=page.get("language", "en"),
            page=page["page"],
            pages=page["pages"],
            waiver_id=page["id"],
        )
    default = PaperKind.REVOCATION if is_letter else PaperKind.WAIVER
    boxes = tuple(
        BoxFinding(Box(name, BoxKind.WRITING, 0, 0, 1, 1), CORNERS, Presence(page[name]), 1.0, 9.0)
        for name in ("signature", "date", "witness")
        if name in page
    )
    return PageFindings(
        kind=PaperKind(page.get("kind", default)),
        code=code,
        choice=Choice(page["choice"]) if "choice" in page else None,
        boxes=boxes,
        reasons=tuple(map(Reason, page.get("reasons", ()))),
        confidence=page.get("confidence", 1.0),
    )


class PowerCut(BaseException):
    """Nobody catches it."""


@dataclass
class Tray:
    """An installation, and a clock that goes on with each act."""

    installation: Installation
    at: datetime
    school_id: str = field(init=False)

    def __post_init__(self) -> None:
        with self.installation.database.begin() as session:
            self.school_id = add_school(session, "Riverside Elementary School").id

    @property
    def settings(self) -> Settings:
        return self.installation.settings

    def later(self, seconds: float = 60) -> datetime:
        self.at += timedelta(seconds=seconds)
        return self.at

    def student(self, name: str = "Emma Johnson", born: date = date(2016, 4, 12)) -> str:
        with self.installation.database.begin() as session:
            from intake.roster.model import School  # noqa: PLC0415

            school = session.get_one(School, self.school_id)
            return add_student(session, school=school, name=name, birth_date=born, at=self.at).id

    def printed(self, student_id: str | None, **more: Any) -> str:
        """A waiver for a student (or a blank one, or ``document="revocation"``); its id."""
        told = {"document": "ferpa_waiver", "version": "2026-1", "language": "en", "pages": 2}
        waiver_id = new_waiver_id()
        with self.installation.database.begin() as session:
            record_printed(
                session, waiver_id=waiver_id, student_id=student_id, by=None, at=self.at,
                **{**told, **more},
            )  # fmt: skip
        return waiver_id

    def letter_for(self, student_id: str | None) -> str:
        return self.printed(student_id, document="revocation", pages=1)

    def batch(self, *files: bytes) -> str:
        with self.installation.database.begin() as session:
            batch_id = open_batch(session, source=BatchSource.DESK, created_by=None, at=self.at).id
        for number, content in enumerate(files):
            self.add(batch_id, content, f"scan{number}.pdf")
        return batch_id

    def add(self, batch_id: str, content: bytes, name: str = "scan.pdf") -> AddedFile:
        return add_file(self.installation, batch_id, name, BytesIO(content), at=self.at)

    def process(self, batch_id: str, reader: Reader = read) -> Summary:
        process(self.installation, batch_id, reader, at=self.later())
        return self.summary(batch_id)

    def take_in(self, *pages: Page) -> Summary:
        """One file with these pages, read and filed."""
        return self.process(self.batch(scan(pages, salt=self.at.isoformat())))

    def summary(self, batch_id: str) -> Summary:
        with self.installation.database.read() as session:
            return summary(session, batch_id)

    def next(self, staff_id: str = "ann") -> ReviewItem | None:
        with self.installation.database.begin() as session:
            return review.next_item(session, staff_id, self.later(1))

    def say(
        self, item: ReviewItem, given: str, staff_id: str = "ann", **details: Any
    ) -> review.Answered:
        with self.installation.database.begin() as session:
            return review.answer(
                session, self.settings, item.id, given,
                staff_id=staff_id, at=self.later(1), details=details,
            )  # fmt: skip

    def asked(self, staff_id: str = "ann") -> str | None:
        item = self.next(staff_id)
        return item.question.value if item else None

    def answer_next(self, given: str, staff_id: str = "ann", **details: Any) -> review.Answered:
        item = self.next(staff_id)
        assert item is not None
        return self.say(item, given, staff_id, **details)

    def undo(self, staff_id: str = "ann") -> ReviewItem:
        with self.installation.database.begin() as session:
            return review.undo(session, self.settings, staff_id=staff_id, at=self.later(1))

    def settle(self) -> int:
        return review.settle_due(self.installation, at=self.later(30))

    def consents(self) -> list[Consent]:
        with self.installation.database.read() as session:
            return list(session.scalars(select(Consent).order_by(Consent.signed_at)))

    def revocations(self) -> list[Revocation]:
        with self.installation.database.read() as session:
            return list(session.scalars(select(Revocation).order_by(Revocation.signed_at)))

    def papers(self) -> list[ScannedPaper]:
        with self.installation.database.read() as session:
            return list(session.scalars(select(ScannedPaper).order_by(ScannedPaper.created_at)))

    def events(self) -> list[LedgerEvent]:
        with self.installation.database.read() as session:
            return list(session.scalars(select(LedgerEvent).order_by(LedgerEvent.sequence)))

    def decision(self, student_id: str) -> Decision:
        with self.installation.database.read() as session:
            born = session.get_one(Student, student_id).birth_date
            assert born
            return decide(
                session, student_id,
                elements=["grades"], partner_class="community_organizations", on=self.at.date(),
            )[0]  # fmt: skip

    def permits(self, student_id: str) -> bool:
        return self.decision(student_id).permit

    def check(self) -> None:
        """The ledger, the state and every document are as they were written."""
        database = self.installation.database
        assert list(problems(database, self.installation.storage)) == []
        with database.begin() as session:
            assert rebuild(session) == 0


def tray_on(database: Any, folder: Path, at: datetime, *, demo: bool = True) -> Tray:
    """A tray over an empty database."""
    from intake.documents.store import Storage  # noqa: PLC0415

    settings = replace(settings_from(demo_environ(folder, port=8000, at=at)), demo=demo)
    installation = Installation(
        settings=settings,
        database=database,
        storage=Storage((folder / "store").as_uri()),
        sealer=sealer(),
        certificate=b"",
    )
    return Tray(installation, at)
