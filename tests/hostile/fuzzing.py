"""Requests made from our own OpenAPI document, right ones and hostile ones, and what an answer must never be."""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from tests.hostile.knock import Answer, Ask, Knocker, escalated, handoffs_of, token_of
from tests.hostile.row import Row
from tests.storm.rig import Rig

Json = Any
LONGEST_LINE = 3800
"""Characters of a request line; gunicorn itself refuses more than 4,094 before we see them."""

LEAKS = re.compile(
    r"Traceback \(most|File \\?\"/|site-packages|sqlalchemy|psycopg|sqlite3\.|\[SQL:|werkzeug|marshmallow|apiflask"
    rf"|OperationalError|DataError|IntegrityError|{re.escape(str(Path(__file__).parents[2]))}"
)
"""Nothing of what we send looks like this."""

NUMBERS = (
    "0", "-1", "-0", "1", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
    "1" + "0" * 400, "9" * 3000, "1e400", "-1e-400", "NaN", "Infinity", "-Infinity", "1.5", "0x10", "1_000",
    " 1 ", "+1", "１２", "٣", "1e3", "true", "null", "", "1,2", "[1]", "--1", "0" * 3000 + "1",
)  # fmt: skip
MOMENTS = (
    "2026-03-06T15:55:00+00:00", "2026-03-06T15:55:00Z", "2026-03-06", "2026-03-06T15:55:00",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2000-01-01T00:00:00+00:00",
    "2000-01-01T00:00:00+23:59", "1999-12-31T23:59:59Z", "2026-13-45T99:99:99Z", "2026-02-30T00:00:00Z",
    "10000-01-01T00:00:00Z", "-2026-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "2024-02-29T23:59:60Z",
    "2026-W10-1", "20260306T155500Z", "2026-03-06T15:55:00.000000000000001Z", "1772812500", "now",
    "2026-03-06T15:55:00+99:99", "2026-03-06T15:55:00 00:00", "2000-01-01T00:00:00-23:59:59.999999",
    "2026-03-06T24:00:00Z",
)  # fmt: skip
WORDS = (
    "", " ", "\0", "a\0b", "\t\r\n", "null", "undefined", "NaN", "'", "\"", "\\", "%", "_", "`", "' OR 1=1 --",
    "1; drop table handoff", "') union select 1,2,3 --", "../../../../etc/passwd", "..\\..\\win.ini",
    "%2e%2e%2f", "/etc/passwd\0.png", "{{7*7}}", "${7*7}", "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "\u202eabc", "\u200b", "e\u0301" * 50, "😀" * 60, "\ufeff", "\uffff",
    "ÿ" * 300, "a" * 199, "a" * 200, "a" * 201, "x" * 3000, "%s%n%d", "$(id)", "| id", "\x1b[31m", "__proto__",
    "__class__", "=1+1", "MjAyNi0wMy0wNlQxNTo1NTowMCswMDowMCAx", "MjAyNg",
    "MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMCAx", "====", "-_-_", "\u0130", "ſ",
    "OTk5OS0xMi0zMVQyMzo1OTo1OS0xNDowMCAx", "MjAyNi0wMy0wNlQxNTo1NTowMCswMDowMCA5MjIzMzcyMDM2ODU0Nzc1ODA3",
    "true", "solved by phone",
)  # fmt: skip
BYTES = (b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80", b"%", b"%zz", b"%u0041", b"+", b"&", b"#", b";")
HEADERS = (
    ("Accept", "text/html"), ("Accept", "*/*;q=-1"), ("Accept", ""), ("Content-Type", "text/plain"),
    ("Content-Type", ""), ("Content-Type", "application/json; charset=klingon"),
    ("Content-Type", "application/json; charset=utf-16"), ("Content-Type", "multipart/form-data"),
    ("Content-Type", "application/x-www-form-urlencoded"), ("Range", "bytes=0-1"),
    ("Content-Type", "multipart/form-data; boundary=x"), ("Content-Encoding", "gzip"), ("Cookie", "a=\"\\"),
    ("Date", "x"), ("If-None-Match", "*"), ("If-Modified-Since", "never"), ("Accept-Language", "x" * 500),
    ("Cookie", "=;;="), ("X-Forwarded-For", "' OR 1=1"), ("X-Forwarded-Host", "evil.example"),
    ("Host", "evil.example"), ("Host", "a:b:c"), ("User-Agent", "\xff\xfe"),
    ("Accept-Encoding", "gzip, br, *;q=0"), ("Referer", "\x80"), ("X-Request-Id", "{{7*7}}"),
)  # fmt: skip
UNTOLD = frozenset({400, 404, 405, 413})
"""What HTTP itself has to say of any address: an unreadable request, no such address or method, too much of it."""
VALUES: tuple[Json, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, -(10**30), float("nan"), float("inf"), "", [], {}, [[]], [None], {"": None},
    {"reason": "nested"}, ["reason"], "\ud800", "\udfff\ud800", "a\0b",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    parameters: Sequence[Mapping[str, Json]]
    body: Mapping[str, Json] | None
    answers: Mapping[str, Mapping[str, Draft202012Validator]]
    """What a body has to be, by documented status and media type."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Fuzzer:
    """Makes requests of one operation: a third right in every part, a third wrong in about one, the others in most."""

    operation: Operation
    real: Sequence[int]
    """Ids that there are."""
    headers: Mapping[str, str]
    chance: random.Random

    def ask(self) -> Ask:
        wild = self.chance.choice([0.0, 0.3, 0.9])
        path, query = self.operation.path, []
        for parameter in self.operation.parameters:
            there = parameter.get("required") or self.chance.random() < 0.5
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", self._path_value(wild))
            elif there:
                for _ in range(self.chance.choice([1, 1, 1, 2, 5])):
                    query.append(f"{parameter['name']}={self._quoted(self._text(parameter['schema'], wild))}")
        if self.chance.random() < wild / 3:
            query.append(f"{self._quoted(self._word())}={self._quoted(self._word())}")
        line = (path + ("?" + self.chance.choice(["&", "&", ";"]).join(query) if query else ""))[:LONGEST_LINE]
        headers = {**self.headers, **self._odd_headers(wild)}
        body = b""
        if self.operation.body is not None or self.chance.random() < wild / 8:
            headers = {"Content-Type": "application/json", **headers}
            body = self._body(wild)
        return Ask(self.operation.method, line, body, headers)

    def _path_value(self, wild: float) -> str:
        if self.chance.random() >= wild:
            return str(self.chance.choice(self.real))
        return self._quoted(self.chance.choice([self.chance.choice(NUMBERS), str(self.chance.getrandbits(70)), self._word()]))

    def _text(self, schema: Mapping[str, Json], wild: float) -> str | bytes:
        if self.chance.random() < wild:
            return self.chance.choice([self.chance.choice(NUMBERS), self.chance.choice(MOMENTS), self._word()])
        kind = schema.get("type")
        if "enum" in schema:
            return str(self.chance.choice(schema["enum"]))
        if kind == "array":
            return self._text(schema["items"], wild)
        if kind == "integer":
            low, high = int(schema.get("minimum", 1)), int(schema.get("maximum", 2**31))
            return str(self.chance.choice([low, high, self.chance.randint(low, high), *self.real]))
        if kind == "boolean":
            return self.chance.choice(["true", "false", "1", "0", "on", "no"])
        if schema.get("format") == "date-time":
            year, month, day = (self.chance.randint(*bounds) for bounds in ((2010, 2025), (1, 12), (1, 28)))
            return f"{year}-{month:02}-{day:02}T08:00:00+00:00"
        return self.chance.choice(["solved by phone", "MjAyNi0wMy0wNlQxNTo1NTowMCswMDowMCAx"])

    def _word(self) -> str | bytes:
        if self.chance.random() < 0.15:
            return self.chance.choice(BYTES)
        if self.chance.random() < 0.2:
            return "".join(chr(self.chance.randrange(self.chance.choice([128, 0xD800]))) for _ in range(20))
        return self.chance.choice(WORDS)

    def _quoted(self, value: str | bytes) -> str:
        raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        if raw in (b"%", b"%zz", b"%u0041", b"+", b"&", b";"):
            return raw.decode()
        return quote_from_bytes(raw, safe="")

    def _body(self, wild: float) -> bytes:
        fields = (self.operation.body or {}).get("properties", {"reason": {"type": "string"}})
        if self.chance.random() >= wild:
            return json.dumps({name: str(self._text(schema, 0.0)) for name, schema in fields.items()}).encode()
        odd = self.chance.randrange(6)
        if odd == 0:
            return json.dumps(self.chance.choice(VALUES)).encode()
        if odd == 1:
            return self.chance.choice([
                b"", b"{", b"}", b"[" * 20_000, b'{"a":' * 20_000, b"\xff\xfe{\0}\0", b"\xef\xbb\xbf{}", b"null", b"{'a':'x'}",
                b'{"reason":"abc","reason":"def"}', b'{"reason":' + b"9" * 5000 + b"}", b"\0", b'{"reason":"\\ud800 high"}',
                b'{"reason":"\xff\xff\xff"}', b'{"reason":"' + b"x" * 300_000 + b'"}', b'{"reason":1e999}', b"reason=solved",
                b'{"reason":"a\\u0000b"}', b'{"reason":"abc"}' * 2, b'{"reason":"abc"}//', b'{"\\ud800":1,"reason":"abc"}',
            ])  # fmt: skip
        found: dict[str, Json] = {}
        for name in fields:
            word = self._word()
            text = word if isinstance(word, str) else word.decode("latin-1")
            number = self.chance.getrandbits(self.chance.randrange(1, 200))
            found[name] = self.chance.choice([text, f"abc {text}", self.chance.choice(VALUES), number])
        if odd == 2:
            found[self.chance.choice(["account_id", "__class__", "", "x" * 1000])] = self.chance.choice(VALUES)
        return json.dumps(found, ensure_ascii=True).encode("utf-8", "surrogatepass")

    def _odd_headers(self, wild: float) -> dict[str, str]:
        if self.chance.random() >= wild / 2:
            return {}
        name, value = self.chance.choice(HEADERS)
        return {name: value}


def operations_of(document: Mapping[str, Json]) -> list[Operation]:
    """Return the operations of an OpenAPI document, its references followed."""
    found = []
    for path, there in document["paths"].items():
        shared = there.get("parameters", [])
        for method, operation in there.items():
            if method == "parameters":
                continue
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            answers = {
                status: {kind: _shape(document, one["schema"]) for kind, one in told.get("content", {}).items()}
                for status, told in operation["responses"].items()
            }
            parameters = [_followed(document, each) for each in [*shared, *operation.get("parameters", [])]]
            found.append(Operation(method.upper(), path, parameters, body and _followed(document, body), answers))
    return found


def _shape(document: Mapping[str, Json], schema: Mapping[str, Json]) -> Draft202012Validator:
    """Return what tells whether a body is as documented (OpenAPI 3.1 speaks JSON Schema)."""
    return Draft202012Validator({**schema, "components": document["components"]})


def _followed(document: Mapping[str, Json], node: Mapping[str, Json]) -> Mapping[str, Json]:
    if "$ref" not in node:
        return node
    found: Json = document
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def trouble(operation: Operation, answer: Answer) -> str:
    """Return what is wrong with an answer, whatever was asked; empty if nothing is."""
    if answer.broken:
        return f"answered {answer.status or 'by a cut line'}"
    if LEAKS.search(answer.text):
        return "tells of our insides"
    kind = answer.headers.get("content-type", "").partition(";")[0]
    try:
        content: Json = json.loads(answer.body)
    except ValueError:
        return f"{answer.status} with a body that is no JSON"
    shapes = operation.answers.get(str(answer.status))
    if shapes is None and answer.status not in UNTOLD:
        return f"{answer.status}, which is not documented"
    if shapes is not None and kind not in shapes:
        return f"{answer.status} as {kind}, which is not documented"
    if kind != "application/problem+json" and answer.status in UNTOLD and shapes is None:
        return f"{answer.status} as {kind}, no problem document"
    if kind == "application/problem+json" and (not isinstance(content, dict) or content.get("status") != answer.status):
        return f"{answer.status} in a problem document that says otherwise"
    odd = best_match(shapes[kind].iter_errors(content)) if shapes else None
    return f"{answer.status} whose {odd.json_path} is not as documented: {odd.message[:80]}" if odd else ""


def fuzzed(rig: Rig, seed: int, each: int = 2000) -> list[Row]:
    """Send each operation of our OpenAPI document `each` requests with a valid token; return a row for each operation.

    Wrong is 5xx, a status, media type or body other than the document's, and an answer that tells of our insides; a 503 that says
    when to ask again only if it comes again, and the note counts both. The note says what was answered how often, and the
    first trouble of each kind.
    """
    msp = rig.msps[0]
    escalated(rig, 6, lambda one: f"fuzzed-{one.name}")
    knocker, chance = Knocker(rig.stack.web_url), random.Random(seed)
    headers = {"Authorization": f"Bearer {token_of(rig, msp)}"}
    document: Json = json.loads(knocker.ask(Ask("GET", "/api/v1/openapi.json")).body)
    real = sorted(handoffs_of(rig, msp))[-8:]
    plan = [
        (operation, fuzzer.ask())
        for operation in operations_of(document)
        for fuzzer in [Fuzzer(operation, real, headers, chance)]
        for _ in range(each)
    ]
    chance.shuffle(plan)  # so that each meets what the others left: taken, given back, ended, wished for
    answers = knocker.all([ask for _, ask in plan])
    statuses, troubles = defaultdict[str, Counter[int]](Counter), defaultdict[str, dict[str, Ask]](dict)
    wrong = Counter[str]()
    for (operation, ask), first in zip(plan, answers, strict=True):
        answer = first
        statuses[operation.name][first.status] += 1
        if first.status == 503 and "retry-after" in first.headers:
            answer = knocker.ask(ask)  # the database was too busy and said so: asked again, as it says
        if what := trouble(operation, answer):
            wrong[operation.name] += 1
            troubles[operation.name].setdefault(what, ask)
    return [Row(f"API: {name}", each, wrong[name], _note(statuses[name], troubles[name])) for name in sorted(statuses)]


def _note(statuses: Counter[int], troubles: Mapping[str, Ask]) -> str:
    told = [f"{count} × {status}" for status, count in sorted(statuses.items())]
    for what, ask in troubles.items():
        odd = {name: value for name, value in ask.headers.items() if name != "Authorization"}
        told.append(f"{what}: {ask.method} {ask.path[:160]} {ask.body[:80]!r} {odd}")
    return "; ".join(told)
