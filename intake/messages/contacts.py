"""A phone number or email address as somebody typed it, made into one comparable form."""

import re
from dataclasses import dataclass, field

import idna
import phonenumbers

from forms.choices import ContactKind
from forms.text import ascii_digits, clean

_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_ADDRESS_LIMIT = 254
_COSTLY_OR_NOBODYS = frozenset(
    {
        phonenumbers.PhoneNumberType.PREMIUM_RATE,  # "SMS pumping" earns money with these
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.UAN,
        phonenumbers.PhoneNumberType.VOICEMAIL,
    }
)
_LOCAL_LIMIT = 64


class UnusableContact(ValueError):
    """What was typed can't be a phone number or email address. Says which kind, never what."""

    def __init__(self, kind: ContactKind) -> None:
        super().__init__(f"unusable {kind}")
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a one-time code or a receipt goes."""

    kind: ContactKind
    value: str = field(repr=False)
    """E.164 (``+18015550142``), or a lower-case address whose domain is ASCII (IDNA)."""

    @property
    def stored(self) -> str:
        """``kind:value``: the form in which consents and sessions keep it."""
        return f"{self.kind}:{self.value}"

    @classmethod
    def from_stored(cls, text: str) -> "Contact":
        """The reverse of ``stored``; raises ValueError for anything else."""
        kind, colon, value = text.partition(":")
        if not colon or not value:
            raise ValueError("not a stored contact")
        return cls(ContactKind(kind), value)

    @property
    def masked(self) -> str:
        """Enough to recognise one's own, too little to learn somebody else's."""
        if self.kind is ContactKind.PHONE:
            return f"••• ••• {self.value[-4:]}"
        local, _, domain = self.value.partition("@")
        return f"{local[0]}•••@{domain}"


def parse_contact(kind: ContactKind, typed: str, region: str) -> Contact:
    """What somebody typed, in any script's digits and with any marks copied along.

    ``region`` (ISO 3166, such as ``US``) is the country of phone numbers without a country
    code. Raises UnusableContact.
    """
    text = ascii_digits(clean(typed))
    if kind is ContactKind.PHONE:
        return Contact(kind, _e164(text, region))
    return Contact(kind, _address(text))


def _e164(text: str, region: str) -> str:
    for candidate in _phone_readings(text):
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        if _takes_messages(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise UnusableContact(ContactKind.PHONE)


def _takes_messages(number: phonenumbers.PhoneNumber) -> bool:
    return (
        phonenumbers.is_valid_number(number)
        and not number.extension
        and phonenumbers.number_type(number) not in _COSTLY_OR_NOBODYS
    )


def _phone_readings(text: str) -> list[str]:
    """As typed; with the plus that right-to-left typing puts last; with ``00`` for the plus."""
    readings = [text]
    if text.endswith("+"):
        readings.append("+" + text.rstrip("+ "))
    if text.startswith("00"):
        readings.append("+" + text[2:])
    return readings


def _address(text: str) -> str:
    local, at, domain = text.replace("＠", "@").lower().rpartition("@")
    if not at or len(local) > _LOCAL_LIMIT or not _LOCAL_PART.fullmatch(local):
        raise UnusableContact(ContactKind.EMAIL)
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise UnusableContact(ContactKind.EMAIL) from None
    labels = ascii_domain.split(".")
    address = f"{local}@{ascii_domain}"
    if len(labels) < 2 or labels[-1].isdigit() or len(address) > _ADDRESS_LIMIT:
        raise UnusableContact(ContactKind.EMAIL)
    return address
