"""Kinds of secrets from the generator, in short: each in one place. All places, seeds and held-out files: `make hostile`."""

from __future__ import annotations

import random
import time

import pytest

from escalation.redaction.redact import redact
from tests.hostile.secrets.count import SEEN, cases, count, kinds

pytestmark = [pytest.mark.storm, pytest.mark.timeout(400)]

STRUCTURED = ("devices", "commands", "tokens", "vendors", "vendors_second")


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


@pytest.mark.parametrize(
    ("name", "goal"),
    [
        ("structured_second", 0.03),
        ("wordings_second", 0.02),
        ("structured_third", 0.03),
        ("wordings_third", 0.03),
        ("structured_fifth", 0.02),
        ("wordings_fifth", 0.08),
        ("structured_sixth", 0.02),
        ("wordings_sixth", 0.1),
        ("structured_seventh", 0.01),
        ("wordings_seventh", 0.03),
        ("structured_ninth", 0.01),
        ("wordings_ninth", 0.03),
        ("structured_eighth", 0.01),
        ("wordings_eighth", 0.05),
        ("structured_tenth", 0.01),
        ("wordings_tenth", 0.03),
        ("vendors_third", 0.12),
    ],
)
def test_what_was_held_out_once_goes(name: str, goal: float) -> None:
    """So do the kinds of `vendors_third`, which are harder than what tickets hold: nothing names their secrets."""
    result = count(name, seed=7, places=1)
    assert result.wrong <= result.tried * goal, result.misses


@pytest.mark.parametrize(
    "name",
    [name for name in SEEN if name.startswith("lookalikes")],
)
def test_look_alikes_stay(name: str) -> None:
    result = count(name, seed=7, places=1)
    assert result.wrong <= result.tried * 0.05, result.misses


@pytest.mark.parametrize("name", [*STRUCTURED, "wordings_first", "structured_second", "wordings_second"])
def test_a_second_redaction_finds_nothing(name: str) -> None:
    taken = tried = 0
    for _, _, _, text in cases(name, seed=8, places=1):
        after = redact(text)
        tried, taken = tried + 1, taken + (after != text)
        assert redact(after) == after
    assert taken > tried * 0.9, "a first one finds most"


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


WHO = (
    "the password",
    "her password",
    "the Wi-Fi password",
    "his PIN",
    "my passcode",
    "the app password",
    "the API key",
    "the shared secret",
    "das Passwort",
    "le mot de passe",
    "la contraseña",
    "het wachtwoord",
    "the refresh token",
    "the BitLocker PIN",
    "the pre-shared key",
)
TALK = (
    "is wrong on {host}",
    "was refused by {host}",
    "expired at 09:41",
    "has been changed {few} days ago",
    "is not the problem, {host} is",
    "does not match the one on {host}",
    "was typed {few} times",
    "must have {few} characters",
    "is asked for by {host} every {few} minutes",
    "is kept in the vault, record {many}",
    "cannot be read by user {user}",
    "should be rotated before March 2027",
    "went to {user}@mail.example",
    "is synchronised every {few} min from {host}",
    "locks {user} out after {few} tries",
    "was reset for {user} under ticket {many}",
    "had to be entered twice in build {many}",
    "is older than {few} days according to {host}",
)
BESIDE = (
    "",
    ", token lifetime is {many} s",
    ". Event {many} on DC01",
    ". Error 0x8007{many}",
    ". Session {many} ended",
    ". KB50{many}1 is on it",
    ". AADSTS50{many} in the log",
    ". Asset {many}-31",
    ". Serial 5CD{many}JX",
    ". Version 4.{many}.2",
    ". Called +49 40 55{many}",
)


def test_who_talks_about_a_password_without_telling_it_loses_nothing() -> None:
    draw = random.Random(11)
    for _ in range(400):
        said = f"{draw.choice(WHO)} {draw.choice(TALK)}{draw.choice(BESIDE)}.".format(
            host=draw.choice(("mail.corp.example", "SRV-FS02", "10.4.0.7", "the NAS", "LAP-0412")),
            user=draw.choice(("dana.roe", "k.meyer2", "thale")),
            few=draw.randint(2, 90),
            many=draw.randint(1000, 9999),
        )
        assert redact(said) == said


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
def test_sixteen_times_the_text_takes_about_sixteen_times_as_long(unit: str) -> None:
    """Over four doublings: one of them alone may come near to a step of what is looked at together."""
    assert growth(unit, 2_000, 32_000) < 16 * 2.5
