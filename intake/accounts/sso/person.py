"""What a provider's claims say of a person, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.text import clean
from intake.accounts.model import Role
from intake.staff_settings import OidcSettings

_LONGEST = 255


class ClaimsUnusable(ValueError):
    """They name nobody."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the provider vouches for."""

    issuer: str
    subject: str
    email: str | None = field(repr=False)
    """Only where the provider has verified it."""
    name: str = field(repr=False)
    roles: frozenset[Role]
    schools: tuple[str, ...] | None
    """As the provider names them; None: it says nothing of schools."""


def person_of(claims: Mapping[str, Any], settings: OidcSettings) -> Person:
    """Raises ClaimsUnusable."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST:
        raise ClaimsUnusable("no subject")
    meanings = settings.roles
    said = set(_texts(_at(claims, settings.roles_claim)))
    schools = None
    if settings.schools_claim is not None:
        schools = tuple(_texts(_at(claims, settings.schools_claim)))
    return Person(
        issuer=settings.issuer,
        subject=subject,
        email=_verified_email(claims),
        name=_name(claims),
        roles=frozenset(Role(role) for value, role in meanings if value in said),
        schools=schools,
    )


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    email = claims.get("email")
    # Some providers send the word "true"; anything else is not verified.
    is_verified = claims.get("email_verified") in {True, "true"}
    return email if is_verified and isinstance(email, str) and email else None


def _name(claims: Mapping[str, Any]) -> str:
    for claim in ("name", "preferred_username", "email"):
        value = claims.get(claim)
        if isinstance(value, str) and clean(value):
            return clean(value)[:200]
    return "?"


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """A claim; ``realm_access.roles`` is ``roles`` inside ``realm_access``, unless named so."""
    if path in claims:
        return claims[path]
    value: Any = claims
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
