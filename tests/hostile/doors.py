"""Strangers at every door of the web process: callbacks, other accounts' rows, claim links, the API."""

from __future__ import annotations

from tests.hostile.crossings import crossing
from tests.hostile.forgeries import forged
from tests.hostile.fuzzing import fuzzed
from tests.hostile.scanners import opened

__all__ = ["crossing", "forged", "fuzzed", "opened"]
