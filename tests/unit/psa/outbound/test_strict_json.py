"""JSON that two parsers could read differently is not read."""

from __future__ import annotations

import json
import time

import pytest

from psa.outbound import strict_json


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        ('{"a":1}{"a":2}', "not JSON"),
        ('{"a":1,"a":2}', "'a' twice"),
        ('[{"b":{"a":1,"a":2}}]', "'a' twice"),
        ('{"a":NaN}', "NaN"),
        ("-Infinity", "Infinity"),
        ("[" * 21 + "]" * 21, "deeper than 20"),
        ("[" * 100_000, "deeper than 20"),
        ('{"a":' * 100_000, "deeper than 20"),
        ("9" * 5000, "too long"),
    ],
)
def test_what_is_refused_is_named_without_insides(text: str, says: str) -> None:
    with pytest.raises(strict_json.Ambiguous, match=says) as caught:
        strict_json.read(text)
    assert "sys." not in str(caught.value)


def test_twenty_levels_are_read() -> None:
    assert strict_json.read("[" * 20 + "]" * 20)
    assert strict_json.read('{"a": [1, null, "\\u00e9"]}') == {"a": [1, None, "é"]}


def test_a_name_that_comes_twice_is_found_in_time_that_grows_with_the_text() -> None:
    text = json.dumps({f"{number:04}": 0 for number in range(20_000)})[:-1] + ', "19999": 0}'
    begun = time.process_time()
    with pytest.raises(strict_json.Ambiguous, match="'19999' twice"):
        strict_json.read(text)
    assert time.process_time() - begun < 1
