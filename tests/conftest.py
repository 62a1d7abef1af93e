"""Fixtures for all tests, each subject's own in a module beside this one; and what runs in one process, in which order."""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.databases import (
    database,
    postgres_database,
    postgres_server,
    postgres_url,
    sqlite_database,
    sqlite_template,
    sqlite_url,
)
from tests.products import SHARED, journey, shared_rig, stack

__all__ = [
    "database",
    "journey",
    "postgres_database",
    "postgres_server",
    "postgres_url",
    "shared_rig",
    "sqlite_database",
    "sqlite_template",
    "sqlite_url",
    "stack",
]

settings.register_profile("tests", deadline=None)  # a wait for a processor is no fault of a rule
settings.load_profile("tests")

FIRST = ("journeys", "hostile", "storm", "integration", "unit")
"""Whoever waits most begins first, so that what only computes fills the waits and the end; storms leave most behind."""
KINDS = ("sqlite", "postgres", "postgresql")


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group tests for `--dist loadgroup`: by file and kind of database, or by the product they share."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: FIRST.index(folder) if (folder := _folder(item)) in FIRST else len(FIRST))


def _group(item: pytest.Item) -> str:
    case = getattr(item, "callspec", None)
    kind = next((value for value in case.params.values() if value in KINDS), "") if case else ""
    shared = [name for name in SHARED if name in getattr(item, "fixturenames", ())]
    return " ".join([*(shared or [str(item.path.relative_to(item.config.rootpath))]), kind]).strip()


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(item.config.rootpath / "tests").parts[0]
