"""Questions at a terminal, or their answers from flags: whoever asks need not know which.

A question whose flag was given is not asked. Without a terminal what is proposed counts, and what nobody can propose is
listed, all at once. A secret is never shown.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from worker.account.proposals import Choice, proposed


@contextmanager
def without_echo() -> Iterator[None]:
    """Let the terminal show nothing by itself: keys pasted ahead of their question would stand there to be read."""
    if not sys.stdin.isatty():
        yield
        return
    import termios

    place = sys.stdin.fileno()
    before = termios.tcgetattr(place)
    quiet = [*before]
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(place, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(place, termios.TCSADRAIN, before)


class StillNeeded(RuntimeError):
    """Answers that nobody gave and nobody can guess; the message lists their flags."""


class Asker:
    """Asks, or takes what was given."""

    def __init__(self, given: Mapping[str, Any], *, terminal: bool, say: Callable[[str], None]) -> None:
        """`given`: answers by key, as flags or environment gave them; None where they did not."""
        self._given = {key: value for key, value in given.items() if value is not None}
        self.terminal, self.say = terminal, say
        self.missing: list[str] = []

    def forget(self, key: str) -> None:
        """Ask for it, whatever was given: it was wrong, or is to be changed."""
        self._given.pop(key, None)

    def has(self, key: str) -> bool:
        """Tell whether it was given."""
        return key in self._given

    def stop_if_missing(self) -> None:
        """Raise `StillNeeded` if answers are missing so far."""
        if self.missing:
            raise StillNeeded(f"still needed: {', '.join(self.missing)}")

    def text(
        self, key: str, question: str, *, default: str = "", check: Callable[[str], object] | None = None,
        needed: bool = True, secret: bool = False, flag: str = "",
    ) -> str:  # fmt: skip
        """Ask for a line. `check` raises `ValueError` with what to write instead."""
        if key in self._given:
            value = str(self._given[key]).strip()
            if check:
                check(value)
            return value
        if not self.terminal:
            if needed and not default:
                self.missing.append(flag or f"--{key.replace('_', '-')}")
            return default
        import questionary

        def fits(value: str) -> bool | str:
            if not value.strip():
                return "this is needed" if needed else True
            try:
                if check:
                    check(value.strip())
            except ValueError as error:
                return str(error)
            return True

        if secret:
            return str(questionary.password(question, validate=fits).unsafe_ask()).strip()
        return str(questionary.text(question, default=default, validate=fits).unsafe_ask()).strip()

    def one(self, key: str, question: str, choices: Sequence[tuple[str, str]], *, default: str | None = None) -> str:
        """Ask for one of several values, each with its title."""
        if key in self._given:
            return str(self._given[key])
        if not self.terminal:
            if default is None:
                self.missing.append(f"--{key.replace('_', '-')}")
            return default or ""
        import questionary

        shown = [questionary.Choice(title, value=value) for value, title in choices]
        start = next((choice for choice in shown if choice.value == default), None)
        return str(questionary.select(question, choices=shown, default=start, use_jk_keys=False).unsafe_ask())

    def some(self, key: str, question: str, choices: Sequence[Choice], *, needed: bool, flag: str = "") -> list[str]:
        """Ask for some of several names; what is proposed is ticked."""
        if key in self._given:
            value = self._given[key]
            if needed and not value:
                self.missing.append(flag or f"--{key.replace('_', '-')}")
            return [value] if isinstance(value, str) else list(value)
        if not self.terminal:
            chosen = proposed(choices)
            if needed and not chosen:
                self.missing.append(flag or f"--{key.replace('_', '-')}")
            return chosen
        import questionary

        width = max((len(choice.name) for choice in choices), default=0)
        shown = [
            questionary.Choice(f"{c.name:<{width}}  {c.because}".rstrip(), value=c.name, checked=c.proposed) for c in choices
        ]
        if not shown:
            return []

        def fits(chosen: list[str]) -> bool | str:
            return True if chosen or not needed else "choose one at least: space ticks, enter goes on"

        found = questionary.checkbox(
            question, choices=shown, validate=fits, use_jk_keys=False, instruction="(space ticks, enter goes on)"
        ).unsafe_ask()
        return [str(name) for name in found]
