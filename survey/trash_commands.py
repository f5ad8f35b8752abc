"""Commands about deleted responses, for `python -m survey`: they act as the local operator."""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime

from survey import trash
from survey.access import OPERATOR
from survey.commands import operator_store


def declare_trash(parser: argparse.ArgumentParser) -> None:
    """Arguments of trash."""
    parser.add_argument("slug", metavar="SLUG")
    acts = parser.add_mutually_exclusive_group()
    acts.add_argument("--ask", metavar="REFERENCE", help="ask that this response be deleted; needs --reason")
    for name, words in (
        ("agree", "put the response of this request into the trash"),
        ("refuse", "the response of this request stays"),
        ("restore", "take the response of this request out of the trash"),
    ):
        acts.add_argument(f"--{name}", type=int, metavar="REQUEST", help=words)
    parser.add_argument("--reason", default="", metavar="TEXT", help="why it is to be deleted; without names")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def show_trash(arguments: argparse.Namespace) -> int:
    """Lists the deletions of a consultation, after doing with one what was asked."""
    store, slug, now = operator_store(), arguments.slug, datetime.now(UTC)
    if arguments.ask:
        trash.ask(store, slug, arguments.ask, arguments.reason, actor=OPERATOR, now=now)
    for act in (trash.agree, trash.refuse, trash.restore):
        if (request := getattr(arguments, act.__name__)) is not None:
            act(store, slug, request, actor=OPERATOR, now=now)
    found = trash.deletions(store, slug, actor=OPERATOR, now=now)
    if arguments.json:
        print(json.dumps([asdict(each.record) for each in found], ensure_ascii=False, indent=2, default=str))
        return 0
    for each in found:
        record, until = each.record, f"; erased after {each.erased_from:%Y-%m-%d}" if each.erased_from else ""
        print(f"{record.id}: {record.reference} {record.state}{until}; asked by {record.asked_by}: {record.reason}")
    return 0


def declare_empty_trash(parser: argparse.ArgumentParser) -> None:
    """Arguments of empty-trash."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def empty_trash(arguments: argparse.Namespace) -> int:
    """Erases what was in the trash long enough; the app does so every day by itself."""
    erased = trash.empty(operator_store(), actor=OPERATOR, now=datetime.now(UTC))
    print(json.dumps({"erased": erased}) if arguments.json else f"erased: {erased}")
    return 0
