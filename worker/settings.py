"""Everything that can be set, read from the environment once and checked all at once.

`Settings.read` reads the settings of an installation. It lists everything that is missing or wrong
in one error, so that nobody fixes one line at a time.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

import idna

from psa.outbound import redis_address
from worker.intervals import Intervals, numbers_in
from worker.model_settings import ModelSettings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SettingsError(ValueError):
    """At least one setting is missing or wrong; the message lists every one of them with what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What this installation is told by its environment."""

    database_url: str
    redis_url: str | None
    """None: a broker of our own is started beside the worker (embedded use)."""
    secret_keys: tuple[str, ...] = field(repr=False)
    public_url: str = "http://127.0.0.1:8000"
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "ResolutionFlow <resolutionflow@localhost>"
    trusted_proxies: tuple[Network, ...] = ()
    """Proxies on other machines, whose word is taken for who asked them; of those on this one it always is."""
    metrics_token: str = field(default="", repr=False)
    """Whoever asks for `/metrics` must send it; empty: only this machine may ask."""
    operator_email: str = ""
    """Who is told of alerts; empty: nobody, they stand in rows, log and metrics."""
    dead_man_url: str = field(default="", repr=False)
    """Asked for each minute while nothing stands still; silence there calls somebody."""
    canary_url: str = ""
    """Where canaries reach the web, as ConnectWise does; empty: none are sent."""
    log_level: str = "INFO"
    var: Path = Path("var")
    """Where embedded use keeps its files: database, broker, keys, mail."""
    threads: int = 16
    """Threads of one worker process that work at the same time (a count); as many again and more may wait."""
    calls_per_second: float = 5.0
    burst: int = 30
    in_flight: int = 10
    intervals: Intervals = field(default_factory=Intervals)
    model: ModelSettings = field(default_factory=ModelSettings)
    encoder: bool = True
    """Whether the local reader reads whole tickets too, a third of a second each, not only weighs words."""

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None, *, begin: bool = True) -> Settings:
        """Read and check the environment. Raises `SettingsError` that lists everything at once.

        In embedded use (no `REDIS_URL`) missing `SECRET_KEYS` are made once and kept in `var/`, mode 0600; not made without
        `begin`, when there may be none.
        """
        wrong: list[str] = []
        env = with_files(_as_meant(os.environ if environ is None else environ), IN_FILES, wrong)
        wrong += _left_unread(env)
        var = Path(env.get("RESOLUTIONFLOW_VAR", "var")).absolute()
        redis_url = env.get("REDIS_URL") or None
        own_file = str(var / "resolutionflow.db").replace("%", "%25").replace("?", "%3F")
        database_url = env.get("DATABASE_URL") or f"sqlite:///{own_file}"
        _check_scheme(wrong, "DATABASE_URL", database_url, ("sqlite", "postgres", "postgresql"))
        if redis_url:
            _check_scheme(wrong, "REDIS_URL", redis_url, ("redis", "rediss", "unix", "sentinel"))
            wrong += redis_address.wrong_in(redis_url)
            wrong += [] if redis_url.startswith("sentinel:") else _address("REDIS_URL", redis_url)
        public_url = (env.get("PUBLIC_URL") or "http://127.0.0.1:8000").rstrip("/")
        _check_scheme(wrong, "PUBLIC_URL", public_url, ("http", "https"))
        wrong += _address("PUBLIC_URL", public_url, plain=True)
        mail_from = env.get("MAIL_FROM") or "ResolutionFlow <resolutionflow@localhost>"
        if "@" not in mail_from:
            wrong.append(f"MAIL_FROM is {mail_from!r}: give an address, e.g. ResolutionFlow <handoff@example.com>")
        smtp_url = env.get("SMTP_URL") or f"file:{var / 'mail'}"
        _check_scheme(wrong, "SMTP_URL", smtp_url, ("smtp", "smtps", "file"))
        level = (env.get("LOG_LEVEL") or "INFO").upper()
        level = "WARNING" if level == "WARN" else level
        if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            wrong.append(f"LOG_LEVEL is {level!r}: use DEBUG, INFO, WARNING or ERROR")
        proxies = _networks(wrong, "TRUSTED_PROXIES", env.get("TRUSTED_PROXIES") or "")
        metrics_token = (env.get("METRICS_TOKEN") or "").strip()
        if metrics_token and len(metrics_token) < 16:
            wrong.append(f"METRICS_TOKEN has {len(metrics_token)} characters; use at least 16 random ones, or none")
        operator_email = (env.get("OPERATOR_EMAIL") or "").strip()
        if operator_email and not re.fullmatch(r"[^@]+@[^@,;\s]+", operator_email):
            wrong.append(f"OPERATOR_EMAIL is {operator_email!r}: give one address (a group's for several people), or none")
        dead_man_url = (env.get("DEAD_MAN_URL") or "").strip()
        if dead_man_url:
            _check_scheme(wrong, "DEAD_MAN_URL", dead_man_url, ("http", "https"))
            wrong += _address("DEAD_MAN_URL", dead_man_url)
        canary_url = _canary_url(wrong, env)
        encoder = encoder_wanted(env, wrong)
        numbers = numbers_in(wrong, env)
        model = ModelSettings.read(env, wrong)
        keys = _secret_keys(wrong, env, var, embedded=redis_url is None, begin=begin and not wrong)
        if wrong:
            raise SettingsError("settings that need attention:\n" + "\n".join(f"  - {line}" for line in wrong))
        counts = {name: numbers.pop(name) for name in ("threads", "burst", "in_flight") if name in numbers}
        return cls(
            database_url=database_url,
            redis_url=redis_url,
            secret_keys=keys,
            public_url=public_url,
            smtp_url=smtp_url,
            mail_from=mail_from,
            trusted_proxies=proxies,
            metrics_token=metrics_token,
            operator_email=operator_email,
            dead_man_url=dead_man_url,
            canary_url=canary_url,
            log_level=level,
            var=var,
            calls_per_second=numbers.pop("calls_per_second", 5.0),
            **{name: int(value) for name, value in counts.items()},
            intervals=Intervals.of(numbers),
            model=model,
            encoder=encoder,
        )

    @property
    def message_domain(self) -> str:
        """The right side of every Message-ID: the domain of `MAIL_FROM`, as mail servers write it; `PUBLIC_URL`'s without one."""
        domain = parseaddr(self.mail_from)[1].rpartition("@")[2]
        try:
            return idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            return urlsplit(self.public_url).hostname or "localhost"

    @property
    def canary_late_s(self) -> float | None:
        """After how many seconds a canary is late; None where none are sent."""
        return self.intervals.canary_late if self.canary_url else None

    @property
    def pool_threads(self) -> int:
        """How many threads a worker process may have in all, those that wait for a slow PSA included."""
        return self.threads * 5

    @property
    def embedded_database(self) -> bool:
        """Whether the database is a file of our own, which commands may bring up to date on the way."""
        return self.database_url.startswith("sqlite")

    @property
    def database_file(self) -> Path | None:
        """Where the embedded database is, if it is a file."""
        place = self.database_url.partition("://")[2].partition("?")[0].partition("/")[2]
        return Path(unquote(place)) if self.embedded_database and place not in ("", ":memory:") else None

    @property
    def broker_socket(self) -> Path:
        """Where the embedded broker listens: short, since a socket's path may have 107 bytes at most."""
        place = hashlib.sha256(str(self.var).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"resolutionflow-{os.getuid()}-{place}" / "broker.sock"

    @property
    def streams_socket(self) -> Path:
        """Where the web hands connections over to the process of the streams; beside the broker's if `var` is too long."""
        beside = self.var / "streams.sock"
        return beside if len(str(beside)) < 100 else self.broker_socket.with_name("streams.sock")

    @property
    def broker_url(self) -> str:
        """The address of the broker, the embedded one's socket where none is given."""
        return self.redis_url or f"redis+socket://{self.broker_socket}"

    @property
    def redis_client_url(self) -> str:
        """The same address in the form the Redis client itself reads."""
        return self.broker_url.replace("redis+socket://", "unix://")


def _as_meant(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what files of settings leave around a value: blanks, line ends, quotation marks, BOM.

    `docker --env-file` hands all of them over. `SECRET_KEYS` stays as it is: what was part of a key must be part of it still.
    """
    meant = {}
    for name, given in environ.items():
        value = given.strip("\ufeff \t\r\n\v\f\u00a0")
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" and value[0] not in value[1:-1]:
            value = value[1:-1].strip()
        meant[name.lstrip("\ufeff")] = given if name == "SECRET_KEYS" else value
    return meant


IN_FILES = (
    "DATABASE_URL", "REDIS_URL", "SECRET_KEYS", "SMTP_URL", "METRICS_TOKEN", "DEAD_MAN_URL",
    "ANTHROPIC_API_KEY", "OPENAI_API_KEY",
)  # fmt: skip
"""Settings that are secrets, or hold one: each may stand in a file that `NAME_FILE` names, as Docker's secrets do."""


def with_files(env: Mapping[str, str], names: Iterable[str], wrong: list[str]) -> dict[str, str]:
    """Return the settings with those that stand in files, without the line's end. Adds to `wrong`, never with a value."""
    whole = dict(env)
    for name in names:
        path = env.get(f"{name}_FILE")
        if not path:
            continue
        if env.get(name):
            wrong.append(f"{name} and {name}_FILE are both set: keep one")
            continue
        try:
            value = Path(path).read_text(encoding="utf-8-sig").rstrip("\r\n")
            why = "is empty" if not value.strip() else "has more than one line" if "\n" in value else ""
            why = why or ("" if value.isprintable() else "is no text")
        except (OSError, ValueError) as error:
            value, why = "", f"cannot be read ({error.strerror})" if isinstance(error, OSError) else "is no text"
        whole[name] = value
        wrong += [f"{name}_FILE: {path} {why}"] if why else []
    return whole


_PLACES = {"RESOLUTIONFLOW_VAR": "", "SMTP_URL": "file:", "DATABASE_URL": "sqlite:"}


def _left_unread(env: Mapping[str, str]) -> list[str]:
    """Return what only a shell would have read: `~` and variables before a folder, a comment behind an address."""
    wrong = []
    for name, scheme in _PLACES.items():
        place = env.get(name, "")
        if place.startswith(scheme) and place.removeprefix(scheme).lstrip("/").startswith(("~", "$", "%")):
            wrong.append(f"{name}: no shell reads ~ or a variable here; give the whole path")
    # Only those of ours: other programs' settings stand in the same environment.
    ours = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "SMTP_URL", "DEAD_MAN_URL", "CANARY_URL")
    wrong += [f"{name} has a comment behind it, which is read as part of it; give it a line of its own"
              for name in ours if re.search(r"\s#", env.get(name, ""))]  # fmt: skip
    return wrong


def encoder_wanted(environ: Mapping[str, str] | None = None, wrong: list[str] | None = None) -> bool:
    """Tell whether `READER_ENCODER` leaves the reader its encoder. Adds to `wrong` what is neither `on` nor `off`."""
    env = os.environ if environ is None else environ
    said = (env.get("READER_ENCODER") or "on").strip().lower()
    if said not in ("on", "off") and wrong is not None:
        wrong.append(f"READER_ENCODER is {said!r}: use on or off")
    return said != "off"


def _canary_url(wrong: list[str], env: Mapping[str, str]) -> str:
    """Return where canaries go: `PUBLIC_URL` where one is given, since its default reaches nobody for certain."""
    url = (env.get("CANARY_URL") or env.get("PUBLIC_URL") or "").strip().rstrip("/")
    if url in ("", "off"):
        return ""
    if env.get("CANARY_URL"):
        _check_scheme(wrong, "CANARY_URL", url, ("http", "https"))
        wrong += _address("CANARY_URL", url, plain=True)
    return url


def _check_scheme(wrong: list[str], name: str, value: str, schemes: tuple[str, ...]) -> None:
    # Not read as an address: the password may hold what `urlsplit` will not have, and would be shown with its error.
    scheme = value.partition(":")[0].split("+")[0].lower() if ":" in value else ""
    if scheme not in schemes:
        wanted = ", ".join(f"{s}:" for s in schemes)
        wrong.append(f"{name} must begin with one of {wanted}; got {scheme or 'no scheme'!r}")


def _address(name: str, value: str, *, plain: bool = False) -> list[str]:
    """Return what is wrong with an address; with `plain` it may have host, port and path alone. The password is not told."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return [f"{name} is no address: check host and port; a / ? # @ [ or ] in a password must be percent-encoded"]
    if parts.scheme == "unix" or (parts.scheme.startswith("redis") and value.partition(":")[2].startswith("///")):
        return []  # a socket, or this machine
    if not host or not re.fullmatch(r"[\w.:-]+", host):
        return [f"{name} names no host; give e.g. {'https://handoff.example.com' if plain else f'{parts.scheme}://host.example'}"]
    if plain and (parts.username is not None or parts.query or parts.fragment):
        return [f"{name} takes no user and nothing behind the path: others append to it; give e.g. https://handoff.example.com"]
    return []


def _networks(wrong: list[str], name: str, text: str) -> tuple[Network, ...]:
    found: list[Network] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            network = ipaddress.ip_network(part)
        except ValueError as error:
            wrong.append(f"{name}: {error}; give addresses or networks such as 10.0.0.5, 10.1.0.0/24")
            continue
        if network.prefixlen == 0:
            wrong.append(f"{name}: {part} is everybody, who could then give any address for their own")
        found.append(network)
    return tuple(found)


def _secret_keys(wrong: list[str], env: Mapping[str, str], var: Path, *, embedded: bool, begin: bool) -> tuple[str, ...]:
    given = tuple(key.strip() for key in env.get("SECRET_KEYS", "").split(",") if key.strip())
    for number, key in enumerate(given, 1):
        if len(key) < 32:
            wrong.append(f"SECRET_KEYS: key {number} has {len(key)} characters; use at least 32 random ones")
    if given:
        return given
    if not embedded:
        wrong.append(
            "SECRET_KEYS is missing: give one or more random keys of 32 characters or more, comma-separated; "
            'one way to make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
        return ()
    own = var / "secret_keys"
    try:
        if not own.exists() and (wrong or not begin):  # what is refused leaves no folder and no key behind
            return ()
        kept = _own_key(own)
    except (OSError, ValueError) as error:
        wrong.append(f"{own} cannot be read or made ({getattr(error, 'strerror', None) or 'it is no text'})")
        return ()
    if len(kept) < 32:  # cut short by a full disk or a power cut; whoever went on with it could be signed in as by anybody
        wrong.append(
            f"{own} holds no whole key ({len(kept)} characters of 32 or more): put it back from a backup, since stored "
            "credentials are sealed with it; where no account was added yet, remove the file and start again"
        )
    return (kept,)


def _own_key(path: Path) -> str:
    """Return this installation's own key, made on first use. Losing the file loses the stored credentials.

    It is there whole or not at all: another process may begin at the same moment, and the disk be full.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, made = tempfile.mkstemp(dir=path.parent, prefix=".secret_keys")  # mode 0600
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(32) + "\n")
                file.flush()
                os.fsync(descriptor)
            try:
                os.link(made, path)
            except FileExistsError:
                pass
            except OSError:  # a file system without links
                Path(made).replace(path)
        finally:
            Path(made).unlink(missing_ok=True)
    return path.read_text(encoding="utf-8-sig").strip()  # Windows' editors begin a file with a mark


def calculate_on_one_processor() -> None:
    """Keep numpy, if it is not loaded yet, from starting threads: on busy processors they wait for each other."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def own_token(environ: Mapping[str, str] | None = None) -> str:
    """Return the token of whoever runs a program on their own desktop, which knows no other setting; empty without one."""
    env = os.environ if environ is None else environ
    return env.get("RESOLUTIONFLOW_TOKEN", "").strip()
