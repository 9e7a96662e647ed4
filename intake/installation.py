"""One installation of the product: its settings and the long-lived objects made from them."""

from dataclasses import dataclass
from pathlib import Path

from intake.config import Settings, SettingsError
from intake.db.engine import Database
from intake.db.keys import KeyRing
from intake.documents.store import Storage
from pdf.seal import Sealer, SealKeyUnusable


@dataclass(frozen=True, slots=True)
class Installation:
    """What web pages, the worker and commands share."""

    settings: Settings
    database: Database
    storage: Storage
    sealer: Sealer
    certificate: bytes
    """The seal's certificate (PEM), against which our own documents are verified."""


def open_installation(settings: Settings) -> Installation:
    """Connect everything; raises SettingsError naming the setting to fix."""
    certificate = _file("INTAKE_SEAL_CERTIFICATE_FILE", settings.seal_certificate_file)
    key = _file("INTAKE_SEAL_KEY_FILE", settings.seal_key_file)
    try:
        sealer = Sealer.from_pem(key, certificate)
    except SealKeyUnusable as error:
        raise SettingsError(f"INTAKE_SEAL_KEY_FILE: {error}") from None
    return Installation(
        settings=settings,
        database=open_database(settings),
        storage=Storage(settings.storage_url),
        sealer=sealer,
        certificate=certificate,
    )


def open_database(settings: Settings) -> Database:
    """Only the database, for commands that need no more."""
    ring = KeyRing([(key.id, key.key) for key in settings.secret_keys])
    return Database(settings.database_url, ring)


def _file(name: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{name}: can't read {path}: {error.strerror}") from None
