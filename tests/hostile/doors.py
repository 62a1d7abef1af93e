"""Strangers at every door of the web process: callbacks, other accounts' rows, claim links, the API."""

from __future__ import annotations

from tests.hostile.commands import commanded
from tests.hostile.crossings import crossing
from tests.hostile.every_route import every_route
from tests.hostile.forgeries import forged
from tests.hostile.fuzzing import fuzzed
from tests.hostile.scanners import opened

__all__ = ["commanded", "crossing", "every_route", "forged", "fuzzed", "opened"]
