"""Certificate authorities that an account names beside the public ones: a shop's own, or its inspecting proxy's."""

from __future__ import annotations

import re
import ssl

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----")


def certificates(file: bytes) -> str:
    """Return the certificates of a file as PEM, however they were exported, and nothing else of it, such as a key."""
    if file[:1] == b"\x30":  # DER, as Windows exports it first
        return ssl.DER_cert_to_PEM_cert(file)
    text = file.decode("utf-16" if file[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    return "".join(f"{found}\n" for found in _PEM.findall(text))


def trusting(bundle: str) -> ssl.SSLContext:
    """Return what verifies host names and certificates as always, trusting these (PEM) beside the public ones.

    On every Python alike: an authority between counts by itself, and one that a shop or its inspecting proxy made need not
    bear what only public ones must (from 3.13 on Python refuses those that do not). Raises `ValueError` where they are none.
    """
    context = ssl.create_default_context()
    context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
    try:
        context.load_verify_locations(cadata=bundle or "-")
    except ssl.SSLError as error:
        raise ValueError(f"no certificates in PEM ({error.reason or 'nothing between BEGIN and END'})") from error
    return context
