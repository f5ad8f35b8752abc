"""Data for other programs: `frame`, `data`."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from analysis import data_out, microdata, take_away
from analysis.commands.arguments import (
    Commands,
    add_language,
    add_slug,
    add_snapshot,
    add_view,
    add_weights,
    filters_of,
    opened,
    weights_of,
)
from analysis.commands.files import write
from analysis.data_files.formats import DATA_FORMATS
from analysis.disclosure import Audience
from analysis.findings.method import PLAIN, WeightKind
from data.errors import InvalidInput, Unavailable
from survey.access import OPERATOR
from survey.translator import Words


def add(commands: Commands) -> None:
    """The commands are known afterwards."""
    frame = commands.add_parser("frame", help="every reply as a row of a labelled table (unprotected)")
    frame.add_argument("--out", required=True, type=Path, metavar="FILE.parquet")
    frame.add_argument("--repeat", default="", metavar="NAME", help="instead, each instance of this repeat")
    frame.set_defaults(run=_frame)
    data = commands.add_parser("data", help="a zip for statistical programs: protected figures, or answers")
    data.add_argument("--format", required=True, choices=list(DATA_FORMATS))
    data.add_argument("--out", required=True, type=Path, metavar="FILE.zip")
    data.add_argument("--question", action="append", default=[], metavar="Q", help="only this; may be repeated")
    data.add_argument("--by", default="", metavar="V", help="compare figures by the values of this variable")
    data.add_argument("--answers", action="store_true", help="every reply as a row instead (unprotected)")
    data.add_argument("--names", action="store_true", help="answers with names of organisations and places")
    data.add_argument("--texts", action="store_true", help="answers with what is answered in words")
    data.add_argument("--audience", choices=[str(a) for a in Audience], help="of figures; meeting unless told")
    data.set_defaults(run=_data)
    add_weights(data, WeightKind.UNWEIGHTED)
    add_view(data)
    add_snapshot(frame)
    for each in (frame, data):
        add_slug(each)
        add_language(each)


def _frame(arguments: argparse.Namespace) -> int:
    store, now = opened(), datetime.now(UTC)
    found = microdata.frame(
        store,
        arguments.slug,
        actor=OPERATOR,
        language=arguments.language,
        now=now,
        repeat=arguments.repeat,
        snapshot=arguments.snapshot,
    )
    take_away.record(store, arguments.out.name, actor=OPERATOR, now=now)
    try:
        found.to_parquet(arguments.out)
    except OSError as error:
        raise Unavailable("report.unwritable", path=str(arguments.out), reason=error.strerror or "") from None
    gone = found.attrs["source"].get("gone", 0)
    result = {"file": str(arguments.out), "rows": len(found), "columns": len(found.columns), "gone": gone}
    told = f"{arguments.out}: {len(found)} rows, {len(found.columns)} columns"
    if gone:
        told += f"; {gone} replies of that state were erased, withdrawn or deleted since"
    print(json.dumps(result) if arguments.json else told)
    return 0


def _data(arguments: argparse.Namespace) -> int:
    store, now, words = opened(), datetime.now(UTC), Words(arguments.language)
    filters = filters_of(arguments.filter, arguments.snapshot)
    chosen = {"words": words, "filters": filters, "questions": arguments.question, "now": now}
    audience = Audience(arguments.audience or (Audience.INTERNAL if arguments.answers else Audience.MEETING))
    method = weights_of(arguments)
    if arguments.answers:
        if arguments.by or audience is not Audience.INTERNAL:
            raise InvalidInput("data.answers_internal")
        file = data_out.answers_file(
            store,
            arguments.slug,
            arguments.format,
            actor=OPERATOR,
            names=arguments.names,
            texts=arguments.texts,
            method=method,
            **chosen,
        )
    else:
        if arguments.names or arguments.texts or method != PLAIN:
            raise InvalidInput("data.only_answers")
        file = data_out.figures_file(
            store, arguments.slug, arguments.format, actor=OPERATOR, by=arguments.by, audience=audience, **chosen
        )
    take_away.record(store, file.name, actor=OPERATOR, now=now)
    write(arguments.out, file.content)
    result = {"file": str(arguments.out), "size_bytes": len(file.content), "audience": str(audience)}
    print(json.dumps(result) if arguments.json else f"{arguments.out}: {len(file.content)} bytes")
    return 0
