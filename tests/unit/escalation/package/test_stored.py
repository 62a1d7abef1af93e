"""Packages stored long ago are read for ever: `early.json` holds of each record only what packages always had."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from escalation.package.stored import DamagedPackage, UnknownPackageVersion, load

EARLY: dict[str, Any] = json.loads(Path(__file__).with_name("early.json").read_text(encoding="utf-8"))


def test_a_field_that_came_later_is_not_missed_in_an_early_package() -> None:
    package = load(EARLY)
    assert (package.time_zone, package.domain, package.thin, package.notes_read) == ("UTC", "endpoint", False, 0)
    assert package.steps_attempted[0].outcome == "no_change"
    assert not load({**EARLY, "steps_attempted": []}).steps_attempted


def places(value: Any, *way: str | int) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to each plain value of a package."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(one, *way, key)
    else:
        yield way


@pytest.mark.parametrize("way", list(places(EARLY)), ids=lambda way: ".".join(map(str, way)))
def test_what_packages_always_had_must_be_there_and_of_its_kind(way: tuple[str | int, ...]) -> None:
    for spoil in ("left out", "another kind"):
        body: Any = copy.deepcopy(EARLY)
        inner = body
        for key in way[:-1]:
            inner = inner[key]
        if spoil == "left out":
            del inner[way[-1]]
        else:
            inner[way[-1]] = {"no": "value"}
        if way == ("schema_version",):
            with pytest.raises(UnknownPackageVersion):
                load(body)
        elif not (spoil == "left out" and isinstance(way[-1], int)):  # a list may be shorter
            with pytest.raises(DamagedPackage):
                load(body)


def test_what_a_later_program_adds_is_left_out() -> None:
    later: dict[str, Any] = {**EARLY, "mood": "calm", "problem": {**EARLY["problem"], "language": "en"}}
    assert load(later) == load(EARLY)
