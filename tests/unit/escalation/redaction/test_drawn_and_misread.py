"""Tables of every drawing, lists below a heading, and labels as screenshots are misread or other keyboards type them."""

# ruff: noqa: E501 - a table of texts is easier to read in long rows

from __future__ import annotations

import pytest

from escalation.redaction.redact import redact

SECRETS = ("fallLeaves3", "springbuds")
TABLES = {
    "mysql": "+------+-------------+\n| user | password    |\n+------+-------------+\n| bob  | {0} |\n| ann  | {1} |\n+------+-------------+",
    "grid": "+------+-----+\n| user | password |\n+======+=====+\n| bob | {0} |\n+------+-----+\n| ann | {1} |\n+------+-----+",
    "psql": " user | password \n------+----------\n bob  | {0}\n ann  | {1}\n(2 rows)",
    "box": "┌──────┬──────┐\n│ user │ password │\n├──────┼──────┤\n│ bob  │ {0} │\n│ ann │ {1} │\n└──────┴──────┘",
    "heavy": "┏━━━━━┳━━━━━┓\n┃ User ┃ Password ┃\n┣━━━━━╋━━━━━┫\n┃ bob ┃ {0} ┃\n┃ ann ┃ {1} ┃\n┗━━━━━┻━━━━━┛",
    "markdown": "|User|Password|\n|:--|:-:|\n|bob|{0}|\n|ann|{1}|",
    "wiki": "||User||Password||\n|bob|{0}|\n|ann|{1}|",
    "ruled": "User      Password\n=====     ========\nbob       {0}\nann       {1}",
    "quoted": "> | user | password |\n> |---|---|\n> | bob | {0} |\n> | ann | {1} |",
}
LABELS = (
    "Pаsswоrd: {}", "Pas5word {}", "Pa$$word: {}", "P@ssword = {}", "Passvvord {}", "Passworcl: {}", "P a s s w o r d : {}", "Ｐassword：{}",
    "密码：{}", "PASSWORD．．．．{}", "pw👉{}", "🔑 {}", "Кennwort: {}", "Security Key\n{}\nHide characters", "Network security key\n{}",
)  # fmt: skip


@pytest.mark.parametrize("how", TABLES)
def test_the_column_goes_however_the_table_is_drawn(how: str) -> None:
    told = redact(TABLES[how].format(*SECRETS))
    assert not [one for one in (*SECRETS, "Leaves") if one in told], told
    assert all(user in told for user in ("bob", "ann"))


@pytest.mark.parametrize("label", LABELS)
def test_a_label_that_only_looks_like_one_is_one(label: str) -> None:
    assert "fallLeaves3" not in redact(label.format("fallLeaves3"))


@pytest.mark.parametrize("mark", ["- ", "* ", "• ", "1. ", "  2) "])
@pytest.mark.parametrize("head", ["passwords:", "Old passwords for the kiosk:", "Kennwörter:", "> pins:"])
def test_each_item_of_a_list_of_secrets_goes(head: str, mark: str) -> None:
    told = redact(f"{head}\n{mark}fallLeaves3\n{mark}springBuds44\n{mark}rebooted the switch\nport 3389 is open")
    assert "fallLeaves3" not in told
    assert "springBuds44" not in told
    assert told.endswith("rebooted the switch\nport 3389 is open")


@pytest.mark.parametrize(
    "text",
    [
        "5 μs latency, Ω load", "Кабель заменён, вход работает", "🔐 MFA enabled for all", "🔑 License renewed", "👉 see KB5034441",
        "+----+------+\n| id | name |\n+----+------+\n| 1 | bob |\n+----+------+", "Ｗｉｎｄｏｗｓ　１０　build 22631", "Passwords:\n- see Hudu",
    ],
)  # fmt: skip
def test_what_names_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_the_secret_half_of_a_pair_of_keys_goes() -> None:
    secret = "wJk72LsPqwErTyUiOpAsDfGhJkLzXcVbNm123456"
    for between in (" / ", ",", "\n", " : "):
        assert secret not in redact(f"AKIAQ3KMNPKE7ZKLMNOP{between}{secret}")
