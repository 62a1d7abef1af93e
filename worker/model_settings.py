"""Which large model this installation may ask, read from the environment and checked with everything else."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from urllib.parse import urlsplit

PROVIDERS = ("none", "anthropic", "openai")
DEFAULT_MODELS = {"anthropic": "claude-sonnet-5-5", "openai": "gpt-6.2-sol"}


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """The provider, its key and address, and what it charges."""

    provider: str = "none"
    """`none` keeps every account with the local reader, whatever is set for it."""
    key: str = field(default="", repr=False)
    base_url: str | None = None
    """None: the provider's own."""
    model: str = ""
    price: tuple[float, float] | None = None
    """For a million tokens in and out, in the provider's currency; None: unknown, so caps count tokens."""

    @classmethod
    def read(cls, env: Mapping[str, str], wrong: list[str]) -> ModelSettings:
        """Read the `AI_…` settings and the provider's key; add a line to `wrong` for each that needs attention."""
        provider = (env.get("AI_PROVIDER") or "none").strip().lower()
        if provider not in PROVIDERS:
            wrong.append(f"AI_PROVIDER is {provider!r}: use one of {', '.join(PROVIDERS)}")
            return cls()
        price = _price(env, wrong)
        base_url = _base_url(env, wrong)
        if provider == "none":
            return cls()
        if find_spec(provider) is None:
            wrong.append(f"AI_PROVIDER is {provider} and its library is missing: install the extra {provider} (docs/install.md)")
        name = f"{provider.upper()}_API_KEY"
        key = (env.get(name) or "").strip()
        if not key and base_url is None:
            wrong.append(f"{name} is missing: AI_PROVIDER is {provider}, give its key (or set AI_PROVIDER=none)")
        if not key.isascii() or not key.isprintable() or " " in key:
            wrong.append(f"{name} holds blanks or characters that no key has: copy it again")
        model = (env.get("AI_MODEL") or DEFAULT_MODELS[provider]).strip()
        if len(model) > 100 or not model.isprintable():
            wrong.append("AI_MODEL is no model's name: give one as the provider writes it, up to 100 characters")
        # A server of one's own often wants no key, but the libraries do.
        return cls(provider, key or "none-needed", base_url, model, price)

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        """Return what so many tokens cost; None where no price is known."""
        if self.price is None:
            return None
        return (tokens_in * self.price[0] + tokens_out * self.price[1]) / 1_000_000


def _price(env: Mapping[str, str], wrong: list[str]) -> tuple[float, float] | None:
    text = (env.get("AI_PRICE") or "").strip()
    if not text:
        return None
    try:
        into, out = (float(part) for part in text.split("/"))
    except ValueError:
        into = out = math.nan
    if not (0 <= into < 100_000 and 0 <= out < 100_000):
        wrong.append(f"AI_PRICE is {text!r}: give the price of a million tokens in and out, e.g. 3.00/15.00")
        return None
    return into, out


def _base_url(env: Mapping[str, str], wrong: list[str]) -> str | None:
    url = (env.get("AI_BASE_URL") or "").strip().rstrip("/")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        wrong.append("AI_BASE_URL is no plain http or https address; give e.g. https://gateway.example.com/v1")
    elif parts.scheme == "http" and not _at_home(host):
        wrong.append(f"AI_BASE_URL would send ticket text to {host} in the clear: use https, or a host of your own network")
    return url


def _at_home(host: str) -> bool:
    """Tell whether a host is on this machine or in a network of one's own, by its name alone."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".lan", ".localhost"))
    return address.is_private or address.is_loopback
