"""The JSON Schema holds for packages of all kinds, refuses what is none, and is the file in docs/."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from escalation.evidence import Evidence
from escalation.package.contents import Assessment, Lane, Offered, Package, Quote, Solved
from escalation.package.lesson import with_solved
from escalation.package.schema import package_schema
from escalation.package.stored import load
from tests.unit.escalation.resolution import endings
from tests.unit.escalation.tickets import evidence_of, package_of, rich

FILE = Path(__file__).resolve().parents[4] / "docs" / "escalation-package.schema.json"
VALIDATOR = Draft202012Validator(package_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def kinds() -> Iterator[Evidence]:
    """Yield tickets with everything, with nothing, thin, long, in another language, and those of the resolution notes."""
    yield rich()
    yield evidence_of()
    yield evidence_of("", description="x")
    yield evidence_of(*[f"Rebooted PC-{n}, no change." for n in range(60)], description="It is slow.\n" * 40)
    yield evidence_of("Der Drucker druckt nicht, der Treiber wurde neu installiert.", description="Drucker druckt nicht.")
    yield from (endings.evidence_of(one) for one in (*endings.SEEN, *endings.UNSEEN))


def packages() -> Iterator[Package]:
    made = [package_of(evidence) for evidence in kinds()]
    yield from made
    at = datetime(2026, 2, 3, 9, tzinfo=UTC)
    alike = Solved(4001, "VPN drops", "set both to 3600", "in common: vpn", at, None, None, False, "m1")
    book = Offered(3, "VPN drops", 2, "compare the lifetimes", "offered once, worked 1", None, "k1")
    guess = Assessment("lifetimes differed", ("set both to 3600",), 0.8, "m1", ("m1",))
    product = Quote("FortiOS 7.2", "FortiOS 7.2", "d")
    lane = Lane(4, "Jonas Lind", "Claude Desktop", at, at, done=2, pending=1, beside=(5,))
    said = Quote("compare the lifetimes", "compare the lifetimes", "a1")
    yield dataclasses.replace(
        with_solved(made[0], [alike], guess, [book]), agreement="Managed", products=(product,), still_to_do=(said,),
        findings=(said,), lanes=(lane,), last_word=said, unread_words=(said,), forbidden=(said,),
    )  # fmt: skip


def test_it_is_a_schema_and_the_file_that_others_read() -> None:
    Draft202012Validator.check_schema(package_schema())
    assert json.loads(FILE.read_text()) == package_schema(), f"python -m escalation.package.schema > {FILE.name}"


def test_packages_of_all_kinds_conform_and_load_again() -> None:
    made = list(packages())
    for package in made:
        body = json.loads(json.dumps(package.to_json()))
        assert [error.message for error in VALIDATOR.iter_errors(body)] == []
        assert load(body) == package
    names = {field.name for field in dataclasses.fields(Package)}
    never = {name for name in names if all(getattr(package, name) in (None, (), "", 0) for package in made)}
    assert never <= {"severity", "impact", "required_at"}, "each field is tried with a value"


def _without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize("wrong", [
    {"schema_version": 2}, {"ticket_id": "48377"}, {"escalated_at": "yesterday"}, {"steps_attempted": [{"text": "x"}]},
    {"dead_ends_flagged": ["0"]}, {"problem": "VPN"}, {"ai_assessment_data": None}, {"thin": "no"},
])  # fmt: skip
def test_what_is_no_package_is_refused(wrong: dict[str, Any]) -> None:
    body = package_of(rich()).to_json()
    assert not VALIDATOR.is_valid({**body, **wrong})


def test_what_others_add_is_allowed_and_what_is_needed_is_required() -> None:
    body = package_of(rich()).to_json()
    assert VALIDATOR.is_valid({**body, "theirs": 5})
    assert not VALIDATOR.is_valid(_without(body, "steps_attempted"))
    assert VALIDATOR.is_valid(_without(body, "runbooks")), "packages from before it was kept"
