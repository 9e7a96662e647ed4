"""Email leaves this machine encrypted, to a server that proves who it is."""

import ipaddress
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from intake.clock import now
from intake.messages.transport import Dispatch, Misconfigured
from tests.messages.conftest import Mailbox, email_over, smtp_server

MESSAGE = Dispatch("0b1c", "a.parent@example.org", "Subject", "Text", "en")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and self-signed certificate of 127.0.0.1 in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server of the tests")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    file = tmp_path / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + signed.public_bytes(Encoding.PEM))
    return file


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """The server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize("tls_from_start", [False, True])
def test_email_goes_over_tls_to_a_trusted_server(
    tls: ssl.SSLContext,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    tls_from_start: bool,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with smtp_server(tls, tls_from_start=tls_from_start) as mailbox:
        email_over(mailbox.url.replace("//", "//waivers:right%20p%40ssword@")).send(MESSAGE)
        assert len(mailbox.arrived) == 1
        assert mailbox.encrypted == [True]


@pytest.mark.parametrize("tls_from_start", [False, True])
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(
    tls: ssl.SSLContext, tls_from_start: bool
) -> None:
    with smtp_server(tls, tls_from_start=tls_from_start) as mailbox:
        with pytest.raises(Misconfigured, match="certificate"):
            email_over(mailbox.url).send(MESSAGE)
        assert mailbox.arrived == []


def elsewhere(mailbox: Mailbox) -> str:
    """The same server under an address that does not count as this machine."""
    return mailbox.url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104


def test_a_server_elsewhere_without_encryption_gets_nothing(mailbox: Mailbox) -> None:
    with pytest.raises(Misconfigured, match="STARTTLS"):
        email_over(elsewhere(mailbox)).send(MESSAGE)
    assert mailbox.arrived == []


def test_the_operator_may_trust_the_way_to_a_relay(mailbox: Mailbox) -> None:
    email_over(elsewhere(mailbox) + "?starttls=optional").send(MESSAGE)
    assert mailbox.encrypted == [False]


def test_a_password_never_goes_to_a_server_elsewhere_without_encryption(mailbox: Mailbox) -> None:
    url = elsewhere(mailbox).replace("//", "//waivers:right%20p%40ssword@")
    with pytest.raises(Misconfigured, match="STARTTLS"):
        email_over(url + "?starttls=optional").send(MESSAGE)
    assert mailbox.logins == 0
