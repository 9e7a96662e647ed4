"""What a destination reads: the same event in the words it knows.

The outbox keeps every event as a CloudEvent around our consent record; other formats are made of
that when it is delivered.
"""

from enum import StrEnum

from intake.sharing.formats.fhir import with_fhir_consent


class Format(StrEnum):
    """What events look like at a destination."""

    CLOUDEVENTS = "cloudevents"
    """CloudEvents 1.0 around an ISO/IEC TS 27560 record in DPV terms (JSON-LD)."""
    FHIR = "fhir"
    """The same envelope around a FHIR R4 ``Consent``."""
    CSV = "csv"
    """Rows, by a mapping of the destination's."""


def rendered(event: str, format: Format) -> str:
    """The body to deliver. CSV is made by its connector, which knows the mapping."""
    return with_fhir_consent(event) if format is Format.FHIR else event


__all__ = ["Format", "rendered"]
