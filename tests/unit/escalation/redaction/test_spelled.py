"""Secrets that are told a character at a time go, in the languages that are read; what else is spelled out or counted stays."""

# ruff: noqa: E501 - a table of texts is easier to read in long rows

from __future__ import annotations

import time

import pytest

from escalation.redaction.redact import redact

LABELS = ("password is ", "pw: ", "The new passphrase, ", "wifi key = ", "Passwort: ", "mot de passe : ", "contraseña ", "wachtwoord is ")
ROWS = (
    "capital P as in Papa, lowercase r, zero, dollar sign, seven seven",
    "big S small n owl 22 exclamation point",
    "Romeo two Tango exclamation mark Kilo nine",
    "F as in Frank, A as in Apple, hash, 1, 1",
    "capital S then unflower then the number nine then a dollar sign",
    "s - u - n - n - y - 4 - 2",
    "großes K wie Kaufmann, kleines a, Ausrufezeichen, vier vier",
    "S wie Siegfried, o wie Otto, 4, Raute, groß K",
    "T comme Thérèse, r comme Raoul, 5, dièse, k minuscule",
    "M majuscule, o, 2, point d'exclamation, k",
    "hoofdletter B, kleine o, 7, uitroepteken",
    "A mayúscula, b de burro, 9, arroba",
)
PINS = ("one one nine four", "zero-four-two-seven-seven-one", "eins eins neun vier", "un un neuf quatre", "nine nine two, one zero four")


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_characters_behind_a_label_goes_whole(row: str) -> None:
    for label in LABELS:
        for after in ("", ". She is in now.", "\nstill prompts"):
            told = redact(label + row + after)
            assert told.endswith(after), told
            assert "[redacted: " in told
            assert not {"frank", "owl", "papa", "romeo", "unflower", "kaufmann", "raoul", "seven", "nine", "arroba"} & set(
                told.lower().replace(",", " ").replace(".", " ").split()
            ), told


@pytest.mark.parametrize("row", PINS)
def test_a_number_in_words_goes(row: str) -> None:
    for label in ("pin: ", "his voicemail pin is ", "her passcode, ", "the code was "):
        assert row.split(",")[0] not in redact(label + row), label


def test_what_is_read_out_goes_without_a_label() -> None:
    told = redact("she read it out: capital T as in Tango, lower case e, 4, hash, then bluebird")
    assert told == "she read it out: [redacted: password]"


@pytest.mark.parametrize(
    "text",
    [
        "spelled the domain: C as in Charlie, O as in Oscar, R, P, 2",
        "serial read out by phone: five C G one two three hash",
        "surname spelled M as in Mike, A as in Alpha, R, 1",
        "username is capital J, lower doe",
        "options one two three four all failed",
        "password policy: one upper, one lower, one digit, one symbol",
        "password needs capital letter, number and exclamation mark or hash",
        "Passwort muss Großbuchstaben, Zahl und Sonderzeichen enthalten",
        "ran steps one, two, three, four after password reset",
        "password worked for two of three users, one still failing, seven to go",
        "reset the password and tested A, B and C drives",
        "error code five zero three four came back",
    ],
)
def test_other_things_that_are_spelled_or_counted_stay(text: str) -> None:
    assert redact(text) == text


@pytest.mark.storm
def test_long_rows_take_linear_time() -> None:
    begun = time.process_time()
    redact("password a b c " + "capital x, then y, " * 500)
    redact("read out " + "a " * 5_000)
    assert time.process_time() - begun < 4
