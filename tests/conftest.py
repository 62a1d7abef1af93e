"""Fixtures for all tests, each subject's own in a module beside this one; and what runs in one process, in which order."""

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import settings

from tests.databases import (
    database,
    emptied,
    postgres_database,
    postgres_server,
    postgres_url,
    sqlite_database,
    sqlite_template,
    sqlite_url,
)
from tests.products import SHARED, journey, pytest_runtest_teardown, rig_database, shared_rig

__all__ = [
    "database",
    "emptied",
    "journey",
    "postgres_database",
    "postgres_server",
    "postgres_url",
    "pytest_runtest_teardown",
    "rig_database",
    "shared_rig",
    "sqlite_database",
    "sqlite_template",
    "sqlite_url",
]

os.environ.setdefault("READER_ENCODER", "off")
"""A ticket takes a third of a second with it: tests that are about it ask for it, the others are about everything else."""
settings.register_profile("tests", deadline=None)  # a wait for a processor is no fault of a rule
settings.load_profile("tests")

_configure = structlog.configure


def _uncached(**how: Any) -> None:
    """Set logs up so that no logger stays as the first program in this process has it: later tests would miss its lines."""
    _configure(**{**how, "cache_logger_on_first_use": False})


structlog.configure = _uncached  # type: ignore[assignment]
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.__stderr__))
"""A thread of an earlier test that is still at work writes nothing between what a command prints."""


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """Take back what a command set up that ran in this process: from which level on is logged."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


gc.set_threshold(20_000, 50, 100)
"""What is loaded and collected stays to the end: looking through it for garbage was a sixth of all processor time."""


def pytest_collection_finish() -> None:
    """Leave what is there by now out of every later look."""
    gc.collect()
    gc.freeze()


FIRST = ("hostile", "storm", "journeys", "integration", "unit")
"""Whoever waits most begins first, so that what only computes fills the waits and the end. Of those that share a product,
storms come before journeys: they ask of every brief there who escalated its ticket."""
ON_TOP = ("tests/integration/worker/", "tests/integration/webhooks/", "tests/integration/test_backup.py")
ON_BOTH = (
    "tests/integration/webhooks/callbacks/test_receiver.py", "tests/integration/webhooks/callbacks/test_unverified.py",
    "tests/integration/webhooks/claims/test_race.py",
)  # fmt: skip
_KIND = re.compile(r"[\[-](sqlite|postgres(?:ql)?)[\]-]")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what waits most first. Raises `UsageError` where a file uses a shared product and is not known to.

    What the two databases do differently is in `tests/integration/models`, in how callbacks are taken and in who wins a claim, on
    both in each run; what the workers and the rest of the web do on top of that is tried on SQLite there, and on PostgreSQL with
    the storms (`make storm-short`, which CI runs next).
    """
    for item in items:
        if item.nodeid.startswith(ON_TOP) and not item.nodeid.startswith(ON_BOTH) and "postgres" in item.nodeid.partition("[")[2]:
            item.add_marker("storm")
        for product in set(SHARED) & set(getattr(item, "fixturenames", ())):
            if not item.nodeid.startswith(SHARED[product]):
                raise pytest.UsageError(f"{item.nodeid} uses {product}: name its file in SHARED, tests/products.py")
    items.sort(key=lambda item: FIRST.index(folder) if (folder := item.nodeid.split("/")[1]) in FIRST else len(FIRST))


def group(nodeid: str) -> str:
    """Return what has to run in one process with a test: the rest of its file or of its product, on one kind of database."""
    file = nodeid.partition("::")[0]
    product = next((name for name, files in SHARED.items() if file in files), file)
    kind = _KIND.search(nodeid)
    return f"{product} {kind[1]}" if kind else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out whole groups, in the order of collection (`--dist loadgroup`; xdist's own does not know pytest 9.2's ids)."""
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    config.option.loadscopereorder = False
    return ByGroup(config, log)
