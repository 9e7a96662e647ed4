"""Ten codes on paper, each good once, for the day when the phone or the key is lost."""

import secrets
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from intake.accounts.history import AccountEventKind, record, staff_member
from intake.accounts.model import Staff
from intake.accounts.sign_in_model import RecoveryCode
from intake.db.keys import keyring

HOW_MANY = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that is read as something else from paper."""
_GROUP = 5


def new_codes(session: Session, staff: Staff, *, at: datetime) -> list[str]:
    """New codes, shown once; those before count no more."""
    had = session.scalars(
        delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id).returning(RecoveryCode.id)
    ).all()
    codes = [_new_code() for _ in range(HOW_MANY)]
    session.add_all(
        RecoveryCode(staff_id=staff.id, code_key=_code_key(session, staff, code)) for code in codes
    )
    record(
        session,
        AccountEventKind.RECOVERY_CODES_MADE,
        staff_id=staff.id,
        by=staff_member(staff.id),
        at=at,
        data={"first": not had},
    )
    return codes


def use_code(session: Session, staff: Staff, code: str, *, at: datetime) -> bool:
    """Whether it is one of the account's codes that was not used yet; it is used up then."""
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.staff_id == staff.id,
            RecoveryCode.code_key == _code_key(session, staff, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .returning(RecoveryCode.id)
    )
    return used.scalar_one_or_none() is not None


def codes_left(session: Session, staff_id: str) -> int:
    """How many can still be used."""
    query = select(func.count()).where(
        RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalars(query).one()


def _new_code() -> str:
    """About 50 bits, in two groups."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(2 * _GROUP))
    return f"{letters[:_GROUP]}-{letters[_GROUP:]}"


def _code_key(session: Session, staff: Staff, code: str) -> str:
    normal = "".join(letter for letter in code.casefold() if letter.isalnum())
    return keyring(session).blind_index("staff.recovery", f"{staff.id}|{normal}")
