"""Connecting to a checked address does not loosen TLS: server name and certificate follow the host name."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from psa.connectwise.client import ConnectWise
from psa.outbound.allowed_hosts import guarded_session
from psa.port import Keys, Unavailable

NAME = "cw.example.test"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a self-signed certificate for NAME."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


class TlsServer:
    """Answers every request with 200 and `{}`; keeps the server names that clients asked for."""

    def __init__(self, certificate: Path) -> None:
        self.names: list[str | None] = []
        self.requests = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._context.sni_callback = lambda _sock, name, _context: self.names.append(name)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            try:
                with self._context.wrap_socket(plain, server_side=True) as sock:
                    if sock.recv(65536):
                        self.requests += 1
                        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
            except OSError:
                continue


@pytest.fixture
def server(certificate: Path) -> Iterator[TlsServer]:
    made = TlsServer(certificate)
    yield made
    made.listener.close()


def local(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
    """Resolve every name to this machine."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def session_for(server: TlsServer, name: str, ca: Path | None) -> requests.Session:
    return guarded_session(
        {f"{name}:{server.port}"}, allow_private=True, resolver=local, ca_file=str(ca) if ca else None
    )


def test_name_is_sent_and_checked(server: TlsServer, certificate: Path) -> None:
    answer = session_for(server, NAME, certificate).get(f"https://{NAME}:{server.port}/", timeout=2)
    assert answer.status_code == 200
    assert server.names == [NAME]


def test_certificate_of_another_name_is_refused(server: TlsServer, certificate: Path) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        session_for(server, "other.example.test", certificate).get(
            f"https://other.example.test:{server.port}/", timeout=2
        )
    assert server.requests == 0


def test_untrusted_certificate_stops_a_write_before_it_leaves(server: TlsServer) -> None:
    site = f"https://{NAME}:{server.port}"
    keys = Keys(site, "acmemsp", "p", "k", "c", allow_private=True, codebase="v4_6_release/")
    cw = ConnectWise(keys, session=session_for(server, NAME, None))
    with pytest.raises(Unavailable, match="TLS failed"):
        cw.post_internal_note(5, "x")
    assert server.requests == 0


def test_an_account_s_own_certificates_are_trusted_beside_the_public_ones(server: TlsServer, certificate: Path) -> None:
    pem = certificate.read_text()
    bundle = pem[pem.index("-----BEGIN CERTIFICATE") :]
    host = f"{NAME}:{server.port}"
    with guarded_session({host}, allow_private=True, resolver=local, ca_bundle=bundle) as session:
        assert session.get(f"https://{host}/", timeout=2).status_code == 200
        adapter = session.get_adapter("https://x")
        assert len(adapter.poolmanager.connection_pool_kw["ssl_context"].get_ca_certs()) > 1
    other = f"other.example.test:{server.port}"
    trusting_session = guarded_session({other}, allow_private=True, resolver=local, ca_bundle=bundle)
    with trusting_session as session, pytest.raises(requests.exceptions.SSLError):
        session.get(f"https://{other}/", timeout=2)
    with guarded_session({host}, allow_private=True, resolver=local) as session, pytest.raises(requests.exceptions.SSLError):
        session.get(f"https://{host}/", timeout=2)
