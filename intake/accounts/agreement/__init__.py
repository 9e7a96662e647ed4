"""The end-user agreement: whole, versioned, hashed; accepted anew when its words change.

Staff's documents are in English. A version is one TOML file here; the newest by name is asked for.
"""

import functools
import hashlib
import tomllib
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.history import AccountEventKind, record, staff_member
from intake.accounts.sign_in_model import AgreementAccepted


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version's words."""

    version: str
    sha256: str
    """Of the file, which holds exactly what is shown."""
    title: str
    introduction: str
    sections: tuple[Section, ...]


class OtherWords(ValueError):
    """What was accepted is not what counts now: show the agreement again."""


@functools.cache
def current_agreement() -> Agreement:
    """The version that everybody must have accepted."""
    found = [file for file in files(__name__).iterdir() if file.name.endswith(".toml")]
    newest = max(found, key=lambda file: file.name)
    content = newest.read_bytes()
    told = tomllib.loads(content.decode())
    return Agreement(
        version=newest.name.removesuffix(".toml"),
        sha256=hashlib.sha256(content).hexdigest(),
        title=told["title"],
        introduction=told["introduction"],
        sections=tuple(
            Section(one["heading"], tuple(one["paragraphs"])) for one in told["sections"]
        ),
    )


def accept(session: Session, staff_id: str, *, sha256: str, at: datetime) -> None:
    """Somebody accepts the words with this hash. Raises OtherWords."""
    agreement = current_agreement()
    if sha256 != agreement.sha256:
        raise OtherWords("the agreement has changed meanwhile")
    if has_accepted(session, staff_id):
        return
    session.add(
        AgreementAccepted(
            staff_id=staff_id, version=agreement.version, sha256=sha256, accepted_at=at
        )
    )
    record(
        session,
        AccountEventKind.AGREEMENT_ACCEPTED,
        staff_id=staff_id,
        by=staff_member(staff_id),
        at=at,
        data={"version": agreement.version, "sha256": sha256},
    )


def has_accepted(session: Session, staff_id: str) -> bool:
    """Whether the account's owner has accepted exactly the words of now."""
    return last_accepted(session, staff_id) is not None


def last_accepted(session: Session, staff_id: str) -> AgreementAccepted | None:
    """When, if these very words were accepted."""
    query = select(AgreementAccepted).where(
        AgreementAccepted.staff_id == staff_id,
        AgreementAccepted.sha256 == current_agreement().sha256,
    )
    return session.scalars(query.limit(1)).first()
