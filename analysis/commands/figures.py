"""Figures as lines or JSON: `table`, `headlines`, `groups`, `weights`, `estimate`, `ledger`, `agreement`."""

import argparse
import json
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis import coders, estimates, ledger, opened_data, opinions, review
from analysis.charts import estimate_words, headlines, method_words, wording
from analysis.charts import opinions as opinion_words
from analysis.commands.arguments import (
    Commands,
    add_audience,
    add_choice,
    add_json,
    add_language,
    add_method,
    add_slug,
    add_snapshot,
    add_view,
    add_weights,
    filters_of,
    method_of,
    opened,
    weights_of,
)
from analysis.commands.files import tell
from analysis.dataset import snapshot
from analysis.disclosure import Audience, Suppressed
from analysis.findings.card import Source
from analysis.findings.method import WeightKind
from analysis.findings.table import estimates_document, opinions_document, source_document, table_document
from analysis.report import table
from data.errors import Unavailable
from survey.access import OPERATOR
from survey.translator import Words


def add(commands: Commands) -> None:
    """The commands are known afterwards."""
    table_parser = commands.add_parser("table", help="figures of one question")
    told = "name of a question or of a battery's group"
    table_parser.add_argument("--question", required=True, metavar="Q", help=told)
    table_parser.add_argument("--by", default="", metavar="V", help="variable whose values become columns")
    add_method(table_parser)
    table_parser.set_defaults(run=_table)
    headlines_parser = commands.add_parser("headlines", help="what each question says, as a sentence")
    headlines_parser.add_argument("--by", default="", metavar="V", help="say where it is highest and lowest, by this")
    told = "only the N strongest findings, the strongest first"
    headlines_parser.add_argument("--strongest", type=_positive, default=0, metavar="N", help=told)
    headlines_parser.set_defaults(run=_headlines)
    groups = commands.add_parser("groups", help="groups of opinion in a battery, if there are any")
    groups.set_defaults(run=_groups)
    weights = commands.add_parser("weights", help="weights of the replies, and what they cost")
    add_weights(weights, WeightKind.RAKED)
    weights.set_defaults(run=_weights)
    estimate = commands.add_parser("estimate", help="every interval of a question's shares, and the whole frame")
    estimate.add_argument("--question", required=True, metavar="Q", help="name of a question of choices or numbers")
    estimate.add_argument("--by", default="", metavar="V", help="variable for each of whose values too")
    estimate.set_defaults(run=_estimate)
    for each in (table_parser, headlines_parser, estimate):
        add_view(each)
    add_snapshot(weights)
    for each in (table_parser, headlines_parser, groups, estimate):
        add_audience(each)
    for each in (table_parser, headlines_parser, groups, weights, estimate):
        add_slug(each)
        add_language(each)
    groups.add_argument("question", metavar="QUESTION", help="name of a battery's group")
    ledger_parser = commands.add_parser("ledger", help="every table that was shown to a meeting or the public")
    ledger_parser.set_defaults(run=_ledger)
    add_slug(ledger_parser)
    agreement = commands.add_parser("agreement", help="how far coders agree, from a CSV file")
    agreement.add_argument("file", type=Path, metavar="FILE.csv", help="a column of units, then one per coder")
    add_choice(agreement, "--metric", coders.Metric, coders.Metric.NOMINAL, "how far two codes are apart")
    told = "how much a near miss counts in Cohen's kappa; not at all for nominal codes, else quadratic"
    agreement.add_argument("--kappa-weights", choices=[str(kind) for kind in coders.KappaWeights], help=told)
    add_json(agreement)
    agreement.set_defaults(run=_agreement)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _table(arguments: argparse.Namespace) -> int:
    store, now, words = opened(), datetime.now(UTC), Words(arguments.language)
    card = review.card(
        store,
        arguments.slug,
        arguments.question,
        actor=OPERATOR,
        audience=Audience(arguments.audience),
        language=arguments.language,
        filters=filters_of(arguments.filter, arguments.snapshot),
        by=arguments.by,
        now=now,
        method=method_of(arguments),
    )
    if arguments.json:
        document = table_document(card, card.source.sha256)
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    shown = table.tabulate(card, words)
    has_hidden = any(isinstance(value, Suppressed) for row in shown.rows for value in row)
    tell(card.label, wording.base_line(card, words), *wording.note_lines(card, words, has_hidden=has_hidden))
    tell("\t".join(column.head for column in shown.columns))
    for row in shown.rows:
        tell("\t".join(table.written(v, c.unit, words) for v, c in zip(row, shown.columns, strict=True)))
    tell(*method_words.method_lines(card, words), wording.source_line(card.source, words))
    return 0


def _headlines(arguments: argparse.Namespace) -> int:
    store, words = opened(), Words(arguments.language)
    asked: dict[str, Any] = {
        "actor": OPERATOR,
        "audience": Audience(arguments.audience),
        "language": arguments.language,
        "filters": filters_of(arguments.filter, arguments.snapshot),
        "now": datetime.now(UTC),
    }
    if arguments.by:
        cards = review.book(store, arguments.slug, by=[arguments.by], **asked)
    else:
        cards = review.cards(store, arguments.slug, **asked)
    if arguments.strongest:
        found = [(each.card, each.sentence) for each in headlines.strongest(cards, words, arguments.strongest)]
    else:
        found = [(card, sentence) for card in cards if (sentence := headlines.headline(card, words))]
    if arguments.json:
        document = [
            {"question": card.question, "label": card.label, "by": card.by, "headline": sentence}
            | source_document(card.source)
            | {"claims": [asdict(claim) for claim in headlines.claims(card)]}
            for card, sentence in found
        ]
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    for card, sentence in found:
        tell(card.label, f"    {sentence}")
    if cards:
        _print_source(cards[0].source, words, wording.internal_mark(cards[0].audience, words))
    return 0


def _print_source(source: Source, words: Words, *marks: str) -> None:
    """The last lines under figures: marks, and on which state they rest."""
    fictional = wording.fictional_mark(words) if source.fictional else ""
    tell(*(mark for mark in (fictional, *marks) if mark), wording.source_line(source, words))


def _groups(arguments: argparse.Namespace) -> int:
    store, words = opened(), Words(arguments.language)
    found = opinions.opinions(
        store,
        arguments.slug,
        arguments.question,
        actor=OPERATOR,
        audience=Audience(arguments.audience),
        language=arguments.language,
        now=datetime.now(UTC),
    )
    if arguments.json:
        document = opinions_document(found, opened_data.digest(store, arguments.slug, actor=OPERATOR))
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    lines = [found.label, opinion_words.headline(found, words), opinion_words.base_line(found, words)]
    lines += opinion_words.trust_lines(found, words)
    for heading, sentences in opinion_words.sections(found, words):
        lines += ["", heading, *(f"- {sentence}" for sentence in sentences)]
    lines += ["", *opinion_words.note_lines(found, words), wording.source_line(found.source, words)]
    tell(*lines)
    return 0


def _weights(arguments: argparse.Namespace) -> int:
    store, words = opened(), Words(arguments.language)
    method = weights_of(arguments)
    asked: dict[str, Any] = {"actor": OPERATOR, "language": arguments.language, "snapshot": arguments.snapshot}
    report = estimates.weights(store, arguments.slug, method, **asked)
    source = opened_data.source(store, arguments.slug, now=datetime.now(UTC), **asked)
    if arguments.json:
        document = None if report is None else asdict(report) | source_document(source)
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    print(method_words.weight_name(method.weights, words))
    if report is not None:
        tell(*method_words.weight_lines(report, words))
        _print_source(source, words)
    return 0


def _estimate(arguments: argparse.Namespace) -> int:
    store, words = opened(), Words(arguments.language)
    found = estimates.estimate(
        store,
        arguments.slug,
        arguments.question,
        actor=OPERATOR,
        audience=Audience(arguments.audience),
        language=arguments.language,
        filters=filters_of(arguments.filter, arguments.snapshot),
        by=arguments.by,
        now=datetime.now(UTC),
    )
    if arguments.json:
        print(json.dumps(estimates_document(found.card, found.estimates), ensure_ascii=False, indent=2))
        return 0
    card = found.card
    heads, rows = estimate_words.table(found.estimates, card, words, every_interval=True)
    tell(card.label, wording.base_line(card, words))
    tell(*("\t".join(row) for row in (heads, *rows)))
    lines = (wording.filter_line(card, words), *estimate_words.note_lines(found.estimates, card, words))
    tell(*filter(None, lines))
    _print_source(card.source, words, wording.internal_mark(card.audience, words))
    return 0


def _ledger(arguments: argparse.Namespace) -> int:
    found = ledger.releases(opened(), arguments.slug, actor=OPERATOR)
    if arguments.json:
        rows = [
            {name: getattr(each, name) for name in type(each).__dataclass_fields__}
            | {"at": each.at.isoformat(), "scope": each.scope.as_mapping()}
            for each in found
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for each in found:
        part = [f"{name}={'+'.join(codes)}" for name, codes in each.scope.as_mapping().items()]
        view = " ".join([*part, *(f"{name}={'+'.join(codes)}" for name, codes in each.filters)]) or "all"
        reasons = Counter(str(reason) for *_, reason in each.hidden)
        hidden = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items())) or "nothing"
        told = f"; {each.exposed} small groups told before" if each.exposed else ""
        by = f" by {each.by}" if each.by else ""
        print(
            f"{each.at:%Y-%m-%d %H:%M}  {each.audience}  {each.question}{by}  {view}  "
            f"hidden: {hidden}{told}  {each.actor}  {snapshot.shown(each.state)}"
        )
    return 0


def _agreement(arguments: argparse.Namespace) -> int:
    try:
        content = arguments.file.read_bytes()
    except OSError as error:
        raise Unavailable("agreement.no_file", path=str(arguments.file), reason=error.strerror or "") from None
    weights = None if arguments.kappa_weights is None else coders.KappaWeights(arguments.kappa_weights)
    found = coders.agreement(content, coders.Metric(arguments.metric), weights)
    if arguments.json:
        print(json.dumps(asdict(found), indent=2))
        return 0
    kind = found.kappa_weights
    cohen = "Cohen's kappa" if kind is None or kind is coders.KappaWeights.NONE else f"Cohen's kappa ({kind} weights)"
    named = (("Krippendorff's alpha", found.alpha), (cohen, found.kappa), ("Fleiss' kappa", found.fleiss))
    for name, each in named:
        if each is not None:
            bounds = "" if each.low is None or each.high is None else f" (95 %: {each.low:.3f} to {each.high:.3f})"
            print(f"{name}: {each.value:.3f}{bounds}, {each.units} units")
    return 0
