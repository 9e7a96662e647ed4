"""The documents that the product knows by name."""

WAIVER = "ferpa_waiver"
REVOCATION = "revocation"
PARTIAL_REVOCATION = "partial_revocation"
DATA_USE = "data_use"
PRIVACY_POSTING = "privacy_posting"
CONSENTS = (WAIVER,)
"""By which families consent, or don't."""
READING = (DATA_USE, PRIVACY_POSTING)
"""What is only read: nobody signs it."""
