"""Read the `conditions` grammar and turn it into a test of one record (ConnectWise developer guide, conditions)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

Predicate = Callable[[dict[str, Any]], bool]

EXPLANATION: Final = (
    "String values should be enclosed with double or single quotes; DateTime values should be enclosed with square "
    "brackets; Integer and Boolean values should not be enclosed; a literal [ inside a string is written [[]."
)
_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<date>\[[^\]]*\])
  | (?P<number>-?\d+(?:\.\d+)?(?![\w/]))
  | (?P<word>[A-Za-z_][\w]*(?:/[A-Za-z_][\w]*)*)
  | (?P<sign>!=|<=|>=|=|<|>|\(|\)|,)
)""",
    re.VERBOSE,
)
_AT_INFO: Final = {"lastupdated": "lastUpdated", "dateentered": "dateEntered", "updatedby": "updatedBy"}
_SIGNS: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})


class BadConditions(ValueError):
    """The expression cannot be read."""


class Moment(str):
    """A date literal, kept as `yyyy-MM-ddTHH:mm:ssZ`, which sorts as the time does."""

    __slots__ = ()


def compile_conditions(text: str, known: frozenset[str] | None = None) -> Predicate:
    """Return the test that `text` describes; raise BadConditions when it cannot be read or names an unknown field."""
    predicate, names = _compiled(text)
    if known is not None:
        for name in names:
            if name.split("/", 1)[0] not in known and name.lower() not in _AT_INFO:
                raise BadConditions(f"{name} is not a field that can be searched.")
    return predicate


@lru_cache(maxsize=512)
def _compiled(text: str) -> tuple[Predicate, tuple[str, ...]]:
    return _Parser(_tokens(text)).whole()


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise BadConditions(f"Cannot read the condition at position {at}.")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return found


class _Parser:
    """Recursive descent: or, and, then one comparison or a group."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        self.names: list[str] = []

    def whole(self) -> tuple[Predicate, tuple[str, ...]]:
        predicate = self.either()
        if self.at != len(self.tokens):
            raise BadConditions(f"Unexpected {self.tokens[self.at][1]}.")
        return predicate, tuple(self.names)

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def word(self, *words: str) -> bool:
        """Take the next token when it is one of `words`, in any case."""
        kind, text = self.peek()
        if kind == "word" and text.lower() in words:
            self.at += 1
            return True
        return False

    def either(self) -> Predicate:
        parts = [self.both()]
        while self.word("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else lambda record: any(part(record) for part in parts)

    def both(self) -> Predicate:
        parts = [self.one()]
        while self.word("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else lambda record: all(part(record) for part in parts)

    def one(self) -> Predicate:
        if self.word("not"):
            return _negated(self.one())
        kind, text = self.take()
        if text == "(" and kind == "sign":
            self.depth += 1
            if self.depth > 50:
                raise BadConditions("Too many parentheses.")
            predicate = self.either()
            if self.take() != ("sign", ")"):
                raise BadConditions("A parenthesis is not closed.")
            self.depth -= 1
            return predicate
        if kind != "word":
            raise BadConditions(f"A field name is expected, not {text or 'the end'}.")
        self.names.append(text)
        return self.comparison(field_reader(text))

    def comparison(self, read: Callable[[dict[str, Any]], Any]) -> Predicate:
        negative = self.word("not")
        kind, text = self.take()
        sign = text.lower()
        if kind == "sign" and sign in _SIGNS and not negative:
            wanted = self.literal()
            return lambda record: _compare(read(record), sign, wanted)
        if kind != "word" or sign not in ("like", "contains", "in"):
            raise BadConditions(f"An operator is expected, not {text or 'the end'}.")
        predicate = self.members(read) if sign == "in" else self.text_match(read, sign)
        return _negated(predicate) if negative else predicate

    def members(self, read: Callable[[dict[str, Any]], Any]) -> Predicate:
        if self.take() != ("sign", "("):
            raise BadConditions("A list in parentheses is expected after in.")
        wanted = [self.literal()]
        while (token := self.take()) == ("sign", ","):
            wanted.append(self.literal())
        if token != ("sign", ")"):
            raise BadConditions("The list after in is not closed.")
        return lambda record: any(_compare(value, "=", one) for value in (read(record),) for one in wanted)

    def text_match(self, read: Callable[[dict[str, Any]], Any], sign: str) -> Predicate:
        wanted = self.literal()
        if not isinstance(wanted, str) or isinstance(wanted, Moment):
            raise BadConditions(f"{sign} takes a string.")
        if sign == "contains":
            part = wanted.casefold()
            return lambda record: part in str(read(record) or "").casefold()
        pattern = re.compile(
            "".join(".*" if char in "%*" else re.escape(char) for char in wanted), re.IGNORECASE | re.DOTALL
        )
        return lambda record: pattern.fullmatch(str(read(record) or "")) is not None

    def literal(self) -> Any:
        kind, text = self.take()
        if kind == "string":
            return unquoted(text)
        if kind == "date":
            return moment(text[1:-1])
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "word" and text.lower() in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[text.lower()]
        raise BadConditions(f"{text or 'The end'} is not a value.")


def _negated(predicate: Predicate) -> Predicate:
    return lambda record: not predicate(record)


def unquoted(text: str) -> str:
    """Return the value of a quoted string; raise BadConditions for a `[` that is not written `[[]`."""
    body = re.sub(r"\\(.)", r"\1", text[1:-1])
    value = body.replace("[[]", "\0")
    if "[" in value:
        raise BadConditions("A literal [ inside a string is written [[].")
    return value.replace("\0", "[")


def moment(text: str) -> Moment:
    """Return a date literal in the form records carry; raise BadConditions when it is no date."""
    try:
        stamp = datetime.fromisoformat(text.strip().strip("'\""))
    except ValueError:
        raise BadConditions(f"{text} is not a date.") from None
    aware = stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)
    return Moment(aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def field_reader(path: str) -> Callable[[dict[str, Any]], Any]:
    """Return the function that reads `board/name`, `id`, or what lies under `_info`, from a record."""
    hidden = _AT_INFO.get(path.lower())
    parts = path.split("/")

    def read(record: dict[str, Any]) -> Any:
        value: Any = record
        for part in parts:
            value = value.get(part) if isinstance(value, dict) else None
        if value is None and hidden is not None:
            return (record.get("_info") or {}).get(hidden)
        return value

    return read


def _compare(value: Any, sign: str, wanted: Any) -> bool:
    if wanted is None or value is None:
        same = value is None and wanted is None
        return same if sign == "=" else not same if sign == "!=" else False
    if isinstance(wanted, str) and isinstance(value, str):
        if isinstance(wanted, Moment):
            left, right = value, str(wanted)
        else:
            left, right = value.casefold(), wanted.casefold()
            if sign in ("=", "!=") and "*" in right:
                matched = (
                    re.fullmatch(".*".join(map(re.escape, right.split("*"))), left, re.DOTALL) is not None
                )
                return matched == (sign == "=")
        return _ordered(left, sign, right)
    if isinstance(wanted, str) or isinstance(value, str | list | dict):
        return _ordered(str(value).casefold(), sign, str(wanted).casefold()) if sign in ("=", "!=") else False
    return _ordered(value, sign, wanted)


def _ordered(left: Any, sign: str, right: Any) -> bool:
    if sign == "=":
        return bool(left == right)
    if sign == "!=":
        return bool(left != right)
    if sign == "<":
        return bool(left < right)
    if sign == "<=":
        return bool(left <= right)
    return bool(left > right) if sign == ">" else bool(left >= right)
