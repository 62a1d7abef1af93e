"""Every storm there is: importing a module registers its storms."""

from tests.storm import clocks, full_disks, outside, restore, rolling, sentinels, upgrade
from tests.storm.storms import STORMS

__all__ = ["STORMS", "clocks", "full_disks", "outside", "restore", "rolling", "sentinels", "upgrade"]
