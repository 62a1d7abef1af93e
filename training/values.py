"""Make values to learn from: passwords as people and generators make them, and names, numbers and codes that are none."""

# ruff: noqa: E501 - tables are easier to read in long rows

from __future__ import annotations

import random
import string
from collections.abc import Callable

from tests.hostile.secrets.slots import _WORDS as WORDS

COMMON = [
    "orange",
    "tiger",
    "purple",
    "dragon",
    "monkey",
    "silver",
    "golden",
    "rocket",
    "guitar",
    "coffee",
    "winter",
    "spring",
    "autumn",
    "monday",
    "friday",
    "london",
    "dublin",
    "boston",
    "welcome",
    "sunshine",
    "flower",
    "hockey",
    "soccer",
    "banana",
    "cherry",
    "ginger",
    "pepper",
    "cookie",
    "thunder",
    "shadow",
    "falke",
    "sommer",
    "blume",
    "katze",
    "garten",
    "soleil",
    "bonjour",
    "maison",
    "fromage",
    "zomer",
    "fiets",
    "kaas",
    "verano",
    "gatito",
    "playa",
    "company",
    "office",
    "printer",
    "scanner",
    "bella",
    "charlie",
    "buddy",
    "rosie",
    "max",
    "molly",
    "liverpool",
    "arsenal",
    "chelsea",
    "rangers",
    "ferrari",
    "porsche",
    "yamaha",
    "superman",
    "batman",
    "snoopy",
    "garfield",
    "hamster",
    "rabbit",
    "turtle",
    "dolphin",
    "eagle",
    "panther",
    "jaguar",
    "bluebird",
    "magnolia",
    "lavender",
    "daffodil",
    "mountain",
    "ocean",
    "stardust",
    "midnight",
    "freedom",
    "lucky",
    "angel",
    "princess",
    "family",
    "forever",
    "summertime",
    "newyork",
    "paris",
    "berlin",
    "hamburg",
    "munich",
    "zurich",
    "vienna",
]
_LETTERS = string.ascii_letters + string.digits
_STARTS = "Qwerty Asdf Qaz Abc Welcome Passw0rd Changeme Letmein Temp Start Password P@ssw0rd Admin Company Login Hello Test Secret".split()  # noqa: SIM905
_WALKS = "1qaz2wsx zaq1@WSX qweasd123 1q2w3e4r qwertz123 !QAZ2wsx asdfghjkl1 poiuyt99 q1w2e3r4t5 147258369a".split()  # noqa: SIM905
_NATO = "Alpha Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliet Kilo Lima Mike November Oscar Papa Quebec Romeo Sierra Tango".split()  # noqa: SIM905


def own_pw(draw: random.Random, _: int) -> str:
    """Return a password as people and generators make them, in more ways than the tests do."""
    word = lambda: draw.choice(COMMON)  # noqa: E731
    one, two, three = word(), word(), word()
    digits = "".join(draw.choices(string.digits, k=draw.randint(1, 4)))
    sign = draw.choice("!!!!?#$$*@%&.+-_=")
    year = str(draw.randint(1965, 2029))
    leet = one.translate(str.maketrans("aeio", draw.choice(("@3!0", "43i0", "4310"))))
    return draw.choice(
        (
            f"{one.title()}{digits}{sign}", f"{one.title()}{year}{sign}", f"{one.title()}{sign}{digits}", f"{one.title()}{year}",
            f"{one}{digits}", f"{one}{year}{sign}", f"{sign}{one.title()}{digits}", f"{leet.title()}{sign}{digits}", f"{leet}{digits}",
            f"{one.title()}{two.title()}{digits}", f"{one.title()}{two.title()}{sign}", f"{one.title()}.{two.title()}.{digits}",
            f"{one.title()}-{digits}-{two.title()}", f"{one}_{two}{digits}", f"{one.title()}{sign}{two}{sign}{digits}", f"{digits}{one.title()}{sign}",
            _random(draw, _LETTERS, 8, 16), _random(draw, _LETTERS + "!#$%&*+=?@^~", 8, 16), _random(draw, _LETTERS + "!#$%&*()-_=+[]{};:,.?/~", 14, 28),
            f"{one[:2].title()}{digits}{sign}{two[:3]}{draw.randint(10, 99)}", f"{one.upper()}{digits}{sign}", f"{one}{sign}{two}{digits}",
            draw.choice(_STARTS) + digits + draw.choice(("", sign)), draw.choice(_WALKS),
            f"{one.title()}{two.title()}", f"{one}{two}", f"{one}-{two}-{three}", f"{one.title()}-{two.title()}-{three.title()}{digits}",
            f"{one.title()}{two}{three.title()}{digits}{sign}", f"{draw.randint(10, 99)}{one}{draw.randint(10, 99)}", f"{one}{sign}{two}",
            f"{one.title()}{draw.choice('0123456789')}", f"{digits}-{one}-{two}", f"{one.title()}@{year}", f"{one}@{digits}{two}",
            f"{one[:3].title()}{two[:3].upper()}{digits}{sign}", f"{one.title()}&{two.title()}{digits}", f"{one}.{digits}{sign}",
        )
    )  # fmt: skip


def _random(draw: random.Random, letters: str, low: int, high: int) -> str:
    made = draw.choices(letters, k=draw.randint(low, high))
    return (
        draw.choice(string.ascii_letters) + "".join(made) + draw.choice(string.digits + string.ascii_letters)
    )


def _prefixed(draw: random.Random, _: int) -> str:
    front = draw.choice(
        (
            "api",
            "key",
            "tok",
            "sk",
            "pk_live",
            "acme_live",
            "rmm",
            "ak",
            "pat",
            "svc_tok",
            "xyz-prod",
            "bk",
            "app",
            "API",
            "KEY",
            "glx",
        )
    )
    return (
        front
        + draw.choice("-_.")
        + _random(draw, draw.choice((_LETTERS, "0123456789abcdef", "0123456789ABCDEF")), 18, 38)
    )


def _spelled(draw: random.Random, _: int) -> str:
    return draw.choice((" ", "-")).join(draw.choice(COMMON).upper() + str(draw.randint(10, 99)))


_SIGNS = {"!": "exclamation mark", "#": "hash", "$": "dollar", "*": "star", "-": "dash", "&": "ampersand", "@": "at", "_": "underscore", "+": "plus", "%": "percent"}
_NUMBERS = "zero one two three four five six seven eight nine".split()  # noqa: SIM905


def _nato(draw: random.Random, _: int) -> str:
    """Return a password told by the words of the spelling alphabet: "Mike Oscar capital Lima four two"."""
    some = [draw.choice(("", "", "capital ", "small ")) + draw.choice(_NATO) for _ in range(draw.randint(3, 6))]
    some += [draw.choice((n, _NUMBERS[int(n)])) for n in draw.choices(string.digits, k=2)]
    return draw.choice((" ", ", ", "-")).join([*some, draw.choice([*_SIGNS.values(), "nine"])])


def _letters(draw: random.Random, _: int) -> str:
    """Return a password told letter by letter: "capital M, a, p, l, e, 4, 2, hash"."""
    word, by = draw.choice(COMMON), draw.choice((" ", ", ", "-", " - "))
    first = draw.choice(("capital {}", "{}", "cap {}", "upper case {}", "big {}")).format(draw.choice((word[0], word[0].upper())))
    last = draw.choice((draw.choice([*_SIGNS.values(), *_SIGNS]), draw.choice(string.digits)))
    return by.join([first, *word[1:], *str(draw.randint(10, 99)), last])


_IDENT = [
    "Mailbox",
    "Server",
    "Proxy",
    "Http",
    "Transport",
    "Routing",
    "Availability",
    "Component",
    "Status",
    "Credential",
    "Resource",
    "Health",
    "Query",
    "Provider",
    "Config",
    "Policy",
    "Tenant",
    "Group",
    "Member",
    "Sync",
    "Queue",
    "Agent",
    "Backup",
    "Update",
    "Service",
    "Client",
    "Session",
    "Handler",
    "Directory",
    "Object",
    "Store",
    "Replica",
    "Volume",
    "Driver",
    "Print",
    "Spooler",
    "Network",
    "Adapter",
    "Profile",
    "Device",
    "Token",
    "Cache",
    "Index",
    "Search",
    "Event",
    "Record",
    "Message",
    "Address",
    "Domain",
    "Certificate",
    "Schema",
    "Filter",
]
_VERBS = "Get Set New Test Remove Enable Disable Start Stop Invoke Export Import Update Restart Clear Connect".split()  # noqa: SIM905


def _ident(draw: random.Random, _: int = 0) -> str:
    return "".join(draw.choices(_IDENT, k=draw.randint(2, 4)))


def _camel(draw: random.Random, _: int) -> str:
    made = _ident(draw)
    return made[0].lower() + made[1:]


def _capitals(draw: random.Random, size: int) -> str:
    return "".join(draw.choices(string.ascii_uppercase, k=size))


def _handle(draw: random.Random, _: int) -> str:
    one, two = draw.choice(WORDS), draw.choice(WORDS)
    number = draw.choice((draw.randint(1, 99), draw.randint(1, 9999), draw.randint(1970, 2012)))
    return draw.choice(
        (
            f"{one.title()}{two.title()}{number}", f"{one}{number}", f"{one}_{two}{number}", f"{one.title()}{number}", f"{one}.{two[0]}{number}",
            f"{one.title()}-{number}", f"{one.title()}{two.title()}-{number}", f"x{one.title()}x{number}", f"{one[:4]}{two[:3]}{number}",
            f"{one.title()}{two[0].upper()}", f"{one}_{number}", f"The{one.title()}{number}", f"{one.title()}_{two.title()}_{number}", f"{number}{one}",
        )
    )  # fmt: skip


def _model(draw: random.Random, _: int) -> str:
    a, b = _capitals(draw, draw.randint(1, 4)), draw.randint(1, 9999)
    return draw.choice(
        (
            f"{a}{b}", f"{a}-{b}", f"{a}{b}{_capitals(draw, 2)}", f"{a}{b}-{draw.randint(4, 48)}{_capitals(draw, 1)}", f"{a[0]}+{draw.randint(10, 99)}LC{draw.randint(10, 80)}D",
            f"{a}{b}{_capitals(draw, 1).lower()}", f"{a}-{b}{_capitals(draw, 1)}-{draw.randint(2, 48)}{_capitals(draw, 2)}+{draw.randint(1, 9)}{_capitals(draw, 1)}+",
            f"{draw.randint(1, 9)}{a}{b}", f"{a}{b}-{a[0]}{draw.randint(1, 9)}", f"{a[:2]}-{b}/{draw.randint(1, 9)}", f"{a}{draw.randint(1, 9)}{a[0]}{draw.randint(10, 99)}{a[0]}",
            f"{a}{b}s", f"{a}{b}G{draw.randint(1, 9)}", f"{a[0]}{draw.randint(10, 99)}-{a}{b}",
        )
    )  # fmt: skip


def _masked(draw: random.Random, _: int) -> str:
    def part() -> str:
        return draw.choice(
            ("xx", "xxx", "1xx", "2xx", "x", "***", f"{draw.randint(1, 9)}x", f"{draw.randint(1, 254)}")
        )

    one, two = draw.choice(WORDS), draw.choice(WORDS)
    return draw.choice(
        (
            f"{draw.randint(1, 254)}.{part()}.{part()}.xx", f"{part()}.xx.xx.{part()}", f"{draw.randint(1, 9)}xx.xx.xx.xx", f"{draw.randint(10, 99)}.{draw.randint(1, 9)}xx.{draw.randint(1, 9)}xx.{draw.randint(1, 9)}x",
            f"{one.upper()[:4]}0{draw.randint(1, 9)}.xxxx.net", f"{one}.xxxx.local", f"2axx:{draw.randint(1, 9)}x:x2xx::{draw.randint(1, 9)}", f"{one[0]}***@{two[0]}***.example",
            f"xxx-{one.upper()[:3]}-{draw.randint(1, 99):02d}", f"{one}@xxxx.example", f"user{draw.randint(1, 9)}@<domain>.com",
        )
    )  # fmt: skip


def _product(draw: random.Random, _: int) -> str:
    number, small = draw.randint(10, 99), draw.randint(1, 9)
    return draw.choice(
        (
            f"Exchange20{number}", f"Win{draw.choice((7, 8, 10, 11, 2019))}_{number}H2", f"{draw.choice(WORDS).title()}App{number}", f"MemTest{number}", f"Office20{number}_x64",
            f"iOS-{draw.choice(WORDS).title()}-{small}", f"JDK{small}u{number}", f"{draw.choice(WORDS).title()}{small}.{number}", f"v{small}.{number}-{draw.choice(WORDS).title()}", f"Nov{number}SU",
            f"{number}H2", f"CU{number}", f"SP{small}", f"20{number}server", f"CrystalDisk{small}", f"{draw.choice(WORDS).title()}_{small}.{number}_x86", f"{draw.choice(WORDS)}{small}d", f"R{number}.{small}",
            f"KB50{draw.randint(10000, 99999)}", f"{draw.choice(WORDS).title()}Pro{small}", f"{draw.choice(WORDS).title()}{draw.randint(100, 999)}", f"{draw.choice(WORDS)}-{small}.{number}.{small}-rc{small}",
        )
    )  # fmt: skip


def _file(draw: random.Random, _: int) -> str:
    one, end = (
        draw.choice(WORDS),
        draw.choice(
            [
                "log",
                "txt",
                "xlsx",
                "docx",
                "pdf",
                "evtx",
                "exe",
                "msi",
                "dll",
                "zip",
                "cs",
                "js",
                "ps1",
                "cfg",
                "vbk",
                "vhdx",
                "png",
                "mp4",
                "heic",
                "csv",
                "pst",
            ]
        ),
    )
    number = draw.randint(1, 9999)
    return draw.choice(
        (f"{one}_{number}.{end}", f"{one.title()}Export({number % 9}).{end}", f"IMG_{number}.{end}", f"{one}-20{number % 90 + 10}-03-12.{end}", f"{_ident(draw)}.{end}", f"~${one}{number}.{end}")
    )  # fmt: skip


OWN: dict[str, Callable[[random.Random, int], str]] = {
    "dashed": lambda draw, _: "-".join(draw.sample(WORDS, draw.randint(2, 4))),
    "phrase3": lambda draw, _: draw.choice((str, str.title))(" ".join(draw.sample(COMMON, 3))),
    "seed12": lambda draw, _: " ".join(draw.sample(WORDS + COMMON, 12)),
    "spelled": _spelled,
    "nato": _nato,
    "letters": _letters,
    "prefixed": _prefixed,
    "ident": _ident,
    "camelvar": _camel,
    "cmdlet": lambda draw, _: f"{draw.choice(_VERBS)}-{_ident(draw)}",
    "param": lambda draw, _: draw.choice(_IDENT) + draw.choice(("", "Name", "Id", "Server", "List", "2")),
    "handle": _handle,
    "model": _model,
    "masked": _masked,
    "product": _product,
    "file": _file,
    "fqdn": lambda draw, _: f"{draw.choice(WORDS)}{draw.choice(('', '-', '0'))}{draw.randint(1, 99)}.{draw.choice(WORDS)}.{draw.choice(('example', 'local', 'com', 'net', 'lan', 'internal'))}",
    "FQDN": lambda draw, _: f"{draw.choice(('SERVER', 'DC', 'EX', 'SRV-APP', 'Mail'))}{draw.randint(1, 12)}.{draw.choice(WORDS)}{draw.choice(('', 'domain'))}.{draw.choice(('com', 'local', 'net', 'example'))}",
    "UPWORD": lambda draw, _: draw.choice(WORDS).upper(),
    "cluster": lambda draw, _: draw.choice((f"{draw.choice(WORDS)[:3]}{draw.choice(WORDS)[:2]}{draw.randint(100, 400)}", f"render-{draw.randint(1, 9)}-0{draw.randint(1, 9)}", f"Node-{draw.randint(1, 9)}-{draw.randint(1, 9)}", f"{draw.choice(WORDS)}-n{draw.randint(1, 40)}")),
    "version": lambda draw, _: draw.choice(("", "v")) + ".".join(str(draw.randint(0, 40)) for _ in range(draw.randint(2, 4))),
    "errname": lambda draw, _: draw.choice((f"ERR_{draw.choice(WORDS).upper()}_{draw.choice(_IDENT).upper()}", f"STATUS_{draw.choice(_IDENT).upper()}_FAILED", f"E_{draw.choice(_IDENT).upper()}", f"DRIVER_{draw.choice(_IDENT).upper()}_{draw.randint(1, 9)}", f"0xC0{draw.randint(10**5, 10**6 - 1)}")),
    "logtime": lambda draw, _: draw.choice((f"2026-03-{draw.randint(10, 28)} 08:{draw.randint(10, 59)}:07", f"2026-03-12T08:{draw.randint(10, 59)}:07.{draw.randint(100, 999)}Z", f"Mar 12 08:{draw.randint(10, 59)}:33 {draw.choice(WORDS)}{draw.randint(1, 9)}", f"[12/Mar/2026:08:{draw.randint(10, 59)}:01 +0100]", f"08:{draw.randint(10, 59)}:36.{draw.randint(100, 999)}")),
}  # fmt: skip
"""Slots beside those of `tests/hostile/secrets/slots.py`."""
