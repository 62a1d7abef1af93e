"""The index over an account's resolved tickets: which of them hold a term. Written with the tickets, in one transaction.

Plain rows, looked up by equality, and so the same on both databases and within row-level security. PostgreSQL's own
full-text index is not used under it: an operator that is not leakproof may look at no row before the policy has
(decision 25).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from models.tables import MemoryTerm

BLOCK = 4096
_AT_ONCE = 400
"""Terms of one statement: SQLite takes no more than 999 values in old builds."""


def counts(session: Session, account_id: int, terms: Collection[str]) -> dict[str, int]:
    """Return how many tickets hold each term; terms that none holds are left out."""
    found: dict[str, int] = {}
    for some in _portions(sorted(terms)):
        here = (MemoryTerm.account_id == account_id, MemoryTerm.term.in_(some))
        query = select(MemoryTerm.term, func.sum(MemoryTerm.tickets)).where(*here).group_by(MemoryTerm.term)
        found |= {term: int(count) for term, count in session.execute(query) if count}
    return found


def best(
    session: Session, account_id: int, clauses: Collection[Sequence[str]], weights: Mapping[str, float], *, most: int
) -> list[int]:
    """Return the numbers of tickets that hold all terms of any clause, those whose terms weigh most; of equals the newest."""
    bits: dict[int, dict[str, bytes]] = defaultdict(dict)
    for some in _portions(sorted({*weights, *(term for clause in clauses for term in clause)})):
        here = (MemoryTerm.account_id == account_id, MemoryTerm.term.in_(some))
        for term, block, held in session.execute(select(MemoryTerm.term, MemoryTerm.block, MemoryTerm.numbers).where(*here)):
            bits[block][term] = _bitmap(held)
    found: list[tuple[float, int]] = []
    for block, terms in bits.items():
        weighed = [(terms[term], weight) for term, weight in sorted(weights.items()) if term in terms]
        for place in _any_of(clauses, terms):
            byte, bit = place >> 3, 1 << (place & 7)
            found.append((sum(weight for held, weight in weighed if held[byte] & bit), block * BLOCK + place))
    return [number for _, number in sorted(found, reverse=True)[:most]]


def _any_of(clauses: Collection[Sequence[str]], terms: Mapping[str, bytes]) -> list[int]:
    """Return the places of a block that hold all terms of any clause."""
    every, numbers = 0, {term: int.from_bytes(held, "little") for term, held in terms.items()}
    for clause in clauses:
        together = numbers.get(clause[0], 0)
        for term in clause[1:]:
            together &= numbers.get(term, 0)
        every |= together
    return _places(every.to_bytes(BLOCK // 8, "little"))


def change(
    session: Session, account_id: int, *, added: Mapping[str, Iterable[int]], removed: Mapping[str, Iterable[int]]
) -> None:
    """Enter tickets under terms, and take them out. Whoever calls it holds the account's row of `memory`."""
    todo: dict[tuple[str, int], tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for which, entries in enumerate((added, removed)):
        for term, numbers in entries.items():
            for number in numbers:
                todo[term, number // BLOCK][which].add(number % BLOCK)
    for some in _portions(sorted(todo)):
        terms = {term for term, _ in some}
        here = (MemoryTerm.account_id == account_id, MemoryTerm.term.in_(terms), MemoryTerm.block.in_({b for _, b in some}))
        rows = session.execute(select(MemoryTerm.term, MemoryTerm.block, MemoryTerm.numbers).where(*here))
        known = {(term, block): packed for term, block, packed in rows}
        new: list[dict[str, object]] = []
        old: list[dict[str, object]] = []
        for key in some:
            more, fewer = todo[key]
            places = (set(_places(known.get(key, b""))) | more) - fewer
            (old if key in known else new).append(
                {"a": account_id, "t": key[0], "b": key[1], "tickets": len(places), "numbers": _packed(places)}
            )
        if new:
            values = [{"account_id": r["a"], "term": r["t"], "block": r["b"], **_content(r)} for r in new]
            session.execute(insert(MemoryTerm), values)
        if old:
            table = MemoryTerm.__table__
            one = (table.c.account_id == bindparam("a"), table.c.term == bindparam("t"), table.c.block == bindparam("b"))
            session.connection().execute(update(table).where(*one), old)  # type: ignore[arg-type] # a table of rows


def _content(row: Mapping[str, object]) -> dict[str, object]:
    return {"tickets": row["tickets"], "numbers": row["numbers"]}


def _portions(every: Sequence[object]) -> Iterator[list]:  # type: ignore[type-arg]
    for start in range(0, len(every), _AT_ONCE):
        yield list(every[start : start + _AT_ONCE])


def _packed(places: Collection[int]) -> bytes:
    """Return places as they are stored: two bytes each, or a bit for each of the block where that is shorter."""
    if 2 * len(places) < BLOCK // 8:
        return b"".join(place.to_bytes(2, "little") for place in sorted(places))
    return sum(1 << place for place in places).to_bytes(BLOCK // 8, "little")


def _bitmap(held: bytes) -> bytes:
    if len(held) == BLOCK // 8:
        return held
    bits = bytearray(BLOCK // 8)
    for place in _places(held):
        bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


def _places(held: bytes) -> list[int]:
    if len(held) < BLOCK // 8:
        return [low | high << 8 for low, high in zip(held[::2], held[1::2], strict=True)]
    return [8 * place + bit for place, byte in enumerate(held) if byte for bit in range(8) if byte >> bit & 1]
