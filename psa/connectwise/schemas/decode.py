"""Make rows of an answer: at once when every value is of its type, else record by record and field by field.

One odd value costs its field, at worst its record, never the page. Behind this, texts hold neither NUL nor half a
character (no database, mail or JSON takes them), whole numbers fit a database, and nothing is nested deep.
"""

from __future__ import annotations

import codecs
import json
import math
import re
import types
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

import msgspec

from psa.connectwise.schemas.row import WHOLE, Info, Row, when

StructT = TypeVar("StructT", bound=msgspec.Struct)
RowT = TypeVar("RowT", bound=Row)
T = TypeVar("T")

_DEEPEST: Final = 30
_LONGEST_NUMBER: Final = 40
_NUL: Final = b"\\u0000"
_HALF: Final = re.compile("[\ud800-\udfff]")
_ASCII: Final = frozenset(map(chr, range(128)))
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class Unusable(ValueError):
    """The answer is no JSON, or not of the shape that was asked for. Says so without a library's words."""


def records(content: bytes, row: type[RowT], *, latest: datetime | None = None) -> list[RowT]:
    """Return a list's records, one for each that came. What could not be read of a record stands in its `odd`.

    A stamp later than `latest` is none. Raises `Unusable`.
    """
    found = _at_once(content, list[row])  # type: ignore[valid-type]
    if found is None:
        pieces = _at_once(content, list[msgspec.Raw])
        found = [_piece(bytes(piece), row) for piece in pieces] if pieces is not None else _list(_tree(content), row)
    if latest is not None:
        _no_future(found, row, latest)
    return found


def record(content: bytes, row: type[StructT], *, latest: datetime | None = None) -> StructT:
    """Return one record, what could not be read of it in its `odd`. Raises `Unusable`."""
    found = _at_once(content, row)
    if found is None:
        value = _tree(content)
        if not isinstance(value, dict):
            raise Unusable("not a record")
        found = _row(value, row)
    if latest is not None and isinstance(found, Row):
        _no_future([found], type(found), latest)
    return found


def as_text(content: bytes) -> str:
    """Return a body as text: UTF-8, UTF-16 or UTF-32, and what holds nothing of UTF-8 as Windows writes letters with accents.

    What its header says of the encoding is not asked: gateways write one there that they did not look at.
    """
    source = content.decode(json.detect_encoding(content), "replace")
    if set(source) - _ASCII == {"\ufffd"} and not content.startswith(codecs.BOM_UTF8):
        return content.decode("cp1252", "replace")
    return source


def any_json(content: bytes) -> None:
    """See that it is JSON. Raises `Unusable`."""
    _tree(content)


def text(value: str) -> str:
    """Return a text without NUL, and with a replacement character where half a character stood."""
    return _HALF.sub("\ufffd", value.replace("\0", ""))


def _at_once(content: bytes, type_: type[T]) -> T | None:
    """Return the answer if every value is of its type and no text needs cleaning."""
    if _NUL in content and type_ != list[msgspec.Raw]:
        return None
    try:
        return msgspec.json.decode(content, type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _piece(content: bytes, row: type[RowT]) -> RowT:
    found = _at_once(content, row)
    return found if found is not None else _row(_tree(content), row)


def _list(values: Any, row: type[RowT]) -> list[RowT]:
    if not isinstance(values, list):
        raise Unusable("not a list")
    return [_row(value, row) for value in values]


def _tree(content: bytes) -> Any:
    """Read any JSON: a byte-order mark, other or broken encodings, bare control characters, huge numbers, any depth."""
    source = as_text(content)
    try:
        try:
            value = _loads(source)
        except RecursionError:
            value = _loads(_shallow(source))
    except (ValueError, RecursionError) as error:
        raise Unusable("not JSON") from error
    return _clean(value, _DEEPEST)


def _loads(source: str) -> Any:
    return json.loads(source, strict=False, parse_int=_whole, parse_constant=lambda _: math.nan)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else math.inf


def _shallow(source: str) -> str:
    """Return JSON with null for whatever is nested too deep for a reader that calls itself."""
    kept: list[str] = []
    depth = begin = 0
    for token in _TOKEN.finditer(source):
        bracket = token[0]
        if bracket in "[{":
            depth += 1
            if depth == _DEEPEST:
                kept.append(source[begin : token.start()])
        elif bracket in "]}":
            if depth == _DEEPEST:
                kept.append("null")
                begin = token.end()
            depth -= 1
    return "".join([*kept, source[begin:]])


def _clean(value: Any, deepest: int) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {key: _clean(item, deepest - 1) for key, item in value.items()} if deepest else None
    if isinstance(value, list):
        return [_clean(item, deepest - 1) for item in value] if deepest else None
    return value


def _row(value: Any, row: type[StructT]) -> StructT:
    if not isinstance(value, dict):
        made = row()
        made.__dict__["odd"] = WHOLE
        return made
    try:
        return msgspec.convert(value, row)
    except (msgspec.ValidationError, RecursionError):
        return _field_by_field(value, row)


def _field_by_field(value: dict[str, Any], row: type[StructT]) -> StructT:
    made, odd = row(), []
    for field in msgspec.structs.fields(row):
        given = value.get(field.encode_name)
        if given is None or given == "":  # an empty text where a number or a reference belongs says none
            continue
        kinds = _kinds(field.type)
        inner = next((k for k in kinds if isinstance(k, type) and issubclass(k, msgspec.Struct)), None)
        if inner is not None and isinstance(given, dict):
            nested = _row(given, inner)
            odd += [f"{field.encode_name}.{name}" for name in getattr(nested, "odd", ())]
            setattr(made, field.name, nested)
            continue
        found = _value(given, field.type, kinds)
        if found is None:
            odd.append(field.encode_name)
        setattr(made, field.name, found)
    if isinstance(made, Row):
        made.__post_init__()
    if odd:
        made.__dict__["odd"] = tuple(odd)
    return made


def _kinds(type_: Any) -> tuple[Any, ...]:
    """Return the alternatives of a field's type, plain: `int | None` for `Id | None`."""
    if get_origin(type_) is Annotated:
        return _kinds(get_args(type_)[0])
    if isinstance(type_, types.UnionType) or str(get_origin(type_)) == "typing.Union":
        return tuple(kind for part in get_args(type_) for kind in _kinds(part))
    return (type_,)


def _value(given: Any, type_: Any, kinds: tuple[Any, ...]) -> Any:
    """Return a value as the field's type, if it plainly says one; None if it does not."""
    if datetime in kinds:
        dated = isinstance(given, str) and not given.strip().isdigit()
        return _converted(given, type_) or when(given) if dated else None
    found = _converted(given, type_)
    if found is not None:
        return found
    if isinstance(given, str):
        return _converted(given.strip().lower(), type_, strict=False)
    if isinstance(given, float) and int in kinds and given.is_integer():
        return _converted(int(given), type_)
    if isinstance(given, int) and bool in kinds and given in (0, 1):
        return bool(given)
    if isinstance(given, int | float) and not isinstance(given, bool) and str in kinds and math.isfinite(given):
        return str(given)
    return None


def _converted(given: Any, type_: Any, *, strict: bool = True) -> Any:
    try:
        return msgspec.convert(given, type_, strict=strict)
    except (msgspec.ValidationError, RecursionError):
        return None


def _no_future(rows: Iterable[Row], row: type[Row], latest: datetime) -> None:
    """Take stamps away that no clock can have written yet: a poll that went on from one would pass by the rest."""
    year = latest.year
    for found in rows:
        info = found.info
        if info is not None:
            for name in Info.stamps:
                moment = getattr(info, name)
                if moment is not None and moment.year >= year and _aware(moment) > latest:
                    _take(found, info, name, "_info.")
        for name in row.stamps:
            moment = getattr(found, name)
            if moment is not None and moment.year >= year and _aware(moment) > latest:
                _take(found, found, name, "")


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _take(found: Row, holder: Row | Info, name: str, prefix: str) -> None:
    setattr(holder, name, None)
    first, *others = name.split("_")
    found.__dict__["odd"] = (*found.odd, prefix + first + "".join(word.title() for word in others))
