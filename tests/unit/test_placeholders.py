"""No document still holds the name of something that was to be put in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))])
def test_nothing_is_left_to_be_put_in(path: Path) -> None:
    assert not re.findall(r"^[A-Z]+_(?:HERE|TABLE)$", path.read_text(), re.MULTILINE)
