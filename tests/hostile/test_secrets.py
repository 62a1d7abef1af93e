"""Kinds of secrets from the generator, in short: each in one place. All places, seeds and held-out files: `make hostile`."""

from __future__ import annotations

import time

import pytest

from escalation.redaction.redact import redact
from tests.hostile.secrets.count import cases, count, kinds

STRUCTURED = ("devices", "commands", "tokens")


def test_there_are_at_least_three_hundred_kinds_each_with_its_secret() -> None:
    lines = [kind for name in STRUCTURED for kind in kinds(name)]
    assert len(set(lines)) == len(lines) >= 300
    assert all("{!" in kind for kind in lines)


@pytest.mark.parametrize("name", STRUCTURED)
def test_structured_secrets_go(name: str) -> None:
    result = count(name, seed=7, places=1)
    assert result.wrong <= result.tried * 0.01, result.misses


def test_secrets_in_prose_go() -> None:
    result = count("wordings_first", seed=7, places=1)
    assert result.wrong <= result.tried * 0.05, result.misses


@pytest.mark.parametrize(("name", "goal"), [("structured_second", 0.03), ("wordings_second", 0.02)])
def test_what_was_held_out_once_goes(name: str, goal: float) -> None:
    result = count(name, seed=7, places=1)
    assert result.wrong <= result.tried * goal, result.misses


@pytest.mark.parametrize("name", ["lookalikes", "lookalikes_second"])
def test_look_alikes_stay(name: str) -> None:
    result = count(name, seed=7, places=1)
    assert result.wrong <= result.tried * 0.05, result.misses


@pytest.mark.parametrize("name", [*STRUCTURED, "wordings_first", "structured_second", "wordings_second"])
def test_a_second_redaction_finds_nothing(name: str) -> None:
    for _, _, _, text in cases(name, seed=8, places=1):
        after = redact(text)
        assert redact(after) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("set psksecret Maple-Otter-41", "set psksecret [redacted: pre-shared key]"),
        (" key 7 0822455D0A16\n exit", " key 7 [redacted: device secret]\n exit"),
        ("<p>pw is <b>Maple&amp;Otter41</b>, tested</p>", "<p>pw is <b>[redacted: password]</b>, tested</p>"),
        (
            "> the password is\n> Maple-Otter-41\n> Regards",
            "> the password is\n> [redacted: password]\n> Regards",
        ),
        ("<td>Password</td><td>mapleotter</td>", "<td>Password</td><td>[redacted: password]</td>"),
        ("Name | Password\nNAS | mapleotter", "Name | Password\nNAS | [redacted: password]"),
        (r'{"a":"{\"password\":\"mapleotter\"}"}', r'{"a":"{\"password\":\"[redacted: password]\"}"}'),
    ],
)
def test_only_the_secret_is_taken_out(text: str, after: str) -> None:
    assert redact(text) == after


def growth(unit: str, small: int, large: int) -> float:
    """Return how much longer the larger text takes than the smaller, by processor time: the best of three of each."""

    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        times = []
        for _ in range(3):
            begin = time.thread_time()
            redact(text)
            times.append(time.thread_time() - begin)
        return max(min(times), 0.005)

    return seconds(large) / seconds(small)


@pytest.mark.parametrize(
    "unit",
    [
        "password ",
        "passwortpasswort",
        "<password>",
        "passphrase ",
        "pw: ",
        "key: ",
        "a,password\n",
        "set vpn ",
        "> ",
        "a.",
        "\\n",
        "&amp;",
        "token Abc12x!y ",
        "key=",
        "pass-",
        "/a1",
    ],
)
def test_eight_times_the_text_takes_about_eight_times_as_long(unit: str) -> None:
    assert growth(unit, 2_000, 16_000) < 8 * 2.5
