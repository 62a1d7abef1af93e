"""Fixtures for all tests; each subject keeps its own in a module beside this one."""

from tests.databases import (
    database,
    postgres_database,
    postgres_server,
    postgres_url,
    sqlite_database,
    sqlite_template,
    sqlite_url,
)

__all__ = [
    "database",
    "postgres_database",
    "postgres_server",
    "postgres_url",
    "sqlite_database",
    "sqlite_template",
    "sqlite_url",
]
