"""A replay's report as one page that needs nothing else, and as Markdown; the plain values are `report.py`'s.

The page makes no request, runs no script, and prints. Texts of tickets are data: escaped, defanged, on one line.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup

from escalation.figures.domains import domain_name
from escalation.figures.rounding import number
from worker.mail.templates import plain
from worker.mail.weekly_figures import (
    count,
    duration,
    interval,
    local_date,
    local_moment,
    money,
)

TEMPLATES = Path(__file__).parent / "templates"
GROUPS = 12


def write(report: Mapping[str, Any], folder: Path) -> tuple[Path, Path, Path]:
    """Write `report.html`, `.md` and `.json`, readable by this user alone; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "report.html": page(report), "report.md": markdown(report),
        "report.json": json.dumps(report, ensure_ascii=False, indent=1, default=_stamp) + "\n",
    }  # fmt: skip
    paths = []
    for name, text in texts.items():
        path = folder / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        paths.append(path)
    return paths[0], paths[1], paths[2]


def _stamp(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no plain value")


def page(report: Mapping[str, Any]) -> str:
    """Return the report as HTML."""
    return _template("shadow.html", autoescape=True).render(context(report))


def markdown(report: Mapping[str, Any]) -> str:
    """Return the report as Markdown."""
    text = _template("shadow.md", autoescape=False).render(context(report))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@cache
def _template(name: str, *, autoescape: bool) -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=autoescape, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,  # noqa: S701 - Markdown
        loader=jinja2.FileSystemLoader(TEMPLATES),
    )  # fmt: skip
    return environment.get_template(name)


def context(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of both templates: the report's, in words."""
    zone = ZoneInfo(report["time_zone"])
    clocks = report["clocks"]
    shown = report["usable"] and clocks["total"]["business"]["mean"] is not None
    return {
        "account": plain(report["account"], limit=60),
        "period": f"{local_date(report['since'], zone)} to {local_date(report['until'], zone, year=True)}",
        "made_at": f"{local_moment(report['made_at'], zone)} ({report['time_zone']})",
        "headline": _headline(report), "shown": shown,
        "tiles": [_count_tile(report), *(_tile(clocks[name]) for name in ("wait", "orientation", "total"))],
        "repeats": _repeats(report), "orienting": _orienting(report),
        "weeks": _weeks(report, zone), "technicians": _groups(report["by_technician"], report["names"].get),
        "domains": _groups(report["by_domain"], domain_name),
        "coverage": f"{report['coverage']:.0%}", "floor": f"{report['floor']:.0%}", "report": report,
        "exclusions": [(size, plain(why)) for why, size in report["exclusions"].items()],
        "renamed": [(plain(old, limit=60), plain(new, limit=60)) for old, new in report["renamed"].items()],
        "samples": [_sample(sample, zone) for sample in report["samples"]],
        "took": f"{duration(report['seconds'] / 60)}" if report["seconds"] >= 60 else f"{report['seconds']:.0f} s",
        "command": report["account"] if re.fullmatch(r"[\w.-]+", report["account"]) else f'"{report["account"]}"',
    }  # fmt: skip


def _headline(report: Mapping[str, Any]) -> str:
    size, total = count(report["used"], "escalation"), report["clocks"]["total"]["business"]
    after = report["clocks"]["orientation"]["business"]
    if not report["usable"]:
        return (
            f"{count(report['candidates'], 'escalation')} were found; {report['coverage']:.0%} of them can be dated, and below "
            f"{report['floor']:.0%} no average is stated."
        )
    if total["mean"] is None:
        return f"{size} were found: too few for an average. From six on there is an early one."
    words = f"{size}. On average {number(total['mean'])} working minutes went by until a senior did something about one"
    if after["mean"] is None:
        return f"{words}."
    return f"{words}; {number(after['mean'])} of them after somebody had claimed it already."


def _count_tile(report: Mapping[str, Any]) -> dict[str, Any]:
    whole = [week["escalated"] for week in report["weeks"] if week["whole"]]
    told = report["counts"]
    never = told["escalated"] - told["claimed"]
    lines = [f"{sum(whole) / len(whole):.1f} a week" if whole else "", f"{never} never claimed" if never else "",
             f"{told['never_acted']} claimed and never acted on" if told["never_acted"] else ""]  # fmt: skip
    return {"title": "Escalations", "figure": str(report["used"]), "unit": "", "lines": [line for line in lines if line]}


def _tile(clock: Mapping[str, Any]) -> dict[str, Any]:
    business, calendar, words = clock["business"], clock["calendar"], clock["words"][:1].upper() + clock["words"][1:]
    if business["mean"] is None:
        return {"title": words, "figure": "–", "unit": "", "lines": [f"{business['n']} finished: not shown"]}
    early = ", early" if business["status"] == "early" else ""
    return {
        "title": words, "figure": number(business["mean"]), "unit": "min",
        "lines": [
            f"half took more than {number(business['median'])} min" if business["median"] is not None else "",
            interval(business, "min"), f"n = {business['n']}{early}",
            f"nights and weekends counted too: {number(calendar['mean'])} min" if calendar["mean"] is not None else "",
        ],
    }  # fmt: skip


def _repeats(report: Mapping[str, Any]) -> dict[str, Any]:
    told = report["repeats"]
    parts = [f"{count(told['steps'], 'step')} done again" if told["steps"] else "",
             f"{count(told['questions'], 'question')} whose answer stood there" if told["questions"] else ""]  # fmt: skip
    return {
        "size": told["escalations"], "of": told["of"], "words": " and ".join(part for part in parts if part),
        "shown": [{"said": plain(r["evidence"], limit=180), "held": plain(r["held"], limit=180), "episode": r["episode"]}
                  for r in told["shown"]],
    }  # fmt: skip


def _orienting(report: Mapping[str, Any]) -> str:
    told = report["orienting"]
    if not told or not told["n"]:
        return ""
    words = f"{number(told['hours'])} working hours of seniors lie between claiming a ticket and the first action on it"
    if told["worth"] is None:
        return f"{words}, {count(told['n'], 'ticket')} together."
    rate = f"{told['currency'] or ''} {told['rate']:g}".strip()
    return f"{words}, {count(told['n'], 'ticket')} together: {money(told['worth'], told['currency'] or '')} at {rate} an hour."


def _weeks(report: Mapping[str, Any], zone: ZoneInfo) -> list[dict[str, Any]]:
    most = max((week["escalated"] for week in report["weeks"]), default=0) or 1
    return [
        {"label": _short_date(week["since"], zone), "size": week["escalated"], "percent": round(100 * week["escalated"] / most)}
        for week in report["weeks"] if week["whole"]
    ]  # fmt: skip


def _short_date(at: str, zone: ZoneInfo) -> str:
    day, month = local_date(at, zone).split()
    return f"{day} {month[:3]}"


def _groups(groups: Mapping[str, Any], called: Any) -> list[dict[str, Any]]:
    longest = max((g["total"]["mean"] or 0.0 for g in groups.values()), default=0.0) or 1.0
    rows = []
    for name, told in list(groups.items())[:GROUPS]:
        total, after = told["total"]["mean"], told["orientation"]["mean"]
        rows.append({
            "name": plain(called(name) or name, limit=60), "size": told["escalated"],
            "total": None if total is None else number(total), "after": None if after is None else number(after),
            "total_width": 0 if total is None else max(1, round(100 * total / longest)),
            "after_width": 0 if after is None else max(1, round(100 * after / longest)),
        })  # fmt: skip
    return rows


def _sample(sample: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    upper, _, rest = sample["brief"].partition("\n---\n")
    begun = _moment(sample["escalated_at"])
    return {
        "ticket": sample["ticket_id"], "summary": plain(sample["summary"], limit=120),
        "company": plain(sample["company"], limit=60),
        "url": sample["url"], "when": local_moment(sample["escalated_at"], zone), "by": plain(sample["by"], limit=60),
        "upper": upper, "upper_html": brief_html(upper), "rest_html": brief_html(rest), "more": sample["more"],
        "events": [
            {
                "after": duration((_moment(e["at"]) - begun).total_seconds() / 60), "who": plain(e["who"], limit=60),
                "what": e["what"], "text": plain(e["text"], limit=260), "mark": e["mark"], "held": plain(e["held"], limit=180),
            }
            for e in sample["events"]
        ],
    }  # fmt: skip


def _moment(at: str | datetime) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromisoformat(at)


def brief_html(text: str) -> Markup:
    """Return a brief's Markdown as HTML: bold words, lists and paragraphs are all it uses; all else is text."""
    parts: list[str] = []
    items: list[str] = []
    for line in [*text.strip().splitlines(), ""]:
        shown = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(line, quote=False))
        if line.startswith("- "):
            items.append(f"<li>{shown[2:]}</li>")
            continue
        if items and line.strip():
            parts.append(f"<ul>{''.join(items)}</ul>")
            items = []
        if line.strip() and line.strip() != "---":
            parts.append(f"<p>{shown}</p>")
    if items:
        parts.append(f"<ul>{''.join(items)}</ul>")
    return Markup("\n".join(parts))  # noqa: S704 - each line was escaped before
