"""Files that come back: `check`, `refresh`."""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from analysis import homecoming, take_away
from analysis.commands.arguments import Commands, add_json, opened
from analysis.commands.files import read, write
from analysis.report.opened import open_file
from analysis.words import MESSAGES
from data.words import in_english
from survey.access import OPERATOR


def add(commands: Commands) -> None:
    """The commands are known afterwards."""
    check = commands.add_parser("check", help="whether the figures of a file that was taken away still hold")
    check.add_argument("file", type=Path, metavar="FILE")
    check.set_defaults(run=_check)
    refresh = commands.add_parser("refresh", help="a deck or document that was worked on, with present figures")
    refresh.add_argument("file", type=Path, metavar="FILE")
    refresh.add_argument("--out", required=True, type=Path, metavar="FILE")
    refresh.set_defaults(run=_refresh)
    for each in (check, refresh):
        add_json(each)


def _check(arguments: argparse.Namespace) -> int:
    """Status 1 when a figure differs or a view cannot be asked for again."""
    store = opened()
    found = homecoming.check(store, read(arguments.file), actor=OPERATOR, now=datetime.now(UTC))
    if arguments.json:
        print(json.dumps([_view_document(each) for each in found.views], ensure_ascii=False, indent=2))
    else:
        for each in found.views:
            what = each.question or each.picture or (each.data.content if each.data else "")
            name = " ".join(part for part in (each.consultation, what, each.by and f"by {each.by}") if part)
            print(f"{name or '-'}: {each.verdict}" + (f" ({in_english(each.error, MESSAGES)})" if each.error else ""))
            for move in each.moved:
                print(f"  {move.category} · {move.series}: {move.before or '-'} -> {move.after or '-'}")
    kept = (homecoming.Verdict.HOLDS, homecoming.Verdict.SAME)
    return 0 if all(each.verdict in kept for each in found.views) else 1


def _view_document(view: homecoming.View) -> dict[str, object]:
    return {
        "verdict": str(view.verdict),
        "consultation": view.consultation,
        "question": view.question,
        "by": view.by,
        "banners": view.banners,
        "form": view.form or "",
        "intervals": view.intervals,
        "picture": view.picture,
        "data": asdict(view.data) if view.data else None,
        "filters": view.filters.as_mapping(),
        "language": view.language,
        "snapshot": view.snapshot,
        "frozen": view.frozen,
        "moved": [asdict(each) for each in view.moved],
        "error": view.error.code if view.error else "",
    }


def _refresh(arguments: argparse.Namespace) -> int:
    store = opened()
    content = read(arguments.file)
    place = "chart" if open_file(content).kind == "docx" else "slide"
    made, charts = homecoming.refresh(store, content, actor=OPERATOR, now=datetime.now(UTC))
    take_away.record(store, arguments.out.name, actor=OPERATOR, now=datetime.now(UTC))
    write(arguments.out, made)
    if arguments.json:
        told = [
            {
                place: each.place,
                "title": each.title,
                "moved": [asdict(move) for move in each.moved],
                "unknown": each.unknown,
                "added": each.added,
                "untold": each.untold,
                "error": each.error.code if each.error else "",
            }
            for each in charts
        ]
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    for each in charts:
        result = in_english(each.error, MESSAGES) if each.error else f"{len(each.moved)} figures replaced"
        print(f"{place} {each.place} ({each.title}): {result}")
        for name, label in (
            (each.unknown, "not in the question any more"),
            (each.added, "not in the chart"),
            (each.untold, "not in its table, to be added by hand"),
        ):
            if name:
                print(f"  {label}: {'; '.join(name)}")
    return 0
