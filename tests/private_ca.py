"""HTTPS as an MSP has it on premises: a certificate authority of its own, and a server that shows its certificate."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ADDRESS = "127.0.0.1"


class PrivateCA:
    """An authority that no machine trusts by itself; `pem` is what `--ca-bundle` takes."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Northgate Internal CA")])
        made = self._certificate(self._name, self._key, ca=True).sign(self._key, hashes.SHA256())
        self.pem = made.public_bytes(serialization.Encoding.PEM).decode()

    def context(self, folder: Path) -> ssl.SSLContext:
        """Return what a server at `ADDRESS` shows: a certificate signed by this authority."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "connectwise")])
        address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(ADDRESS))])
        made = self._certificate(name, key, ca=False).add_extension(address, critical=False).sign(self._key, hashes.SHA256())
        plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        file = folder / "server.pem"
        file.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, *plain) + made.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _certificate(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *, ca: bool) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )


class TlsFront:
    """Ends TLS in front of a plain server of this machine, as a context manager; `url` is its https address."""

    def __init__(self, behind: str, context: ssl.SSLContext) -> None:
        self._behind = int(behind.rpartition(":")[2])
        self._context = context
        self._listener = socket.create_server((ADDRESS, 0))
        self.url = f"https://{ADDRESS}:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        """Pass one request on, and its answer back; the connection ends with it."""
        try:
            with self._context.wrap_socket(caller, server_side=True) as secure, socket.create_connection(
                (ADDRESS, self._behind)
            ) as plain:
                head = b""
                while b"\r\n\r\n" not in head and (part := secure.recv(65536)):
                    head += part
                plain.sendall(head.replace(b"Connection: keep-alive", b"Connection: close"))
                while part := plain.recv(65536):
                    secure.sendall(part)
        except OSError:
            return  # as a caller who does not trust the certificate ends it
