"""Fill the slots of a kind's line with random values: `{!pw}` is the secret, `{ip}` is not, `⏎` a line end."""

# ruff: noqa: SIM905 - words are easier to read in a row

from __future__ import annotations

import random
import re
import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass

_SLOT = re.compile(r"\{(!?)([A-Za-z]\w*)(?::(\d+))?\}")
_B64 = string.ascii_letters + string.digits + "+/"
_WORDS = (
    "maple river quartz heron tango pine brass otter delta lantern copper kettle summer birch violet basil slate "
    "fern pebble juniper hazel ink thistle falcon meadow copenhagen winter orchid granite saffron harbour velvet"
).split()


@dataclass(frozen=True, slots=True)
class Filled:
    """A text and the secrets in it."""

    text: str
    secrets: tuple[str, ...]


def fill(line: str, draw: random.Random) -> Filled:
    """Return the line with its slots filled. Raises KeyError for a slot that is not known; other braces stay."""
    secrets: list[str] = []

    def value(found: re.Match[str]) -> str:
        if found[2] not in _MAKERS:
            return found[0]
        made = _MAKERS[found[2]](draw, int(found[3] or 0))
        if found[1]:
            secrets.append(made)
        return made

    return Filled(_SLOT.sub(value, line.replace("⏎", "\n")), tuple(secrets))


def _of(alphabet: str) -> Callable[[random.Random, int], str]:
    return lambda draw, size: "".join(draw.choices(alphabet, k=size))


def _mixed(alphabet: str) -> Callable[[random.Random, int], str]:
    """Return a maker whose values have a digit and a letter in front, as nearly all real ones have somewhere."""
    make, letters = _of(alphabet), [c for c in alphabet if c.isalpha()]
    return lambda draw, size: (draw.choice(letters) + draw.choice(string.digits) + make(draw, size))[:size]


def _pw(draw: random.Random, _: int) -> str:
    one, two = draw.sample(_WORDS, 2)
    number, sign = draw.randint(10, 99), draw.choice("!#$%*+=_&")
    return draw.choice(
        (
            f"{one.title()}{draw.randint(2001, 2029)}{draw.choice('!#$*')}",
            f"{one.title()}{sign}{two.title()}{number}",
            f"{one.title()}-{two.title()}-{number}",
            f"{one}-{two}-{number}",
            f"{one.title()}{number}{two}",
            f"{one}{number}{draw.randint(10, 99)}",
            f"{one[:3]}{sign}{draw.choice(string.ascii_uppercase)}{number}{two[:3]}",
            f"{one.title().replace('e', '3').replace('a', '4')}{number}",
        )
    )


def _plain(draw: random.Random, _: int) -> str:
    """Return what stands where nothing but a secret can: mostly as above, but words without a digit too."""
    one, two = draw.sample(_WORDS, 2)
    return (
        _pw(draw, 0)
        if draw.random() < 0.5
        else draw.choice((one + two, one.title() + two.title(), f"{one}{two}1"))
    )


def _type7(draw: random.Random, _: int) -> str:
    return f"{draw.randint(0, 15):02d}" + _of("0123456789ABCDEF")(draw, 2 * draw.randint(6, 12))


def _bitlocker(draw: random.Random, _: int) -> str:
    return "-".join(f"{draw.randint(0, 65535) * 11:06d}" for _ in range(8))


def _jwt(draw: random.Random, _: int) -> str:
    part = _of(_B64[:-2] + "-_")
    return f"eyJ{part(draw, 33)}.eyJ{part(draw, 70)}.{part(draw, 43)}"


def _groups(alphabet: str, count: int, size: int, by: str) -> Callable[[random.Random, int], str]:
    return lambda draw, _: by.join("".join(draw.choices(alphabet, k=size)) for _ in range(count))


def _licence(draw: random.Random, _: int) -> str:
    return "A1" + _groups("ABCDEFGHJKMNPQRSTVWXYZ23456789", 5, 5, "-")(draw, 0)[2:]


def _ip(draw: random.Random, _: int) -> str:
    return (
        f"{draw.choice(('10.0', '192.168', '172.16', '203.0'))}.{draw.randint(0, 113)}.{draw.randint(1, 254)}"
    )


_HEX, _LOWER = "0123456789abcdef", string.ascii_lowercase + string.digits
_CRYPT = _of(_B64[:-2] + "./")
_MAKERS: dict[str, Callable[[random.Random, int], str]] = {
    "pw": _pw,
    "plain": _plain,
    "phrase": lambda draw, _: " ".join(draw.sample(_WORDS, 4)),
    "word": lambda draw, _: draw.choice(_WORDS),
    "user": lambda draw, _: draw.choice(("dana.roe", "kmeyer", "svc_scan", "t.hale", "jwright", "backupadm")),
    "host": lambda draw, _: draw.choice(("srv-{0}", "{0}.corp.example", "fw-{0}", "{0}01")).format(
        draw.choice(_WORDS)
    ),
    "email": lambda draw, _: f"{draw.choice(_WORDS)}@{draw.choice(_WORDS)}.example",
    "ip": _ip,
    "mac": _groups(_HEX, 6, 2, ":"),
    "ciscomac": _groups(_HEX, 3, 4, "."),
    "hex": _mixed(_HEX),
    "HEX": _of("0123456789ABCDEF"),
    "colonhex": lambda draw, size: _groups(_HEX, size, 2, ":")(draw, 0),
    "alnum": _mixed(string.ascii_letters + string.digits),
    "lower": _mixed(_LOWER),
    "upper": _of(string.ascii_uppercase + string.digits),
    "digits": lambda draw, size: draw.choice("123456789") + _of(string.digits)(draw, size - 1),
    "b64": _mixed(_B64),
    "b64url": _mixed(_B64[:-2] + "-_"),
    "b32": _of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    "b32groups": _groups("abcdefghijklmnopqrstuvwxyz234567", 8, 4, " "),
    "uuid": lambda draw, _: str(uuid.UUID(int=draw.getrandbits(128), version=4)),
    "UUID": lambda draw, _: str(uuid.UUID(int=draw.getrandbits(128), version=4)).upper(),
    "jwt": _jwt,
    "wgkey": lambda draw, _: _of(_B64)(draw, 43) + "=",
    "crypt1": lambda draw, _: f"$1${_CRYPT(draw, 8)}${_CRYPT(draw, 22)}",
    "crypt5": lambda draw, _: f"$5${_CRYPT(draw, 8)}${_CRYPT(draw, 43)}",
    "crypt6": lambda draw, _: f"$6${_CRYPT(draw, 16)}${_CRYPT(draw, 86)}",
    "bcrypt": lambda draw, _: f"$2y$10${_CRYPT(draw, 53)}",
    "cisco8": lambda draw, _: f"$8${_CRYPT(draw, 14)}${_CRYPT(draw, 43)}",
    "cisco9": lambda draw, _: f"$9${_CRYPT(draw, 14)}${_CRYPT(draw, 43)}",
    "sha512asa": lambda draw, _: f"$sha512$5000${_of(_B64)(draw, 22)}==${_of(_B64)(draw, 22)}==",
    "junos9": lambda draw, _: f"$9${_of(_B64[:-2] + '.-/')(draw, 22)}",
    "comware3": lambda draw, _: f"$c$3${_of(_B64)(draw, 40)}==",
    "comware6": lambda draw, _: f"$h$6${_of(_B64)(draw, 16)}${_of(_B64)(draw, 86)}==",
    "type7": _type7,
    "type6": lambda draw, _: _of(string.ascii_letters + "^_[")(draw, 18) + "AAB",
    "azsecret": lambda draw, _: f"{_of(_LOWER)(draw, 3)}8Q~{_of(_B64[:-2] + '-_')(draw, 34)}",
    "discord": lambda draw, _: (
        f"MTE{_of(_B64[:-2])(draw, 23)}.G{_of(_B64[:-2])(draw, 5)}.{_of(_B64[:-2] + '-_')(draw, 38)}"
    ),
    "telegram": lambda draw, _: f"{draw.randint(10**8, 10**10 - 1)}:AA{_of(_B64[:-2] + '-_')(draw, 33)}",
    "bitlocker": _bitlocker,
    "filevault": _groups(string.ascii_uppercase + string.digits, 6, 4, "-"),
    "licence": _licence,
    "backup": lambda draw, _: _mixed(_LOWER)(draw, 5) + "-" + _mixed(_LOWER)(draw, 5),
    "combo": lambda draw, _: "-".join(str(draw.randint(10, 99)) for _ in range(3)),
    "laps": lambda draw, _: _of(string.ascii_letters + string.digits + "!#%(){}[];:,.-+=")(draw, 12) + "7aQ",
    "apppw": _groups(string.ascii_lowercase, 4, 4, " "),
}
