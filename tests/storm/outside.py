"""The storms in what is not ours: ConnectWise and the mail server."""

from __future__ import annotations

import time

from tests.storm.proxy import Fault
from tests.storm.rig import Rig
from tests.storm.storms import Force, rain, storm
from worker.demo.mail_catcher import Faults as MailFaults

NOTES = r"/service/tickets/\d+/notes$"
API = r"/apis/"


# ConnectWise


@storm("psa: hidden limit of 5/s")
def _throttling(rig: Rig, force: Force) -> None:
    for msp in rig.msps:
        msp.simulator.settings(rate_limit=5, rate_burst=10, rate_retry_after=1)
    try:
        rain(rig, force)
    finally:
        for msp in rig.msps:
            msp.simulator.settings(rate_limit=None)


@storm("psa: half of all calls fail")
def _failing(rig: Rig, force: Force) -> None:
    for status in (500, 502, 503):
        rig.stack.simulator.fault(path=API, kind="status", status=status, probability=0.2)
    rain(rig, force)


@storm("psa: hangs")
def _hanging(rig: Rig, force: Force) -> None:
    rig.stack.simulator.fault(path=API, kind="hang", probability=0.2, seconds=10)
    rain(rig, force)


@storm("psa: resets and halves of answers")
def _resetting(rig: Rig, force: Force) -> None:
    rig.stack.simulator.fault(path=API, kind="reset", probability=0.15)
    rig.stack.simulator.fault(path=API, kind="truncate", probability=0.15)
    rain(rig, force)


@storm("psa: web pages and empty answers")
def _html(rig: Rig, force: Force) -> None:
    rig.stack.simulator.fault(path=API, kind="html", status=200, probability=0.15)
    rig.stack.simulator.fault(path=API, kind="html", status=503, probability=0.1)
    rig.stack.simulator.fault(path=API, kind="empty", status=200, probability=0.1)
    rain(rig, force)


@storm("psa: notes applied, not answered")
def _unanswered(rig: Rig, force: Force) -> None:
    spoil_posts(rig)
    rain(rig, force)


@storm("psa: as before, and notes show late")
def _unanswered_and_late(rig: Rig, force: Force) -> None:
    spoil_posts(rig)
    for msp in rig.msps:
        msp.simulator.settings(note_lag_s=1.5)
    try:
        rain(rig, force)
    finally:
        time.sleep(1.5)
        for msp in rig.msps:
            msp.simulator.settings(note_lag_s=0)


def spoil_posts(rig: Rig) -> None:
    """Let ConnectWise carry out every POST of a note and answer none."""
    for kind, more in (("reset", {}), ("hang", {"seconds": 5}), ("status", {"status": 504}), ("html", {"status": 200})):
        rig.stack.simulator.fault(method="POST", path=NOTES, kind=kind, applied=True, probability=0.25, **more)


@storm("psa: down")
def _psa_down(rig: Rig, force: Force) -> None:
    rig.stack.simulator.fault(path=API, kind="status", status=503)
    rain(rig, force)


@storm("psa: frozen")
def _psa_frozen(rig: Rig, force: Force) -> None:
    rig.stack.simulator.fault(path=API, kind="hang", seconds=60)
    rain(rig, force)


# mail


@storm("mail: down")
def _mail_down(rig: Rig, force: Force) -> None:
    rig.smtp.fault = Fault(down=True)
    rain(rig, force)


@storm("mail: frozen")
def _mail_frozen(rig: Rig, force: Force) -> None:
    rig.smtp.fault = Fault(frozen=True)
    rain(rig, force)


@storm("mail: greylisting")
def _greylisting(rig: Rig, force: Force) -> None:
    rig.mail.faults = MailFaults(greylist=True)
    rain(rig, force)


@storm("mail: one recipient refused", refused_mail=("failed",))
def _one_refused(rig: Rig, force: Force) -> None:
    rig.mail.faults = MailFaults(refuse=frozenset({"maja.svensson@northgate.example", "nhart@lakeside.example"}))
    rain(rig, force)
    time.sleep(3)


@storm("mail: no answer after DATA")
def _after_data(rig: Rig, force: Force) -> None:
    rig.mail.faults = MailFaults(hang_after_data=3, drop_after_data=3)
    rain(rig, force)
