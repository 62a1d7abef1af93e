"""Lists as ConnectWise gives them: conditions, order, fields, pages with a Link header, forward-only pages, counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import quote

from psa.simulator.answers import Answer, Record, bad_request
from psa.simulator.conditions import EXPLANATION, BadConditions, compile_conditions, field_reader

DEFAULT_SIZE: Final = 25
MAX_SIZE: Final = 1000
_OWN: Final = frozenset({"page", "pageSize", "pageId"})


def filtered(rows: Iterable[Record], query: dict[str, str], known: frozenset[str]) -> list[Record]:
    """Return the rows that `conditions` lets through; `childConditions` and `customFieldConditions` look at elements."""
    found = list(rows)
    try:
        if text := query.get("conditions", "").strip():
            test = compile_conditions(text, known)
            found = [row for row in found if test(row)]
        if text := query.get("childConditions", "").strip():
            found = _with_child(found, text)
        if text := query.get("customFieldConditions", "").strip():
            test = compile_conditions(text)
            found = [row for row in found if any(test(custom) for custom in row.get("customFields", ()))]
    except BadConditions as error:
        raise bad_request(f"{error} {EXPLANATION}", "InvalidConditions") from None
    return found


def _with_child(rows: list[Record], text: str) -> list[Record]:
    """Keep the rows of which one child meets the expression; `communicationItems/value` names the array first."""
    test = compile_conditions(text)

    def met(row: Record) -> bool:
        arrays = {name: value for name, value in row.items() if isinstance(value, list)}
        return any(test({**row, name: child}) for name, children in arrays.items() for child in children)

    return [row for row in rows if met(row)]


def ordered(rows: list[Record], wanted: str) -> list[Record]:
    """Return the rows in the order of `contact/name asc, id desc`; nulls come first, as in SQL Server."""
    for part in reversed([piece.split() for piece in wanted.split(",") if piece.strip()]):
        direction = part[1].lower() if len(part) == 2 else "asc"
        if len(part) > 2 or direction not in ("asc", "desc"):
            raise bad_request(f"The orderBy clause '{wanted}' is invalid.", "InvalidOrderBy")
        read = field_reader(part[0])
        rows = sorted(rows, key=lambda row, read=read: _sortable(read(row)), reverse=direction == "desc")  # type: ignore[misc]
    return rows


def _sortable(value: Any) -> tuple[int, float, str]:
    if value is None:
        return (0, 0, "")
    if isinstance(value, bool | int | float):
        return (1, float(value), "")
    return (2, 0, str(value).casefold())


def only(row: Record, wanted: str) -> Record:
    """Return the named fields of a row; `status/name` keeps that part of the reference."""
    kept: Record = {}
    for name in (piece.strip() for piece in wanted.split(",")):
        source: Any = row
        target = kept
        *heads, last = name.split("/")
        for head in heads:
            source = source.get(head) if isinstance(source, dict) else None
            if not isinstance(source, dict):
                break
            target = target.setdefault(head, {})
        if isinstance(source, dict) and last in source:
            target[last] = source[last]
    return kept


def page(
    rows: Iterable[Record],
    query: dict[str, str],
    *,
    known: frozenset[str],
    url: str,
    headers: dict[str, str],
    may_order: bool = True,
    may_forward: bool = True,
    show: Callable[[Record], Record] | None = None,
) -> Answer:
    """Return one page of a list. `url` is the list's own address, for the Link header; `show` completes a row."""
    found = filtered(rows, query, known)
    size = _whole(query, "pageSize", DEFAULT_SIZE)
    if not 1 <= size <= MAX_SIZE:
        raise bad_request(f"pageSize must be between 1 and {MAX_SIZE}.", "InvalidParameter")
    forward = headers.get("pagination-type", "").lower() == "forward-only"
    if forward and may_forward:
        shown, link = _forward(found, query, size, url)
    else:
        if wanted := query.get("orderBy", "").strip():
            if not may_order:
                raise bad_request("orderBy is not supported by this endpoint.", "InvalidParameter")
            found = ordered(found, wanted)
        elif may_order and found and "id" in found[0]:
            found.sort(key=lambda row: int(row["id"]))
        shown, link = _navigable(found, query, size, url)
    if show is not None:
        shown = [show(row) for row in shown]
    if wanted := query.get("fields", "").strip():
        shown = [only(row, wanted) for row in shown]
    return Answer(200, shown, {"Link": link} if link else {})


def _whole(query: dict[str, str], name: str, default: int) -> int:
    try:
        return int(query.get(name) or default)
    except ValueError:
        raise bad_request(f"{name} must be an integer.", "InvalidParameter") from None


def _address(url: str, query: dict[str, str], size: int) -> str:
    kept = [f"{quote(name)}={quote(value)}" for name, value in query.items() if name not in _OWN]
    return f"{url}?{'&'.join([*kept, f'pageSize={size}'])}"


def _navigable(rows: list[Record], query: dict[str, str], size: int, url: str) -> tuple[list[Record], str]:
    """Return a page and its links; `page` stands last in each of them, as in captured answers."""
    number = max(1, _whole(query, "page", 1))
    last = max(1, -(-len(rows) // size))
    at = _address(url, query, size)
    links = []
    if number > 1:
        links += [f'<{at}&page=1>; rel="first"', f'<{at}&page={number - 1}>; rel="prev"']
    if number < last:
        links += [f'<{at}&page={number + 1}>; rel="next"', f'<{at}&page={last}>; rel="last"']
    return rows[(number - 1) * size : number * size], ", ".join(links)


def _forward(rows: list[Record], query: dict[str, str], size: int, url: str) -> tuple[list[Record], str]:
    """Return the rows after pageId by id; the next link is always there, also after the last row."""
    after = _whole(query, "pageId", 0)
    found = sorted((row for row in rows if row["id"] > after), key=lambda row: int(row["id"]))[:size]
    next_id = found[-1]["id"] if found else after
    return found, f'<{_address(url, query, size)}&pageId={next_id}>; rel="next"'
