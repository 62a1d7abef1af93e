"""The wizard's first part: site, company and keys, asked until they open the PSA.

Which of the three is wrong nobody can say for certain, so whatever was refused, each of them can be changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from worker.cli.account_options import KEYS, as_made
from worker.cli.installation import say, say_wrapped

if TYPE_CHECKING:
    from psa.port import Psa
    from worker.cli.asking import Asker
    from worker.wiring import Services

WORDS = {
    "public_key": "Public key of the API member:", "private_key": "Private key (not shown):",
    "client_id": "Client id, from developer.connectwise.com (not shown):",
}  # fmt: skip


class Opening:
    """Asks for what opens the PSA, and tries it."""

    def __init__(
        self, services: Services, asker: Asker, answers: dict[str, Any], answer: Callable[..., None], keep: Callable[[], None], *,
        allow_private: bool | None, ca_bundle: str | None,
    ) -> None:  # fmt: skip
        """`answers` holds site and company once `answer` has asked for them (with `again` whatever was answered).

        `keep` stores them for a later run, without those that are `doubted`.
        """
        self.services, self.ask, self.answers = services, asker, answers
        self._answer, self._keep = answer, keep
        self._given_private = self.private = allow_private
        self.ca_bundle = ca_bundle
        self.secrets: dict[str, str] = {}
        self.doubted: set[str] = set()
        """Answers that have opened nothing: they are proposed in this run, and not kept for the next."""
        self._refused: dict[str, str] = {}
        """Keys that were not taken: which of the three was wrong nobody says, so each may be kept."""

    def open(self) -> Psa:
        """Ask until the PSA is open. Raises `CannotConnect` without a terminal, `KeyboardInterrupt` for who gives up."""
        from psa.outbound.allowed_hosts import ForbiddenAddress, Site
        from psa.port import Keys
        from worker.account.keys import Refusal, try_keys

        while True:
            self._answer("site")
            self._answer("company")
            self._ask_keys()
            self.ask.stop_if_missing()
            say(f"Trying the keys at {self.answers['site']} …")
            try:
                Site.parse(self.answers["site"], allow_private=bool(self.private))
                psa, info = try_keys(self.services, Keys(
                    site=self.answers["site"], company=self.answers["company"], allow_private=bool(self.private),
                    ca_bundle=self.ca_bundle, escalation_statuses=frozenset(), former_logins=frozenset(), **self.secrets,
                ))  # fmt: skip
            except ForbiddenAddress as error:
                self._again(("site",), str(error), private="--allow-private" in str(error))
            except Refusal as error:
                self._again(error.fields, str(error))
            else:
                self.doubted.clear()
                self._keep()
                say(f"  ok: ConnectWise {info.version}{', cloud' if info.is_cloud else ', on-premises'}")
                return psa

    def _ask_keys(self) -> None:
        for key, variable in KEYS.items():
            if key not in self.secrets:
                flag, before = f"--{key.replace('_', '-')} (or {variable})", self._refused.get(key, "")
                asked = f"{WORDS[key].rstrip('):').replace(' (', ', ')} (enter: as before):" if before else WORDS[key]
                given = self.ask.text(key, asked, secret=key != "public_key", flag=flag, needed=not before)
                self.secrets[key] = as_made(given) or before

    def _again(self, suspects: tuple[str, ...], why: str, *, private: bool = False) -> None:
        """Say what was wrong and ask what to change; without a terminal stop. Raises `CannotConnect`.

        `suspects`: the answers that may be wrong, the likeliest first; none if something else has to be done.
        """
        from worker.account.onboarding import CannotConnect

        if not self.ask.terminal:
            raise CannotConnect(why)
        say_wrapped(f"  {why}")
        if private:
            if self.ask.one("", "Is that a server of your own, in your own network?", [
                ("yes", "yes: http, ports and private addresses are fine for this account"), ("no", "no, I give another host"),
            ], default="no") == "yes":  # fmt: skip
                self.private = True
            else:
                self._change("site")
            return
        self.doubted |= {"site", "company"} & set(suspects)
        self._keep()
        likeliest = next(iter(suspects), "nothing")
        self._change(self.ask.one("", "What shall be changed?", [
            ("site", f"the site ({self.answers['site']})"), ("company", f"the company ({self.answers['company']})"),
            ("keys", "the keys"), ("nothing", "nothing: try again"), ("stop", "stop here"),
        ], default="keys" if likeliest in KEYS else likeliest))  # fmt: skip

    def _change(self, what: str) -> None:
        if what == "stop":
            raise KeyboardInterrupt
        for key in KEYS if what == "keys" else ():
            self.ask.forget(key)
            self._refused[key] = self.secrets.pop(key)
        if what in ("site", "company"):
            self.ask.forget(what)
            if what == "site":  # another host is not of one's own network because this one was
                self.private = self._given_private
            self.doubted.discard(what)
            self._answer(what, again=True)
