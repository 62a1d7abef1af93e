"""Settings are read as they were meant, whatever the file or shell they came through has left around them.

Kinds of addresses that are none: a sign of addresses in a password, brackets, letters that are two signs to a parser, ports that
are none, more than an address where others append to it. Kinds of folders: each sign that an address reads as its own.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from models.database.sessions import normalise_url
from worker.mail.addresses import address
from worker.mail.transport import MailUrlError, mailer_for
from worker.settings import IN_FILES, Settings, SettingsError

GIVEN = {
    "DATABASE_URL": "postgresql://u:p%40s@h/db", "REDIS_URL": "redis://h:6379/0", "SECRET_KEYS": "k" * 40,
    "PUBLIC_URL": "https://rf.example", "SMTP_URL": "smtp://u:p@h:25", "MAIL_FROM": "RF <a@b.example>", "LOG_LEVEL": "INFO",
    "OPERATOR_EMAIL": "o@b.example", "METRICS_TOKEN": "m" * 20, "CANARY_URL": "https://rf.example",
    "DEAD_MAN_URL": "https://hc.example/x", "RESOLUTIONFLOW_POLL": "60", "RESOLUTIONFLOW_THREADS": "8",
}  # fmt: skip
LEFT = ("{}\r", "{}\n", " {} ", "\t{}", "{}\u00a0", "\ufeff{}", '"{}"', "'{}'", '" {} "\r\n')
"""Of files with Windows' line ends, of `docker --env-file` with quotation marks, of editors and of copying from a page."""


def test_what_stands_around_a_value_is_no_part_of_it(tmp_path: Path) -> None:
    given = {**GIVEN, "RESOLUTIONFLOW_VAR": str(tmp_path)}
    meant = Settings.read(given)
    for name in given.keys() - {"SECRET_KEYS"}:
        for left in LEFT:
            assert Settings.read({**given, name: left.format(given[name])}) == meant, (name, left)
        assert Settings.read({("\ufeff" + key if key == name else key): value for key, value in given.items()}) == meant


def test_secrets_may_stand_in_files_and_one_that_cannot_be_read_is_named_never_shown(tmp_path: Path) -> None:
    given = {**GIVEN, "RESOLUTIONFLOW_VAR": str(tmp_path), "ANTHROPIC_API_KEY": "sk-1", "OPENAI_API_KEY": "sk-2"}
    file = tmp_path / "secret"
    for model in ("none", "anthropic", "openai"):
        given["AI_PROVIDER"] = model
        meant = Settings.read(given)
        for name in IN_FILES:
            for whole in (given[name], f"{given[name]}\n", f"\ufeff{given[name]}\r\n"):
                file.write_text(whole, encoding="utf-8", newline="")
                without = {key: value for key, value in given.items() if key != name}
                assert Settings.read({**without, f"{name}_FILE": str(file)}) == meant, (name, whole)
                assert Settings.read({**without, f"{name}_FILE": f'"{file}"\r', name: ""}) == meant, "as compose hands it over"
                assert Settings.read({**given, f"{name}_FILE": ""}) == meant
                with pytest.raises(SettingsError, match=f"{name} and {name}_FILE are both set"):
                    Settings.read({**given, f"{name}_FILE": str(file)})
    wrong = {b"": "is empty", b"\n": "is empty", b"\xff\xfe\0k": "is no text", b"s3cret\ns3cret": "more than one line",
             b"s3cret\0": "is no text"}  # fmt: skip
    for content, why in wrong.items():
        file.write_bytes(content)
        with pytest.raises(SettingsError, match=f"SECRET_KEYS_FILE: .*{why}") as refused:
            Settings.read({
                "SECRET_KEYS_FILE": str(file), "REDIS_URL_FILE": str(tmp_path / "none"), "SMTP_URL_FILE": str(tmp_path),
                "RESOLUTIONFLOW_VAR": str(tmp_path),
            })  # fmt: skip
        assert "s3cret" not in str(refused.value)
        assert re.search(r"REDIS_URL_FILE: .*No such file", str(refused.value))
        assert re.search(r"SMTP_URL_FILE: .*directory", str(refused.value))
        assert not (tmp_path / "secret_keys").exists(), "which would be another installation's"


@pytest.mark.parametrize("mark", ["'", '"'])
def test_quotation_marks_within_a_value_and_around_a_key_stay(mark: str, tmp_path: Path) -> None:
    """A key that was read with them has encrypted what is stored."""
    given = {**GIVEN, "RESOLUTIONFLOW_VAR": str(tmp_path)}
    sender = f"{mark}RF{mark} <{mark}a b{mark}@b.example>"
    assert Settings.read({**given, "MAIL_FROM": sender}).mail_from == sender
    quoted = Settings.read({**given, "SECRET_KEYS": f"{mark}{GIVEN['SECRET_KEYS']}{mark}"})
    assert quoted == replace(Settings.read(given), secret_keys=(f"{mark}{GIVEN['SECRET_KEYS']}{mark}",))


@pytest.mark.parametrize(
    "sender",
    ["rf@northgate.example", "ResolutionFlow <handoff@Mail.Northgate.Example>", '"RF, at work" <rf@northgate.example>',
     "rf@m\u00fcnchen.example", "rf@stra\u00dfe.example", "ResolutionFlow <resolutionflow@localhost>"],
)  # fmt: skip
def test_message_ids_are_of_the_domain_that_mail_is_sent_from(sender: str, tmp_path: Path) -> None:
    settings = Settings.read({**GIVEN, "RESOLUTIONFLOW_VAR": str(tmp_path), "MAIL_FROM": sender})
    assert settings.message_domain == address(sender).host


@pytest.mark.parametrize("sender", ["rf@@northgate.example", "@", "rf@[192.0.2.1]", "rf@-.example"])
def test_a_sender_without_a_domain_stops_no_message_from_being_queued(sender: str, tmp_path: Path) -> None:
    settings = Settings.read({**GIVEN, "RESOLUTIONFLOW_VAR": str(tmp_path), "MAIL_FROM": sender})
    assert settings.message_domain == "rf.example", "of PUBLIC_URL"


SIGNS = ("/", "?", "#", "@", "[", "]", ":", "%", "\\", "\u2100", "\u00e4", " ", "$", "&", "=", "+")
ADDRESSES = {
    "DATABASE_URL": "postgresql://u:{}@db.example/rf", "REDIS_URL": "redis://:{}@r.example:6379/0",
    "SMTP_URL": "smtp://u@x.example:{}@m.example:587", "PUBLIC_URL": "https://u:{}@rf.example",
    "CANARY_URL": "https://u:{}@rf.example", "DEAD_MAN_URL": "https://u:{}@hc.example",
}  # fmt: skip


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_password_of_any_signs_is_read_or_refused_and_never_shown(name: str, tmp_path: Path) -> None:
    for sign in SIGNS:
        for password in (f"hush{sign}hush", f"{sign}hush", f"hush{sign}", f"hush{sign}8{sign}hush"):
            given = {**GIVEN, "RESOLUTIONFLOW_VAR": str(tmp_path), name: ADDRESSES[name].format(password)}
            told = ""
            try:
                mailer_for(Settings.read(given).smtp_url)
            except (SettingsError, MailUrlError) as error:
                told = str(error)
            assert not told or name in told
            assert "hush" not in told, sign


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "https://[::1"), ("PUBLIC_URL", "https://rf.example:99999"), ("PUBLIC_URL", "https://rf.example:80x"),
        ("PUBLIC_URL", "https://rf example"), ("PUBLIC_URL", "https://rf.example?x=1"), ("PUBLIC_URL", "https://rf.example#x"),
        ("PUBLIC_URL", "https://"), ("PUBLIC_URL", "https:rf.example"), ("DEAD_MAN_URL", "https://[bad"), ("CANARY_URL", "https://:80"),
        ("REDIS_URL", "redis://h:637x/0"), ("REDIS_URL", "redis://:pass/word@h:6379/0"), ("REDIS_URL", "redis:h:6379"),
        ("REDIS_URL", "redis://"),
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_listed_with_the_others(name: str, value: str, tmp_path: Path) -> None:
    given = {**GIVEN, "RESOLUTIONFLOW_VAR": str(tmp_path), "LOG_LEVEL": "loud", name: value}
    with pytest.raises(SettingsError) as told:
        Settings.read(given)
    assert f"- {name}" in str(told.value)
    assert "LOG_LEVEL" in str(told.value)


@pytest.mark.parametrize(
    "value", ["https://rf.example:8443", "https://rf.example/handoff", "http://127.0.0.1:8000", "http://[::1]:8000", "https://r\u00e9.example"]
)
def test_addresses_as_people_have_them_are_taken(value: str, tmp_path: Path) -> None:
    assert Settings.read({**GIVEN, "RESOLUTIONFLOW_VAR": str(tmp_path), "PUBLIC_URL": f"{value}/"}).public_url == value


@pytest.mark.parametrize("value", ["redis:///0", "rediss:///", "unix:///run/redis.sock", "redis://r:6379/1"])
def test_a_broker_on_this_machine_needs_no_host(value: str, tmp_path: Path) -> None:
    assert Settings.read({**GIVEN, "RESOLUTIONFLOW_VAR": str(tmp_path), "REDIS_URL": value}).redis_url == value


@pytest.mark.parametrize("folder", ["a b", "a%20b", "100%", "a?b", "a#b", "a&b=c", "\u00e4", "a:b", "a@b", "[a]"])
def test_the_database_lies_in_the_folder_that_was_named_whatever_its_signs(folder: str, tmp_path: Path) -> None:
    settings = Settings.read({"SECRET_KEYS": "k" * 40, "RESOLUTIONFLOW_VAR": str(tmp_path / folder)})
    assert settings.database_file == tmp_path / folder / "resolutionflow.db"
    assert normalise_url(settings.database_url).database == str(settings.database_file)


def test_a_key_of_our_own_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, a power cut and a second process that begins meanwhile had each left an empty key in use, or half of one."""
    env = {"RESOLUTIONFLOW_VAR": str(tmp_path)}
    own = tmp_path / "secret_keys"

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(SettingsError, match="No space"):
            Settings.read(env)
    assert [path.name for path in tmp_path.iterdir() if "secret_keys" in path.name] == []
    with ThreadPoolExecutor(8) as many:
        found = set(many.map(lambda _: Settings.read(env).secret_keys, range(8)))
    assert found == {(own.read_text().strip(),)}
    assert len(own.read_text().strip()) >= 32


def refusal(**given: str) -> str:
    """What `Settings.read` says of settings; empty where it takes them."""
    try:
        Settings.read(given)
    except SettingsError as error:
        return str(error)
    return ""


def test_a_key_file_that_holds_no_whole_key_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    """As a full disk, a broken restore and an editor leave one; a short one would encrypt what is stored."""
    own = tmp_path / "secret_keys"
    own.write_bytes(b"AbC")
    assert "put it back from a backup" in refusal(RESOLUTIONFLOW_VAR=str(tmp_path))
    for held in (b"", b"\n", b"k" * 31, b"\xff\xfe" + ("k" * 40).encode("utf-16-le"), b"\x00\xff" * 30):
        own.write_bytes(held)
        assert str(own) in refusal(RESOLUTIONFLOW_VAR=str(tmp_path)), held
        assert own.read_bytes() == held
    own.write_bytes(b"\xef\xbb\xbf" + b"k" * 40 + b"\r\n")
    assert Settings.read({"RESOLUTIONFLOW_VAR": str(tmp_path)}).secret_keys == ("k" * 40,)
    own.unlink()
    own.mkdir()
    assert str(own) in refusal(RESOLUTIONFLOW_VAR=str(tmp_path), LOG_LEVEL="loud"), "and not a traceback"
    assert "too long" in refusal(RESOLUTIONFLOW_VAR=str(tmp_path / ("x" * 300)))
    assert "LOG_LEVEL" in refusal(RESOLUTIONFLOW_VAR=str(tmp_path / "secret_keys" / ".." / "file" / "x"), LOG_LEVEL="loud")


def test_what_only_a_shell_would_have_read_makes_no_second_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for unread in ("~/rf", "~rf/var", "$HOME/rf", "${HOME}/rf", "%h/rf", "%USERPROFILE%/rf"):
        for name, value in (
            ("RESOLUTIONFLOW_VAR", unread), ("SMTP_URL", f"file:{unread}"), ("SMTP_URL", f"file://{unread}"),
            ("DATABASE_URL", f"sqlite:///{unread}/x.db"),
        ):  # fmt: skip
            assert f"- {name}:" in refusal(**{"RESOLUTIONFLOW_VAR": "var", name: value}), value
    for name in (name for name in GIVEN if name.endswith("_URL")):
        assert f"- {name} has a comment" in refusal(**{**GIVEN, name: f"{GIVEN[name]}  # ours"}), name
    assert not list(tmp_path.iterdir())
    for folder in (f"{tmp_path}/a ~ b", f"{tmp_path}/~/rf", "a#b", "rf~1"):
        assert not refusal(RESOLUTIONFLOW_VAR=folder, SECRET_KEYS="k" * 40), folder


def test_alerts_go_to_one_address_and_several_are_refused_at_start() -> None:
    """Each alert's mail would fail, and nobody would be told of that either."""
    for several in ("a@x.example, b@x.example", "a@x.example;b@x.example", "a@x.example b@x.example", "ops", "ops@"):
        assert "OPERATOR_EMAIL" in refusal(**GIVEN | {"OPERATOR_EMAIL": several}), several
    for one in ("ops@x.example", "Night shift <ops@x.example>", "ops@m\u00fcnchen.example", "<ops@x.example>"):
        assert not refusal(**GIVEN | {"OPERATOR_EMAIL": one}), one
