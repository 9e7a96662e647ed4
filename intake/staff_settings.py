"""The programme's rules for staff's accounts, and their single sign-on; read by config.py."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

Read = Callable[[str], str]
"""Gives a setting's value, stripped; empty where it isn't set."""

ROLES = frozenset({"front_desk", "coordinator", "approver", "auditor", "administrator"})
"""The values of accounts.model.Role, which lies above."""

DEMO_SIGN_IN = "INTAKE_DEMO_SIGN_IN"

STAFF_SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("INTAKE_STAFF_IDLE_MINUTES", "15", "minutes without work until staff are signed out"),
    ("INTAKE_STAFF_PASSWORD_DAYS", "183", "days until staff must choose a new password (six months)"),
    ("INTAKE_STAFF_UNUSED_DAYS", "90", "days without a sign-in until an account is disabled"),
    ("INTAKE_STAFF_TRAINING_DAYS", "365", "days for which a recorded training counts"),
    ("INTAKE_OIDC_ISSUER", "", "single sign-on: the OpenID provider's issuer, such as https://login.example.org"),
    ("INTAKE_OIDC_CLIENT_ID", "", "its client id for us; the redirect address is INTAKE_BASE_URL/desk/sso/callback"),
    ("INTAKE_OIDC_CLIENT_SECRET", "", "its secret for us"),
    ("INTAKE_OIDC_SCOPES", "openid email profile", "scopes that we ask the provider for"),
    ("INTAKE_OIDC_ROLES_CLAIM", "roles", "the claim with a person's groups; a dotted path for a nested one"),
    ("INTAKE_OIDC_ROLES", "", "what its values mean: value=role,value=role; roles: front_desk, coordinator, approver, auditor, administrator"),
    ("INTAKE_OIDC_SCHOOLS_CLAIM", "", "the claim with a person's schools (our id, the roster's id or the exact name); without it: every school"),
    (DEMO_SIGN_IN, "easy", "in a demonstration only: easy asks for the password alone, full for everything"),
)  # fmt: skip
"""Name, default and meaning of each setting; none is required."""


@dataclass(frozen=True, slots=True)
class StaffRules:
    """What the programme promises about its users' accounts; the defaults are its own values."""

    idle: timedelta = timedelta(minutes=15)
    password_age: timedelta = timedelta(days=183)
    unused: timedelta = timedelta(days=90)
    training: timedelta = timedelta(days=365)
    is_eased: bool = False
    """No second factor, agreement or training is asked for: never outside a demonstration."""


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """The provider of single sign-on, and what its claims mean here."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str
    roles_claim: str
    roles: tuple[tuple[str, str], ...]
    """A claim's value and the role that it stands for."""
    schools_claim: str | None


def staff_rules(read: Read, *, is_local_demo: bool) -> StaffRules:
    """Raises ValueError with one line that names the fix."""
    chosen = read(DEMO_SIGN_IN)
    if chosen not in {"", "easy", "full"}:
        raise ValueError(f"{DEMO_SIGN_IN} must be easy or full")
    if chosen == "easy" and not is_local_demo:
        raise ValueError(
            f"{DEMO_SIGN_IN}=easy is for a demonstration on this machine alone: leave it out"
        )
    return StaffRules(
        idle=timedelta(minutes=_count(read, "INTAKE_STAFF_IDLE_MINUTES")),
        password_age=timedelta(days=_count(read, "INTAKE_STAFF_PASSWORD_DAYS")),
        unused=timedelta(days=_count(read, "INTAKE_STAFF_UNUSED_DAYS")),
        training=timedelta(days=_count(read, "INTAKE_STAFF_TRAINING_DAYS")),
        is_eased=is_local_demo and chosen != "full",
    )


def oidc_settings(read: Read) -> OidcSettings | None:
    """None without an issuer. Raises ValueError with one line that names the fix."""
    issuer = read("INTAKE_OIDC_ISSUER")
    if not issuer:
        return None
    _check_issuer(issuer)
    client_id, secret = read("INTAKE_OIDC_CLIENT_ID"), read("INTAKE_OIDC_CLIENT_SECRET")
    if not client_id or not secret:
        raise ValueError(
            "INTAKE_OIDC_ISSUER needs INTAKE_OIDC_CLIENT_ID and INTAKE_OIDC_CLIENT_SECRET too"
        )
    scopes = read("INTAKE_OIDC_SCOPES") or _default("INTAKE_OIDC_SCOPES")
    if "openid" not in scopes.split():
        raise ValueError("INTAKE_OIDC_SCOPES must name openid, such as: openid email profile")
    return OidcSettings(
        issuer=issuer,
        client_id=client_id,
        client_secret=secret,
        scopes=scopes,
        roles_claim=read("INTAKE_OIDC_ROLES_CLAIM") or _default("INTAKE_OIDC_ROLES_CLAIM"),
        roles=_roles(read("INTAKE_OIDC_ROLES")),
        schools_claim=read("INTAKE_OIDC_SCHOOLS_CLAIM") or None,
    )


def _check_issuer(issuer: str) -> None:
    parts = urlsplit(issuer)
    is_here = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not parts.hostname or parts.scheme not in {"http", "https"} or parts.query:
        raise ValueError("INTAKE_OIDC_ISSUER must be an address like https://login.example.org")
    if parts.scheme == "http" and not is_here:
        raise ValueError("INTAKE_OIDC_ISSUER must be https:// except on this machine itself")


def _roles(text: str) -> tuple[tuple[str, str], ...]:
    name = "INTAKE_OIDC_ROLES"
    pairs = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        value, equals, role = entry.rpartition("=")
        if not equals or not value.strip():
            raise ValueError(f"{name} must be value=role,value=role")
        if role.strip() not in ROLES:
            raise ValueError(f"{name}: {role.strip()!r} is no role; {', '.join(sorted(ROLES))} are")
        pairs.append((value.strip(), role.strip()))
    if not pairs:
        raise ValueError(f"INTAKE_OIDC_ISSUER needs {name}: which claim's value is which role")
    return tuple(pairs)


def _count(read: Read, name: str) -> int:
    value = read(name) or _default(name)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 10_000:
        raise ValueError(f"{name} must be a whole number from 1 to 9999")
    return int(value)


def _default(name: str) -> str:
    return next(default for known, default, _ in STAFF_SETTINGS if known == name)
