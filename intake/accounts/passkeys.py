"""Passkeys (WebAuthn level 2): as the second factor, and alone where the device knows its owner."""

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from forms.text import clean
from intake.accounts.challenges import ChallengeGone, ask, take
from intake.accounts.history import AccountEventKind, record, staff_member
from intake.accounts.model import Staff
from intake.accounts.sign_in_model import ChallengePurpose, StaffPasskey

LONGEST_ANSWER = 20_000
"""Characters; attestations with certificates have a few thousand."""


class PasskeyRefused(Exception):
    """The device's answer does not count; the message has a class of reason only."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who asks the device: passkeys are bound to this host."""

    id: str
    name: str
    origin: str

    @classmethod
    def at(cls, base_url: str, name: str) -> "RelyingParty | None":
        """None where passkeys can't be: browsers refuse them for an address without a name."""
        parts = urlsplit(base_url)
        host = parts.hostname or ""
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return cls(host, name, base_url.rstrip("/"))
        return None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page hands to the browser, and the token under which we wait for the answer."""

    token: str
    options: str
    """JSON."""


def ask_for_new(session: Session, party: RelyingParty, staff: Staff, *, at: datetime) -> Asked:
    """Ask the browser to make a passkey."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=staff.id.encode(),
        user_name=staff.email,
        user_display_name=staff.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_descriptors(passkeys_of(session, staff.id)),
    )
    data = {"challenge": bytes_to_base64url(options.challenge), "staff": staff.id}
    token = ask(session, ChallengePurpose.PASSKEY_SET_UP, data, at=at)
    return Asked(token, options_to_json(options))


def add_passkey(
    session: Session,
    party: RelyingParty,
    staff: Staff,
    *,
    token: str,
    answer: str,
    name: str,
    at: datetime,
) -> StaffPasskey:
    """Keep a new passkey's public half. Raises PasskeyRefused."""
    asked = _taken(session, ChallengePurpose.PASSKEY_SET_UP, token, staff.id, at=at)
    _check_length(answer)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(asked["challenge"]),
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
    except _BROKEN as error:
        raise PasskeyRefused(type(error).__name__) from None
    passkey = StaffPasskey(
        staff_id=staff.id,
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=clean(name)[:100],
        created_at=at,
    )
    try:
        with session.begin_nested():
            session.add(passkey)
    except IntegrityError:
        raise PasskeyRefused("known already") from None
    _record(session, staff.id, AccountEventKind.FACTOR_ADDED, at=at)
    return passkey


def ask_for_known(session: Session, party: RelyingParty, *, at: datetime) -> Asked:
    """Ask whoever is there for a passkey of any account; the device must verify the person."""
    options = generate_authentication_options(
        rp_id=party.id, user_verification=UserVerificationRequirement.REQUIRED
    )
    data = {"challenge": bytes_to_base64url(options.challenge), "staff": None}
    token = ask(session, ChallengePurpose.PASSKEY_SIGN_IN, data, at=at)
    return Asked(token, options_to_json(options))


def ask_for_second(session: Session, party: RelyingParty, staff: Staff, *, at: datetime) -> Asked:
    """Ask for one of this account's passkeys, after the password."""
    options = generate_authentication_options(
        rp_id=party.id,
        allow_credentials=_descriptors(passkeys_of(session, staff.id)),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    data = {"challenge": bytes_to_base64url(options.challenge), "staff": staff.id}
    token = ask(session, ChallengePurpose.PASSKEY_SIGN_IN, data, at=at)
    return Asked(token, options_to_json(options))


def check_passkey(
    session: Session,
    party: RelyingParty,
    *,
    token: str,
    answer: str,
    at: datetime,
    staff: Staff | None = None,
) -> Staff:
    """Whose passkey answered. Without ``staff`` the device must have verified the person.

    Raises PasskeyRefused.
    """
    asked = _taken(
        session, ChallengePurpose.PASSKEY_SIGN_IN, token, staff.id if staff else None, at=at
    )
    _check_length(answer)
    passkey = _named(session, answer)
    if passkey is None or (staff is not None and passkey.staff_id != staff.id):
        raise PasskeyRefused("unknown")
    try:
        shown = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(asked["challenge"]),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=staff is None,
        )
    except _BROKEN as error:
        raise PasskeyRefused(type(error).__name__) from None
    passkey.sign_count, passkey.used_at = shown.new_sign_count, at
    return session.get_one(Staff, passkey.staff_id)


def passkeys_of(session: Session, staff_id: str) -> list[StaffPasskey]:
    """The account's passkeys, the oldest first."""
    query = select(StaffPasskey).where(StaffPasskey.staff_id == staff_id)
    return list(session.scalars(query.order_by(StaffPasskey.created_at)))


def remove_passkey(session: Session, staff_id: str, passkey_id: str, *, at: datetime) -> bool:
    """Let a passkey count no more; false where the account has no such one."""
    passkey = session.get(StaffPasskey, passkey_id)
    if passkey is None or passkey.staff_id != staff_id:
        return False
    session.delete(passkey)
    _record(session, staff_id, AccountEventKind.FACTOR_REMOVED, at=at)
    return True


# What the library raises on an answer that is not one, besides its own errors.
_BROKEN = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError)


def _taken(
    session: Session, purpose: ChallengePurpose, token: str, staff_id: str | None, *, at: datetime
) -> dict[str, Any]:
    try:
        asked = take(session, purpose, token, at=at)
    except ChallengeGone:
        raise PasskeyRefused("nothing was asked") from None
    if asked["staff"] != staff_id:
        raise PasskeyRefused("asked of somebody else")
    return asked


def _check_length(answer: str) -> None:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused("too long")


def _named(session: Session, answer: str) -> StaffPasskey | None:
    """The passkey that an answer names; whether it is the one is checked after."""
    try:
        said = json.loads(answer)
    except ValueError:
        raise PasskeyRefused("not JSON") from None
    named = said.get("id") if isinstance(said, dict) else None
    if not isinstance(named, str):
        raise PasskeyRefused("names none")
    query = select(StaffPasskey).where(StaffPasskey.credential_id == named)
    return session.scalars(query.with_for_update()).one_or_none()


def _descriptors(passkeys: Sequence[StaffPasskey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential_id))
        for passkey in passkeys
    ]


def _record(session: Session, staff_id: str, kind: AccountEventKind, *, at: datetime) -> None:
    by = staff_member(staff_id)
    record(session, kind, staff_id=staff_id, by=by, at=at, data={"factor": "passkey"})
