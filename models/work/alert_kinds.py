"""The kinds of alert there are: each with what closes it, as the runbook says it too."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """A kind of alert: its name, what closes it, and whether we do it; else only the operator does.

    An open alert is told once. So what closes it has to be the end of its cause and nothing less, else a cause that lasts is
    told again and again; and it has to come, else the next outage is told to nobody.
    """

    closes: str
    by_us: bool

    def __new__(cls, name: str, closes: str, by_us: bool = True) -> Kind:
        """Make a kind."""
        kind = str.__new__(cls, name)
        kind._value_, kind.closes, kind.by_us = name, closes, by_us
        return kind

    NOTE_VISIBLE = "note visible", "with `resolutionflow account set NAME --unfreeze`"
    NOTE_STAYS = "visible note stays", "by itself once the note is gone, or says nothing any more"
    NOT_REFRESHED = "brief not refreshed", "by itself with the next look at the ticket that goes well, or finds it gone"
    PARKED = (
        "brief parked", "by itself with the note; where none will come any more, with `account check NAME --clear-alerts`",
    )  # fmt: skip
    SECOND_BRIEF = "second brief", "with `account check NAME --clear-alerts`; each note is told of once", False
    OWNER_NOT_SET = (
        "owner not set", "by itself when an owner is set there later, else with `account check NAME --clear-alerts`"
    )  # fmt: skip
    HANDOFF_STANDS = "handoff stands still", "by itself once it moves"
    CALLBACK_STANDS = "callback stands still", "by itself once it moves"
    MESSAGE_STANDS = "message stands still", "by itself once it moves"
    NOT_POLLED = "account is not polled", "by itself once it moves"
    SILENT = "no sign of life", "by itself with the next sign"
    CANARY_LATE = "canary is late", "by itself when a later canary of that account ends, or when it is sent none any more"
    CALLBACK_PARKED = "callback parked", "with `resolutionflow replay`"
    FORGED = "forged callback", "with `account check NAME --clear-alerts`; each day is told of once", False
    REFUSED = (
        "psa refuses us",
        "by itself: what a poll was refused with the next good poll, members when they are read, a write when it succeeds and "
        "none that was refused waits any more",
    )  # fmt: skip
    CALLBACK_INACTIVE = "callback was inactive", "by itself with the next check that finds all entries active"
    OTHER_KEY = "other callback key", "by itself with the new address"
    CALLBACKS_REFUSED = "callbacks are refused", "by itself with the next callback that is accepted"
    STATUS_GONE = "status is gone", "by itself once all names are found"
    NOBODY_TO_TELL = "nobody to tell", "by itself once there is somebody, or the dry run is over"
    NOBODY_TO_REPORT_TO = "nobody to report to", "by itself with the next weekly e-mail that has a reader"
    MAIL_REFUSED = (
        "mail refused", "by itself when a message there is taken, or the address is in use no more"
    )  # fmt: skip
    CANNOT_SEND = "mail cannot be sent", "by itself when a message is taken and none that failed waits any more"
