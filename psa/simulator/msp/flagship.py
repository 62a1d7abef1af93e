"""The ticket of the demo, and what the same customer reported before.

The story: somebody replaced the firewall at Harbour Street and typed the tunnel in again by hand. Its key lives
8 hours (28800 s), renewing it fails, so Clifton is cut off exactly 8 hours after the tunnel came up.
"""

# ruff: noqa: E501 - what people typed stays in the lines they typed it in

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psa.simulator.msp.forms import (
    DAY,
    HOUR,
    P2,
    P3,
    P4,
    document,
    note,
    said,
    schedule,
    status,
    task,
    ticket,
    work,
)  # fmt: skip

NUMBER = 48213
_LONDON = ZoneInfo("Europe/London")
_EIGHT_HOURS = 8 * HOUR
# Minutes since the three drops. They differ by the day, because the office starts at a different minute each day.
_FIRST_DROP = 2 * DAY + 3 * HOUR + 12
_SECOND_DROP = DAY + HOUR + 4
_THIRD_DROP = 31

Clock = Callable[[int], str]


def tickets(now: datetime) -> list[dict[str, Any]]:
    """Return the flagship, not escalated yet, and three earlier tickets of Bright & Rowe."""
    return [flagship(now), *_earlier()]


def flagship(now: datetime) -> dict[str, Any]:
    """Return ticket 48213: the Clifton office loses its VPN exactly eight hours after it came up, every day."""
    return ticket(
        "vpn-8h", "network", "brightrowe", "Clifton loses VPN to Harbour Street every day after exactly 8 hours",
        number=NUMBER, entered=_FIRST_DROP - 12, contact="Ellen Marsh", site="Clifton", priority=P2, owner="jlind",
        configurations=["PC-14", "FW-HARBOUR"],
        description="""
            Hi, our connection to Harbour Street keeps dropping, all four of us in Clifton at the same moment. CaseFile freezes
            and then says server not available. Someone here has to switch the little router box off and on, then it is
            fine for the rest of the day. Same yesterday and the day before and again just now. We switch everything off at the
            wall in the evening if that matters. Please look at this soon, we have completions this week.

            Ellen Marsh
            Conveyancing, Clifton
            """,
        entries=[*_first_days(_wall_clock(now)), *_today(now, _wall_clock(now))],
    )  # fmt: skip


def _wall_clock(now: datetime) -> Clock:
    """Return what the clock on the wall in Bristol showed so many minutes ago."""
    return lambda ago: (now - timedelta(minutes=ago)).astimezone(_LONDON).strftime("%H:%M")


def _promised(now: datetime) -> str:
    """Return a quarter of an hour, 30 to 45 minutes away."""
    local = (now + timedelta(minutes=45)).astimezone(_LONDON)
    return (local - timedelta(minutes=local.minute % 15)).strftime("%H:%M")


def _first_days(at: Clock) -> list[dict[str, Any]]:
    return [
        note("hmoore", _FIRST_DROP - 20, "tel from Ellen, 4 users, all Clifton. told her not to touch the router till Jonas has had a look"),
        schedule("jlind", _FIRST_DROP - 30, 60, _FIRST_DROP - 24),
        status("In Progress", "jlind", _FIRST_DROP - 25),
        work("jlind", _FIRST_DROP - 110, 40, """
            Remoted onto PC-14. Flushed DNS and renewed the lease, no change, CaseFile still cant find the server.
            Checked power settings, neither PC nor NIC goes to sleep so its not that.
            Pinged Clifton router 192.168.14.1 during the outage: 0% loss. 192.168.10.10 (SRV-BR-01) times out. So lan ok, tunnel down.
            """, start_ago=_FIRST_DROP - 28),
        note("jlind", _FIRST_DROP - 112, f"""
            event log PC-14

            Log Name:      Application
            Source:        CaseFile Client
            Event ID:      1071
            Time:          {at(_FIRST_DROP)}:07
            Level:         Error
            Computer:      PC-14.brightrowe.example
            Description:
            Lost connection to SRV-BR-01,1433. TCP Provider: The semaphore timeout period has expired.
            SQLSTATE 08S01, native error 121
            """),
        note("jlind", _FIRST_DROP - 125, """
            rebooted FW-HARBOUR, Graham said ok. Tunnel came straight back, all four working. Will watch
            """),
        note("jlind", _SECOND_DROP - 30, f"""
            Ellen emailed, same again, so the fw reboot only held till the next day. Looked at the times: tunnel up
            {at(_SECOND_DROP + _EIGHT_HOURS)}, down {at(_SECOND_DROP)}. day before up {at(_FIRST_DROP + _EIGHT_HOURS)}, down {at(_FIRST_DROP)}. Thats 8 hrs on the dot both times.
            """),
        work("jlind", _SECOND_DROP - 240, 45, """
            Put loan laptop LT-07 on the Clifton lan in the morning, it dropped at the same second as PC-14. Not the PC then.
            Rang Westline (ISP Clifton) ref WL-55120: line up 41 days, no errors, no session limit on their side.
            """, start_ago=_SECOND_DROP + 15),
    ]  # fmt: skip


def _today(now: datetime, at: Clock) -> list[dict[str, Any]]:
    off = 145
    day = (now - timedelta(minutes=_THIRD_DROP)).astimezone(_LONDON).date()
    return [
        note("jlind", 1175, """
            Lowered MTU on the tunnel interface to 1350 (was 1420), no change. Put back to 1420.
            Tried to update RouterOS on FW-CLIFTON, failed: "not enough disk space for upgrade". Left as it was.
            login for the hex: ngsupport password: Tidewater!4471 (old IT company set this, not in the vault)
            """),
        note("jlind", off, f"""
            Turned off Sentinel antivirus on PC-14 at {at(off)} to see if its network filter kills the session. Leaving it off until
            the next drop.
            """),
        said("Ellen Marsh", 92, """
            Still up at the moment but it WILL go again this afternoon like every day. Can someone please tell me what the plan is?
            """),
        note("jlind", _THIRD_DROP - 9, f"""
            dropped again {at(_THIRD_DROP)}, was up since {at(_THIRD_DROP + _EIGHT_HOURS)}. AV off made no difference.
            from FW-HARBOUR:

            date={day:%Y-%m-%d} time={at(_THIRD_DROP)}:41 logid="0101037124" type="event" subtype="vpn" level="error"
            msg="IPsec phase 1 error" action="negotiate" remip=198.51.100.77 locip=203.0.113.18 remport=500
            vpntunnel="CLIFTON" status="negotiate_error" reason="peer SA proposal not match local policy"
            ike 0:CLIFTON:9188: no SA proposal chosen
            """),
        document("FW-HARBOUR vpn log, last three drops", "fw-harbour-vpn.log", 48_112),
        task("Collect up/down times of the tunnel", done=True),
        task("Switch Sentinel back on on PC-14"),
        note("jlind", 8, f"""
            Spoke to Ellen, they power cycled the router and are working for now. She is not happy, completions tomorrow morning.
            Told her an engineer would call by {_promised(now)}. I dont know the ipsec side well enough, will escalate.
            """),
    ]  # fmt: skip


def _earlier() -> list[dict[str, Any]]:
    return [
        ticket("br-firewall-swap", "network", "brightrowe", "Replace firewall Harbour Street (end of support)",
               entered=16 * DAY, closed=9 * DAY, contact="Graham Rowe", site="Harbour Street", board="Network/NOC",
               state="Closed", priority=P4, kind="Change", owner="rdubois", configurations=["FW-HARBOUR"],
               description="Old box is end of support. Swap out of hours as agreed with Graham, quote Q-3312.",
               entries=[
                   work("rdubois", 9 * DAY + HOUR, 180, """
                       Swapped, WAN up first time. Rules imported from the old box. Import tool choked on the vpn section so
                       typed in the CLIFTON tunnel again by hand, took the suggested proposals, keylife 28800. Tunnel up, pinged through, done.
                       """, start_ago=9 * DAY + 5 * HOUR, internal=False),
                   note("rdubois", 9 * DAY + 50, "new fw live, tunnel tested. serial in config. old box is in my van", "resolution"),
               ]),
        ticket("br-casefile-slow", "database_app", "brightrowe", "CaseFile slow in Clifton in the mornings",
               entered=6 * DAY, closed=5 * DAY, contact="Priya Nair", site="Clifton", state="Closed", priority=P3,
               owner="skaur", configurations=["SRV-BR-01"],
               description="Opening a matter takes a minute or more before about 10, later its ok",
               entries=[
                   note("skaur", 6 * DAY - 90, "sql express at its 1410 MB memory cap, antivirus full scan runs 07:00-09:30 on SRV-BR-01"),
                   note("skaur", 5 * DAY + 30, "moved the scan to 22:00. Priya confirms matters open in 3-4 sec today.", "resolution"),
               ]),
        ticket("br-clifton-line", "network", "brightrowe", "Clifton no internet", entered=43 * DAY, closed=42 * DAY + 900,
               contact="Ellen Marsh", site="Clifton", board="Network/NOC", state="Closed", priority=P2, owner="ctanaka",
               configurations=["FW-CLIFTON"], description="nothing works, phones also down",
               entries=[
                   work("ctanaka", 43 * DAY - 60, 20, "No sync on the Westline NTE. Raised fault WL-53877 with them, they see a break 1.2 km from the exchange."),
                   note("ctanaka", 42 * DAY + 910, "Westline repaired the joint, line back. Ellen happy", "resolution"),
               ]),
    ]  # fmt: skip
