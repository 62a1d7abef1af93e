"""Storms in which the disks are full."""

from __future__ import annotations

from pathlib import Path

from tests.storm.disks import fill, free
from tests.storm.rig import Rig
from tests.storm.storms import Force, rain, some, storm


@storm("disk: full under database, broker and logs", disk=True)
def _full(rig: Rig, force: Force) -> None:
    rain(rig, some(force))
    _while_full(rig, force, rig.disks)


@storm("disk: full under the database", only="postgresql", disk=True)
def _database_full(rig: Rig, force: Force) -> None:
    rain(rig, some(force))
    _while_full(rig, force, rig.disks[1:])


@storm("disk: full again and again", disk=True)
def _now_and_then(rig: Rig, force: Force) -> None:
    for _ in range(3):
        _while_full(rig, some(force), rig.disks)
        rain(rig, some(force))


def _while_full(rig: Rig, force: Force, disks: list[Path]) -> None:
    """Rain while every free byte is taken at once."""
    for disk in disks:
        fill(disk)
    try:
        rain(rig, force)
        for msp in rig.msps:
            said = {attempt["status"] for one in msp.simulator.deliveries() for attempt in one["attempts"]}
            rig.blame += [f"{msp.name}: a callback was answered {code}" for code in said - {204, 429}]
    finally:
        for disk in disks:
            free(disk)
