"""Secrets that an editor, a converter or a mail gateway dressed are redacted whole, and what only stands beside a user's name stays.

Each wrapping is put around several secrets in several sentences; a secret that is found bare must leave nothing behind.
"""

# ruff: noqa: E501 - tables are easier to read in long rows

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest

from escalation.redaction.redact import redact

SECRETS = ("Winter2024!", "Tr0ub4dor&3", "Zq7rT2pL9w_x")
TOKENS = ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "xoxb-2345678901-2345678901234-AbCdEfGhIjKlMnOpQrStUvWx", "AKIAIOSFODNN7QXWPLER")
SENTENCES = ("password: {}", "The new password is {} for her.", "reset it to {} and she is in", "| user | password |\n|---|---|\n| anna | {} |")
FOUND = ("token: {}", "it is {} here")


def _inside(sign: str) -> Callable[[str], str]:
    return lambda secret: secret[: len(secret) // 2] + sign + secret[len(secret) // 2 :]


def _escaped(secret: str) -> str:
    return re.sub(r"([_*#!&+-])", r"\\\1", secret)


DRESSED: dict[str, Callable[[str], str]] = {
    "bold": "**{}**".format,
    "bold in part": lambda secret: f"{secret[:4]}**{secret[4:8]}**{secret[8:]}",
    "underscores": "_{}_".format,
    "escaped": _escaped,
    "bold and escaped": lambda secret: f"**{_escaped(secret)}**",
    "code": "`{}`".format,
    "struck out": "~~{}~~".format,
    "wiki": "{{noformat}}{}{{noformat}}".format,
    "embedded": "\u202a{}\u202c".format,
    "isolated": "\u2068{}\u2069".format,
    "between each": "\u200b".join,
    **{f"U+{ord(sign):04X} inside": _inside(sign) for sign in "\u00ad\u034f\u180e\u200b\u200c\u200d\u200e\u2060\ufe0f\ufeff"},
    **{f"{entity} inside": _inside(entity) for entity in ("&shy;", "&#8203;", "&zwnj;", "<wbr>")},
}


def _left(secret: str, text: str) -> bool:
    bare, shown = (re.sub(r"[^A-Za-z0-9]", "", re.sub(r"&\w+;|&#\d+;|<\w+>", "", one)) for one in (secret, text))
    return any(bare[at : at + 4] in shown for at in range(len(bare) - 3))


@pytest.mark.parametrize("how", DRESSED)
def test_a_dressed_secret_is_redacted_whole(how: str) -> None:
    for secrets, sentences in ((SECRETS, SENTENCES), (TOKENS, FOUND)):
        for secret in secrets:
            for sentence in sentences:
                told = redact(sentence.format(DRESSED[how](secret)))
                assert not _left(secret, told), told


GATES: dict[str, Callable[[str], str]] = {
    "safe links": lambda url: f"https://nam02.safelinks.protection.outlook.com/?url={quote(url, safe='')}&data=05%7C02%7Canna%40shop.example%7C0123&reserved=0",
    "v3": lambda url: f"https://urldefense.com/v3/__{url}__;!!abc!xyz$",
    "v2": lambda url: "https://urldefense.proofpoint.com/v2/url?u=" + quote(url, safe="").replace("_", "%5F").replace("%2F", "_").replace("%", "-") + "&d=DwMF&c=x",
    "link protect": lambda url: f"https://linkprotect.cudasvc.com/url?a={quote(url, safe='')}&c=E,1,x",
    "tracker": lambda url: f"https://www.search.example/url?q={quote(url, safe='')}&sa=D",
    "path": lambda url: f"https://secure-web.gate.example/1abc/{quote(url, safe='')}",
}
LINKS = (
    ("https://app.shop.example/reset?token=9f8aK2mQ7xZt41LpWe&user=anna", "9f8aK2mQ7xZt41LpWe"),
    ("https://api.shop.example/v1?api_key=Zq7rT2pL9wXk41mQ", "Zq7rT2pL9wXk41mQ"),
    ("https://anna:Winter2024@ftp.shop.example/a", "Winter2024"),
    ("https://hooks.slack.com/services/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", "a8ZkQ2mX7pLw93RtYvBn41Ce"),
)


@pytest.mark.parametrize("gate", GATES)
def test_a_secret_in_an_address_that_a_gateway_wrapped_is_redacted(gate: str) -> None:
    for link, secret in LINKS:
        told = redact(f"She opened {GATES[gate](link)} and got an error.")
        assert secret not in told
        assert told.startswith("She opened http")
        assert told.endswith("and got an error.")


BESIDE = ("41%", "100%", "~80%", "3.5%", "1.1TB", "512MB", "931.5GiB", "250gb", "4kB")
PLACES = ("{} {}", "{}\t{}", "| {} | {} |", "Filesystem Size Use%\n/dev/sda1 {} {}", "The {} is at {} now.", "- {} ({})")


@pytest.mark.parametrize("name", ["root", "admin", "my admin", "user", "login", "sa", "account", "guest", "vault"])
def test_a_share_or_a_size_beside_a_name_stays(name: str) -> None:
    taken = [text for value in BESIDE for place in PLACES if (text := place.format(name, value)) != redact(text)]
    assert not taken


CODES = (
    "Gate code: {}", "Alarm PIN: {}", "SIM PIN/PUK: {}", "unlock code: {}", "Safe PIN: {}", "root password: {}", "Password: {}", "wifi pw {}",
    "bios password: {}",
)


@pytest.mark.parametrize("value", ["4821/7719", "482193", "123456K", "5000M", "90210s", "4711h", "/dev/S3cretX", "/opt/S3cret-x9"])
def test_what_a_label_calls_a_secret_is_none_the_less_one_for_looking_measured(value: str) -> None:
    numbers = value.replace("/", "").isdigit()
    named = [place for place in CODES if (":" in place if numbers else "pass" in place or "pw" in place)]
    kept = [text for place in named if value in redact(text := place.format(value))]
    assert not kept


@pytest.mark.parametrize("text", ["login bob:\\S3cretX1", "user=bob:\\Kx9!pqZZ"])
def test_a_password_may_begin_with_a_backslash_and_a_drive_is_none(text: str) -> None:
    assert text.rpartition(":")[2] not in redact(text)
    assert redact("user: C:\\Users\\anna") == "user: C:\\Users\\anna"


@pytest.mark.parametrize("secret", ["Winter2024!", "S0nne#99", "Zq7rT2pL9w", "xK41%pq", "8TBdisk!x"])
def test_a_password_beside_the_same_name_is_still_found(secret: str) -> None:
    kept = [text for name in ("admin", "root", "my admin", "password") for place in ("{}: {}", "| {} | {} |", "{} password {}") if secret in redact(text := place.format(name, secret))]
    assert not kept


PHRASES = ("rainy day lamp", "blue horse", "Zq7rT2pL 9wXk41mQ")


@pytest.mark.parametrize("name", ["password", "ap_password", "smtp_passwd", "passphrase"])
@pytest.mark.parametrize("sign", ["|", ">-", "|+", ">"])
@pytest.mark.parametrize("indent", ["", "  ", "    - "])
def test_every_line_of_a_block_below_a_name_goes(name: str, sign: str, indent: str) -> None:
    deep = " " * (len(indent) + 2)
    for first, second in ((PHRASES[0], PHRASES[1]), (PHRASES[2], PHRASES[0])):
        told = redact(f"{indent}host: shop\n{indent}{name}: {sign}\n{deep}{first}\n{deep}{second}\nretries: 5\n")
        assert not any(_left(phrase, told) for phrase in (first, second)), told
        assert told.endswith("retries: 5\n")


@pytest.mark.parametrize("place", ['password: "{}"', "password = '{}'", '"smtp_password": "{}"', "  passphrase: '{}'"])
def test_a_phrase_in_quotation_marks_goes_whole(place: str) -> None:
    for phrase in PHRASES:
        assert not _left(phrase, redact(place.format(phrase)))


@pytest.mark.parametrize("said", ["must be changed at the next logon", "is not correct", "expired yesterday"])
def test_a_sentence_in_quotation_marks_stays(said: str) -> None:
    assert redact(f'Password: "{said}"') == f'Password: "{said}"'
