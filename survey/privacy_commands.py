"""Commands about privacy, for `python -m survey`: what goes when, erasing one response, the record of processing."""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from data.errors import InvalidInput
from data.settings import read_settings
from survey import consultations, processing_record, retention
from survey.access import OPERATOR
from survey.commands import operator_store
from survey.erasure import erase_by_reference
from survey.policies import moment_written, policies_of
from survey.translator import LANGUAGES, Words, nearest


def declare_retention(parser: argparse.ArgumentParser) -> None:
    """Arguments of retention."""
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("--run", action="store_true", help="erase what is due now, without waiting for the daily job")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def retention_of(arguments: argparse.Namespace) -> int:
    """Prints what will be erased of a consultation and when, after erasing what is due when that was asked for."""
    store, now = operator_store(), datetime.now(UTC)
    erased = retention.run(store, arguments.slug, actor=OPERATOR, now=now) if arguments.run else None
    found = retention.preview(store, arguments.slug, actor=OPERATOR, now=now)
    zone = policies_of(consultations.find(store, arguments.slug)).clock
    if arguments.json:
        document = {**asdict(found), "erased": None if erased is None else asdict(erased)}
        print(json.dumps(document, ensure_ascii=False, indent=2, default=str))
        return 0
    if erased is not None:
        print("erased: " + ", ".join(f"{count} {name}" for name, count in asdict(erased).items()))
    print(f"closes: {moment_written(found.closed_at, zone) or 'nobody knows when'}")
    for each in found.due:
        there = ", ".join(f"{count} {name}" for name, count in each.counts)
        if each.months is None:
            when = f"kept without end (no keep_{each.kind}_months)"
        elif each.at is None:
            when = f"{each.months} months after closing; set a closing date"
        else:
            when = f"{'due since' if each.is_due else 'erased on'} {moment_written(each.at, zone)}"
        print(f"{each.kind}: {there}; {when}")
    return 0


def declare_erase(parser: argparse.ArgumentParser) -> None:
    """Arguments of erase."""
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("reference", metavar="REFERENCE")
    parser.add_argument("--yes", action="store_true", help="really; it cannot be undone")


def erase(arguments: argparse.Namespace) -> int:
    """Erases one response for good."""
    if not arguments.yes:
        raise InvalidInput("erasure.not_sure", reference=arguments.reference)
    erase_by_reference(operator_store(), arguments.slug, arguments.reference, actor=OPERATOR, now=datetime.now(UTC))
    print(f"erased: {arguments.reference}")
    return 0


def declare_record(parser: argparse.ArgumentParser) -> None:
    """Arguments of record-of-processing."""
    parser.add_argument("--out", type=Path, metavar="FILE.html", help="write a page; without it the text is printed")
    parser.add_argument("--language", default="en", metavar="TAG")


def record(arguments: argparse.Namespace) -> int:
    """Prints the record of processing activities (GDPR Art. 30), or writes it as a page."""
    words = Words(nearest(arguments.language, tuple(LANGUAGES)))
    found = processing_record.record(
        operator_store(), read_settings(), words=words, actor=OPERATOR, now=datetime.now(UTC)
    )
    if arguments.out is None:
        print(processing_record.as_text(found))
        return 0
    try:
        arguments.out.write_text(processing_record.as_html(found, words), encoding="utf-8")
    except OSError as error:
        raise InvalidInput("file.unwritable", path=str(arguments.out), reason=error.strerror or "") from None
    print(f"file: {arguments.out}")
    return 0
