"""Commands of the public page of results: `findings`, `publish`, `withdraw` of `python -m analysis`."""

import argparse
import json
from dataclasses import replace
from datetime import UTC, datetime

from analysis import published, recommendations
from analysis.commands.arguments import Commands, opened
from analysis.published import Quotes
from survey.access import OPERATOR
from survey.translator import LANGUAGES


def add(commands: Commands) -> None:
    """The commands are known afterwards."""
    findings = commands.add_parser("findings", help="kept findings with their numbers, in their order")
    findings.add_argument("--language", choices=list(LANGUAGES), default="en", help="of the labels")
    findings.add_argument("--json", action="store_true", help="print one JSON document")
    findings.set_defaults(run=_findings)
    publish = commands.add_parser("publish", help="publish kept findings on the public page /results/SLUG")
    told = "number of a kept finding, in the order of the page; without any, what was chosen on screen is published"
    publish.add_argument("--finding", action="append", type=int, default=[], metavar="N", help=told)
    publish.add_argument("--written-in", choices=list(LANGUAGES), help="language of findings and recommendations")
    publish.add_argument("--recommendations", action="store_true", help="with all recommendations")
    publish.add_argument("--no-outcome", action="store_true", help="without what became of the answers")
    told = "quote answers behind recommendations: those that permit their name, or all that permit to be published"
    publish.add_argument("--quotes", choices=[str(each) for each in Quotes], default=str(Quotes.NONE), help=told)
    publish.set_defaults(run=_publish)
    withdraw = commands.add_parser("withdraw", help="take the public page of results away")
    withdraw.set_defaults(run=_withdraw)
    for each in (findings, publish, withdraw):
        each.add_argument("slug", metavar="SLUG")


def _findings(arguments: argparse.Namespace) -> int:
    found = recommendations.findings(opened(), arguments.slug, actor=OPERATOR, language=arguments.language)
    if arguments.json:
        rows = [
            {"finding": each.record.id, "statement": each.record.statement, "question": each.record.question}
            for each in found
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for each in found:
        print(each.record.id, each.record.statement, each.card.label, sep="\t")
    return 0


def _publish(arguments: argparse.Namespace) -> int:
    store, now = opened(), datetime.now(UTC)
    page = published.prepared(store, arguments.slug, actor=OPERATOR)
    revision = page.revision
    if arguments.finding:
        choice = replace(
            page.choice,
            findings=tuple(arguments.finding),
            written_in=arguments.written_in or page.choice.written_in,
            outcome=not arguments.no_outcome,
            recommendations=arguments.recommendations,
            quotes=Quotes(arguments.quotes),
        )
        published.prepare(store, arguments.slug, choice, revision=revision, actor=OPERATOR, now=now)
        revision = published.prepared(store, arguments.slug, actor=OPERATOR).revision
    published.publish(store, arguments.slug, revision=revision, actor=OPERATOR, now=now)
    print(f"/results/{arguments.slug}")
    return 0


def _withdraw(arguments: argparse.Namespace) -> int:
    store = opened()
    page = published.prepared(store, arguments.slug, actor=OPERATOR)
    published.withdraw(store, arguments.slug, revision=page.revision, actor=OPERATOR, now=datetime.now(UTC))
    print(f"/results/{arguments.slug} is withdrawn")
    return 0
