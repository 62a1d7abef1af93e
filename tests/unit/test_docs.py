"""The documents name what exists: settings, commands, files, alerts, tasks."""

from __future__ import annotations

import argparse
import ast
import dataclasses
import re
from pathlib import Path

import pytest

from models.work.alert_kinds import Kind
from psa.simulator.server import Simulator, how_to_try
from worker.__main__ import parser
from worker.intervals import Intervals
from worker.settings import Settings, SettingsError

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), *(p for p in (ROOT / "README.md", ROOT / "CONTRIBUTING.md") if p.exists())]
PRODUCT = [p for d in ("escalation", "models", "psa", "webhooks", "worker") for p in (ROOT / d).rglob("*.py")]


def _id(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _rows_of(page: str) -> set[str]:
    """Return the variables that begin a row of a table."""
    return set(re.findall(r"^\| `([A-Z_]+)` \|", (DOCS / page).read_text(), re.MULTILINE))


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def _commands(of: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found = [a for a in of._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(found[0].choices) if found else {}


def test_every_interval_and_limit_is_listed() -> None:
    numbers = [f.name for f in dataclasses.fields(Intervals)] + ["threads", "calls_per_second", "burst", "in_flight"]
    assert {f"RESOLUTIONFLOW_{name.upper()}" for name in numbers} <= _rows_of("settings.md")


def test_every_variable_that_the_code_reads_is_listed_and_no_other() -> None:
    read = {
        name
        for path in PRODUCT
        if "simulator" not in path.parts
        for name in re.findall(
            r'(?:env(?:iron)?\.get\(|env\[|: )"([A-Z][A-Z_]{4,})"', path.read_text()
        )
        if "_" in name
    }
    listed = _rows_of("settings.md")
    fixed = {name for name in listed if not name.startswith("RESOLUTIONFLOW_")} - {"TMPDIR"}
    assert read - {"PR_SET_PDEATHSIG"} <= listed
    assert fixed <= read


def test_every_setting_that_is_listed_is_taken_for_one(tmp_path: Path) -> None:
    listed = sorted(name for name in _rows_of("settings.md") if name.startswith("RESOLUTIONFLOW_"))
    assert "RESOLUTIONFLOW_TOKEN" in listed
    with pytest.raises(SettingsError) as refused:
        Settings.read({**dict.fromkeys(listed, "x"), "RESOLUTIONFLOW_SURELY_NONE": "x", "RESOLUTIONFLOW_VAR": str(tmp_path)})
    assert [line for line in str(refused.value).splitlines() if "is no setting" in line and "SURELY_NONE" not in line] == []
    assert "RESOLUTIONFLOW_SURELY_NONE is no setting" in str(refused.value)


@pytest.mark.parametrize("name", [f.name for f in dataclasses.fields(Intervals)])
def test_the_listed_default_is_the_one_in_the_code(name: str) -> None:
    row = re.search(rf"^\| `RESOLUTIONFLOW_{name.upper()}` \| ([\d.]+)", (DOCS / "settings.md").read_text(), re.MULTILINE)
    assert row
    assert float(row[1]) == getattr(Intervals(), name)


def test_the_listed_limits_are_the_ones_in_the_code() -> None:
    text = (DOCS / "settings.md").read_text()
    defaults = {f.name: f.default for f in dataclasses.fields(Settings)}
    for name in ("threads", "calls_per_second", "burst", "in_flight"):
        row = re.search(rf"^\| `RESOLUTIONFLOW_{name.upper()}` \| ([\d.]+)", text, re.MULTILINE)
        assert row
        assert float(row[1]) == defaults[name]


def test_the_trial_is_written_as_the_simulator_prints_it() -> None:
    simulator = Simulator()  # not started: nothing is listened to
    try:
        printed = how_to_try(simulator)[-1].partition(" setup ")[2].replace(simulator.url, "http://127.0.0.1:8900")
    finally:
        simulator.stop()
    assert f"resolutionflow setup {printed} " in (DOCS / "connectwise.md").read_text()
    assert "simulator --port 8900" in (ROOT / "Makefile").read_text()


def test_nothing_is_left_to_be_put_in() -> None:
    wanting = re.compile(r"^[A-Z]+_(?:HERE|TABLE)$", re.MULTILINE)
    pages = (*PAGES, ROOT / "CHANGELOG.md")
    assert {(_id(page), name) for page in pages for name in wanting.findall(page.read_text())} == set()


def test_nobody_is_told_to_install_it_by_its_name_alone() -> None:
    """No registry has it, and whoever took the name there would be installed."""
    how = re.compile(r"(?:pip|uv|pipx|uvx)(?: \w+)* (?:install|run|add)\b[^`\n]*?([^\s'\"]*resolutionflow\b)")
    told = {(_id(page), name) for page in (*PAGES, *PRODUCT) for name in how.findall(page.read_text())}
    assert told, "somewhere it is said how to install it"
    assert {(page, name) for page, name in told if "/" not in name} == set()


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), f"{target} in {_id(page)}"
        if anchor:
            assert anchor in _anchors(file), f"{target} in {_id(page)}"


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_every_command_and_option_that_is_named_exists(page: Path) -> None:
    top = _commands(parser())
    for line in re.findall(r"resolutionflow ((?!-)[^\n`#|]+)", page.read_text()):
        words = re.split(r"[\s,;:.)]+", line)
        if not re.fullmatch(r"[a-z]+", words[0]):
            continue
        assert words[0] in top, f"`resolutionflow {line}` in {_id(page)}"
        command = top[words[0]]
        below = _commands(command)
        if below and len(words) > 1 and re.fullmatch(r"[a-z]+", words[1]):
            assert words[1] in below, f"`resolutionflow {line}` in {_id(page)}"
            command = below[words[1]]
        known = {text for action in command._actions for text in action.option_strings}
        if words[0] != "simulator":
            assert set(re.findall(r"(?<!\S)--[a-z-]+", line)) <= known | {"--help"}, f"{line} in {_id(page)}"


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_every_file_that_is_named_exists(page: Path) -> None:
    folders = "escalation|models|psa|webhooks|worker|tests|scripts|requirements"
    for name in re.findall(rf"`((?:{folders})/[\w/.-]+)`", page.read_text()):
        assert (ROOT / name).exists(), f"{name} in {_id(page)}"


def test_the_figures_of_the_readme_are_those_of_the_page_it_leads_to() -> None:
    said = re.search(r"step F1 (\.\d+) and (\d+)% of\s+outcomes", (ROOT / "README.md").read_text(encoding="utf-8"))
    page = (DOCS / "reading.md").read_text(encoding="utf-8")
    measured = [re.search(rf"^\| {row} \| \*\*\.(\d+)\*\*", page, re.M) for row in ("step F1", "outcome accuracy")]
    assert said
    steps, outcomes = (float(f".{m[1]}") for m in measured if m)
    assert float(said[1]) == steps
    assert int(said[2]) == round(100 * outcomes)


def test_every_alert_has_its_place_in_the_runbook_with_what_closes_it() -> None:
    sections = re.findall(r"(?ms)^### (`[^\n]+`)\n(.*?)(?=^##)", (DOCS / "runbook.md").read_text())
    said = {
        name: re.findall(r"(?m)^Closed (.+)\.$", text) for title, text in sections for name in re.findall("`([^`]+)`", title)
    }
    assert said == {kind.value: [kind.closes] for kind in Kind}


def test_every_alert_that_is_raised_is_of_a_kind_of_the_table_and_every_kind_is_raised() -> None:
    raised: set[str] = set()
    for path in PRODUCT:
        tree = ast.parse(path.read_text())
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        kinds = [k.value for c in calls if getattr(c.func, "attr", "") == "raise_alert" for k in c.keywords if k.arg == "kind"]
        for kind in kinds:
            assert "Kind." in ast.unparse(kind) or ast.unparse(kind) in ("kind", "still.kind"), f"{path}: {ast.unparse(kind)}"
        raised |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and ast.unparse(n.value) == "Kind"}
    assert raised == {kind.name for kind in Kind}


def test_every_serious_event_has_its_place_in_the_runbook() -> None:
    events = {
        name
        for path in PRODUCT
        for name in re.findall(r'log\.(?:error|critical)\(\s*"(\w+)"', path.read_text())
    }
    assert events
    text = (DOCS / "runbook.md").read_text()
    assert not [name for name in events if f"`{name}`" not in text]
