"""The dashboard, charts and reports as files: `report`, `chart`, `charts`, `reports`, `check-report`, `compose`."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from analysis import reports, take_away
from analysis.charts.choose import CHOSEN, form_of
from analysis.charts.sizes import DEFAULT_SCALE, Size, scale_of, size_of
from analysis.commands.arguments import (
    Commands,
    add_audience,
    add_language,
    add_method,
    add_slug,
    add_view,
    filters_of,
    method_of,
    opened,
)
from analysis.commands.files import hand_over, read, write
from analysis.disclosure import Audience
from analysis.report.formats import CHART_FORMATS, DASHBOARD_FORMATS, Look
from analysis.report.template import Template, open_template
from analysis.report.tree import Numbers
from data.errors import Faulty
from survey.access import OPERATOR
from survey.translator import Words


def add(commands: Commands) -> None:
    """The commands are known afterwards."""
    report = commands.add_parser("report", help="the whole dashboard as a file")
    report.add_argument("--format", required=True, choices=list(DASHBOARD_FORMATS))
    told = "a tab book: every question compared by this variable; may be given repeatedly"
    report.add_argument("--by", action="append", default=[], metavar="V", help=told)
    report.set_defaults(run=_report)
    chart = commands.add_parser("chart", help="one chart as a picture, a web page or its numbers")
    told = ", ".join(CHART_FORMATS)
    chart.add_argument("--format", default="png", metavar="FORMAT", help=told)
    chart.add_argument("--by", default="", metavar="V", help="compare by the values of this variable")
    told = f"how it is drawn, where the question suits it: {', '.join(CHOSEN)}"
    chart.add_argument("--form", default="", metavar="FORM", help=told)
    chart.set_defaults(run=_chart)
    charts = commands.add_parser("charts", help="every chart and its numbers as a zip")
    charts.add_argument("--format", action="append", default=[], metavar="FORMAT", help=f"{told}; repeatable")
    charts.add_argument("--by", action="append", default=[], metavar="V", help="compare every question by this")
    charts.set_defaults(run=_charts)
    for each in (chart, charts):
        each.add_argument("--size", default=str(Size.PLAIN), metavar="SIZE", help=", ".join(Size))
        each.add_argument("--scale", default=str(DEFAULT_SCALE), metavar="N", help="pixels of a PNG for one: 1 to 4")
    for each in (report, charts):
        each.add_argument("--question", action="append", default=[], metavar="Q", help="only this; may be repeated")
    for each in (report, chart, charts):
        each.add_argument("--out", required=True, type=Path, metavar="FILE")
        add_method(each)
        add_view(each)
        add_audience(each)
        add_slug(each)
        add_language(each)
    chart.add_argument("question", metavar="QUESTION", help="name of a question or of a battery's group")
    _add_looks(report)
    _add_composed(commands)


def _add_composed(commands: Commands) -> None:
    listed = commands.add_parser("reports", help="the reports that were put together, with their numbers")
    listed.set_defaults(run=_reports)
    check = commands.add_parser("check-report", help="what keeps a report from being handed over")
    check.set_defaults(run=_check_report)
    compose = commands.add_parser("compose", help="a report that was put together, as a file")
    compose.add_argument("--format", required=True, choices=list(DASHBOARD_FORMATS))
    compose.add_argument("--out", required=True, type=Path, metavar="FILE")
    compose.set_defaults(run=_compose)
    _add_looks(compose)
    for each in (listed, check, compose):
        add_slug(each)
    for each in (check, compose):
        each.add_argument("report", type=int, metavar="REPORT", help="its number, as the command reports tells it")


def _add_looks(parser: argparse.ArgumentParser) -> None:
    told = "a .pptx or .docx of your own whose layouts, styles, letters and colours the file takes over"
    parser.add_argument("--template", type=Path, metavar="FILE", help=told)
    told = "where charts are followed by their numbers: in documents only, on slides too, nowhere"
    parser.add_argument("--numbers", choices=[str(kind) for kind in Numbers], help=told)


def _report(arguments: argparse.Namespace) -> int:
    store, now = opened(), datetime.now(UTC)
    file = take_away.dashboard_file(
        store,
        arguments.slug,
        arguments.format,
        actor=OPERATOR,
        words=Words(arguments.language),
        filters=filters_of(arguments.filter, arguments.snapshot),
        now=now,
        by=arguments.by,
        method=method_of(arguments),
        audience=Audience(arguments.audience),
        template=_template(arguments.template),
        numbers=Numbers(arguments.numbers or Numbers.DOCUMENTS),
        questions=arguments.question,
    )
    take_away.record(store, file.name, actor=OPERATOR, now=now)
    write(arguments.out, file.content)
    result = {"file": str(arguments.out), "size_bytes": len(file.content), "audience": arguments.audience}
    print(json.dumps(result) if arguments.json else f"{arguments.out}: {len(file.content)} bytes")
    return 0


def _chart(arguments: argparse.Namespace) -> int:
    file = take_away.chart_file(
        opened(),
        arguments.slug,
        arguments.question,
        arguments.format,
        actor=OPERATOR,
        words=Words(arguments.language),
        filters=filters_of(arguments.filter, arguments.snapshot),
        now=datetime.now(UTC),
        by=arguments.by,
        method=method_of(arguments),
        audience=Audience(arguments.audience),
        look=replace(_look(arguments), form=form_of(arguments.form)),
    )
    return hand_over(arguments, file.name, [file.content])


def _charts(arguments: argparse.Namespace) -> int:
    file = take_away.charts_zip(
        opened(),
        arguments.slug,
        arguments.format or ["png"],
        actor=OPERATOR,
        words=Words(arguments.language),
        filters=filters_of(arguments.filter, arguments.snapshot),
        now=datetime.now(UTC),
        by=arguments.by,
        method=method_of(arguments),
        audience=Audience(arguments.audience),
        look=_look(arguments),
        questions=arguments.question,
    )
    return hand_over(arguments, file.name, file.pieces)


def _reports(arguments: argparse.Namespace) -> int:
    found = reports.listed(opened(), arguments.slug, actor=OPERATOR)
    if arguments.json:
        rows = [{"report": each.id, "title": each.title, "language": each.language} for each in found]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for each in found:
        print(each.id, each.language, f"{each.updated_at:%Y-%m-%d %H:%M}", each.updated_by, each.title, sep="  ")
    return 0


def _check_report(arguments: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    found = reports.check_report(opened(), arguments.slug, arguments.report, actor=OPERATOR, now=now)
    if arguments.json:
        rows = [{**asdict(each), "params": {name: str(value) for name, value in each.params.items()}} for each in found]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _tell(found)
    return 1 if found else 0


def _tell(problems: Sequence[reports.Problem]) -> None:
    for each in problems:
        print(reports.problem_line(each, Words("en")))


def _compose(arguments: argparse.Namespace) -> int:
    store, now = opened(), datetime.now(UTC)
    try:
        file = reports.report_file(
            store,
            arguments.slug,
            arguments.report,
            arguments.format,
            actor=OPERATOR,
            now=now,
            template=_template(arguments.template),
            numbers=Numbers(arguments.numbers) if arguments.numbers else None,
        )
    except Faulty as error:
        _tell([each for each in error.details if isinstance(each, reports.Problem)])
        raise
    take_away.record(store, file.name, actor=OPERATOR, now=now)
    write(arguments.out, file.content)
    result = {"file": str(arguments.out), "size_bytes": len(file.content)}
    print(json.dumps(result) if arguments.json else f"{arguments.out}: {len(file.content)} bytes")
    return 0


def _template(path: Path | None) -> Template | None:
    return None if path is None else open_template(read(path))


def _look(arguments: argparse.Namespace) -> Look:
    return Look(size=size_of(arguments.size), scale=scale_of(arguments.scale))
