"""Authorities as shops and inspecting proxies make them, and the files people export them to."""

from __future__ import annotations

import datetime
import itertools
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from psa.outbound.certificates import certificates, trusting

NAME = "cw.example.test"
DAY = datetime.timedelta(days=1)


def made(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, by: ec.EllipticCurvePrivateKey, *, ca: bool, critical: bool,
    key_ids: bool,
) -> x509.Certificate:  # fmt: skip
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=critical)
    )
    if key_ids:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    if not ca:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
    return builder.sign(by, hashes.SHA256())


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def shaken_hands(client: ssl.SSLContext, server: ssl.SSLContext) -> None:
    """Shake hands in memory. Raises `ssl.SSLError`."""
    wires = [ssl.MemoryBIO() for _ in range(4)]
    ends = [
        client.wrap_bio(wires[0], wires[1], server_hostname=NAME), server.wrap_bio(wires[2], wires[3], server_side=True),
    ]  # fmt: skip
    done = set[int]()
    for turn in itertools.chain.from_iterable([(0, 1)] * 6):
        try:
            ends[turn].do_handshake()
            done.add(turn)
        except ssl.SSLWantReadError:
            pass
        (wires[2] if turn == 0 else wires[0]).write((wires[1] if turn == 0 else wires[3]).read())
    assert done == {0, 1}


@pytest.mark.parametrize("strict", [False, True], ids=["older Python", "3.13"])
@pytest.mark.parametrize("critical", [True, False])
@pytest.mark.parametrize("key_ids", [True, False])
@pytest.mark.parametrize("named", ["root", "between"])
def test_an_authority_of_a_shop_s_own_is_trusted_on_every_python(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, *, critical: bool, key_ids: bool, named: str,
    strict: bool,
) -> None:  # fmt: skip
    root_key, between_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root = made("Inspecting Root", root_key, "Inspecting Root", root_key, ca=True, critical=critical, key_ids=key_ids)
    between = made("Inspecting Issuer", between_key, "Inspecting Root", root_key, ca=True, critical=critical, key_ids=key_ids)
    leaf = made(NAME, key, "Inspecting Issuer", between_key, ca=False, critical=critical, key_ids=key_ids)
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    file.write_text(plain + pem(leaf) + pem(between))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    default = ssl.create_default_context

    def as_there() -> ssl.SSLContext:
        context = default()
        context.verify_flags |= ssl.VERIFY_X509_STRICT if strict else 0
        return context

    monkeypatch.setattr(ssl, "create_default_context", as_there)
    shaken_hands(trusting(pem(root if named == "root" else between)), server)
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken_hands(as_there(), server)


CERTIFICATE = made("X", KEY := ec.generate_private_key(ec.SECP256R1()), "X", KEY, ca=True, critical=True, key_ids=True)
PEM = pem(CERTIFICATE)
SECRET = "-----BEGIN PRIVATE KEY-----\nMIG2\n-----END PRIVATE KEY-----\n"
FILES = {
    "PEM": PEM.encode(),
    "DER": CERTIFICATE.public_bytes(serialization.Encoding.DER),
    "line ends of Windows": PEM.replace("\n", "\r\n").encode(),
    "byte order mark": PEM.encode("utf-8-sig"),
    "as PowerShell writes": PEM.encode("utf-16"),
    "words before it": f"Subject: CN=Müller Prüfstelle\n{PEM}".encode(),
    "words of another code page": f"# Müller\n{PEM}".encode("cp1252"),
    "its key beside it": (SECRET + PEM + SECRET).encode(),
    "two": (PEM + PEM).encode(),
}


@pytest.mark.parametrize("kind", FILES)
def test_certificates_are_read_however_they_were_exported_and_nothing_else_is(kind: str) -> None:
    found = certificates(FILES[kind])
    assert found.replace("\r", "") == PEM * (2 if kind == "two" else 1)
    assert len(trusting(found).get_ca_certs()) == len(trusting(PEM).get_ca_certs())


NONE = [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"0x"]


@pytest.mark.parametrize("file", NONE)
def test_what_holds_no_certificate_is_refused(file: bytes) -> None:
    with pytest.raises(ValueError, match="no certificates in PEM"):
        trusting(certificates(file))
