"""Commands about consultations, for `python -m survey`: they act as the local operator, which the log records."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from data.errors import InvalidInput, NotFound
from data.settings import read_settings
from data.store import Store, open_store
from survey import consultation_rules, consultations, demo, imports, people, publications, question_roles
from survey.access import OPERATOR
from survey.policies import NAMES, Identification, Policies, changed, policies_of, read_moment, written
from survey.publications import Difference, Workbook
from survey.versions.changes import change_line
from survey.versions.renames import read_pairs
from survey.xlsform.sheets import read_sheets


def operator_store() -> Store:
    """The store that the settings name, brought to the newest schema: the operator's own database."""
    settings = read_settings()
    return open_store(settings, migrate=not settings.on_server)


def declare_load_demo(parser: argparse.ArgumentParser) -> None:
    """Arguments of load-demo."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def load_demo(arguments: argparse.Namespace) -> int:
    """Loads the embedded consultation once."""
    loaded = demo.load(operator_store(), actor=OPERATOR, now=datetime.now(UTC))
    _print(asdict(loaded), arguments)
    return 0


def declare_publish(parser: argparse.ArgumentParser) -> None:
    """Arguments of publish."""
    parser.add_argument("form", type=Path, metavar="FORM")
    parser.add_argument("--slug", required=True, help="short name in addresses, e.g. way-forward-2029")
    parser.add_argument("--title", default="", help="title that people read; a new consultation needs one")
    for name, words in (
        ("opens", "no answer before this moment"),
        ("deadline", "answers after it are marked late and counted"),
        ("closes", "no answer after it; a bare date means its end"),
    ):
        parser.add_argument(
            f"--{name}",
            default="",
            metavar="WHEN",
            help=f"{words}; ISO 8601, in the zone of the consultation, else UTC",
        )
    parser.add_argument(
        "--zone", default="", metavar="NAME", help="time zone of the dates, e.g. Europe/Vienna; a new consultation: UTC"
    )
    parser.add_argument(
        "--identification",
        default="",
        choices=[*Identification],
        help="who is known of those who answer; it stays once somebody began",
    )
    parser.add_argument("--wait", action="store_true", help="a new consultation takes no answers until it is opened")
    _declare_roles(parser)
    parser.add_argument("--diff", action="store_true", help="print what a new version would change, and do nothing")
    parser.add_argument(
        "--rename",
        action="append",
        default=[],
        metavar="OLD=NEW",
        help="a question or group that has another name now; OLD= keeps its answers apart; may be given repeatedly",
    )
    parser.add_argument(
        "--rename-choice",
        action="append",
        default=[],
        metavar="LIST:OLD=NEW",
        help="a choice that has another code now; may be given repeatedly",
    )
    parser.add_argument(
        "--accept-changes",
        action="store_true",
        help="publish although changes break answers; what means something else is kept apart",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def _declare_roles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--role",
        action="append",
        default=[],
        metavar="PART=QUESTION",
        help=f"the question that plays a part, none for PART=; parts are {', '.join(question_roles.ROLE_NAMES)}",
    )


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    """What was typed as name=value."""
    found = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise InvalidInput("policies.pair", text=text)
        found[name.strip()] = value.strip()
    return found


def publish(arguments: argparse.Namespace) -> int:
    """Opens a consultation with this questionnaire, adds a version to it, or prints what that would change."""
    now = datetime.now(UTC)
    sheets = read_sheets(arguments.form)
    store = operator_store()
    typed = {name: text for name in ("zone", "identification") if (text := getattr(arguments, name))}
    zone = changed(_rules(store, arguments.slug), typed).clock
    renames = read_pairs(arguments.rename, arguments.rename_choice)
    if arguments.diff:
        found = publications.preview_publish(store, sheets, slug=arguments.slug, renames=renames, actor=OPERATOR)
        _print_difference(found, arguments)
        return 0
    published = publications.publish(
        store,
        sheets,
        slug=arguments.slug,
        title={"en": arguments.title},
        actor=OPERATOR,
        now=now,
        renames=renames,
        accept_changes=arguments.accept_changes,
        workbook=_workbook(arguments.form),
        roles=_pairs(arguments.role),
        rules=typed,
        waits=arguments.wait,
        opens_at=read_moment(arguments.opens, end_of_day=False, zone=zone),
        deadline_at=read_moment(arguments.deadline, end_of_day=True, zone=zone),
        closes_at=read_moment(arguments.closes, end_of_day=True, zone=zone),
    )
    address = f"{read_settings().base_url}/respond?c={published.slug}"
    _print({**asdict(published), "address": address}, arguments)
    return 0


def _rules(store: Store, slug: str) -> Policies:
    """The rules of a consultation that is there, else the usual ones."""
    found = next((each for each in consultations.listed(store) if each.slug == slug), None)
    return Policies() if found is None else policies_of(found)


def _workbook(path: Path) -> Workbook | None:
    """The file that is published; None for a folder of tables."""
    return Workbook(name=path.name, content=path.read_bytes()) if path.is_file() else None


def _print_difference(found: Difference, arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=2))
        return
    print(f"compared with version {found.version}: {len(found.changes)} changes, {len(found.breaking)} break answers")
    for change in found.changes:
        print(f"  {change_line(change)}")
    for each in found.suggestions:
        option = f"--rename-choice {each.place}:" if each.place else "--rename "
        print(f"  perhaps: {option}{each.old}={each.new}   ({each.old_label} → {each.new_label})")
    for each in found.apart:
        option = f"--rename-choice {each.place}:" if each.place else "--rename "
        said = f"({each.old_label} → {each.new_label})"
        print(f"  stays apart; if it means the same: {option}{each.old}={each.new}   {said}")


def declare_policies(parser: argparse.ArgumentParser) -> None:
    """Arguments of policies."""
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help=f"rules to change: {', '.join(NAMES)}; an empty value takes a rule away",
    )
    _declare_roles(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def policies(arguments: argparse.Namespace) -> int:
    """Prints the rules of a consultation and the parts of its questions, after changing those that were given."""
    store, now = operator_store(), datetime.now(UTC)
    typed, roles = _pairs(arguments.set), _pairs(arguments.role)
    if roles:
        question_roles.set_roles(store, arguments.slug, roles, actor=OPERATOR, now=now)
    if typed:
        consultation_rules.set_policies(store, arguments.slug, typed, actor=OPERATOR, now=now)
    found = consultations.find(store, arguments.slug)
    parts = ", ".join(f"{role}={name}" for role, name in found.roles.items())
    _print({**written(policies_of(found)), "roles": parts}, arguments)
    return 0


_NEWS = 10_000
"""Rows between two lines of progress."""


def declare_import_responses(parser: argparse.ArgumentParser) -> None:
    """Arguments of import-responses."""
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def import_responses(arguments: argparse.Namespace) -> int:
    """Imports submitted responses from a CSV file, all or none; says on the way how far it is."""

    def told(what: str, rows: int) -> None:
        # A short file needs no news.
        if rows and rows % _NEWS == 0:
            print(f"{rows} {what}", file=sys.stderr, flush=True)

    try:
        with arguments.file.open("rb") as source:
            imported = imports.import_responses(
                operator_store(),
                arguments.slug,
                imports.csv_rows(source),
                actor=OPERATOR,
                now=datetime.now(UTC),
                progress=told,
                processes=os.cpu_count() or 1,
            )
    except OSError as error:
        raise NotFound("file.unreadable", path=str(arguments.file), reason=error.strerror or "") from None
    _print(asdict(imported), arguments)
    return 0


def declare_first_link(parser: argparse.ArgumentParser) -> None:
    """Arguments of first-link."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def first_link(arguments: argparse.Namespace) -> int:
    """Prints a one-time link that creates the first administrator; 1 when there is one already."""
    token = people.first_administrator_link(operator_store(), now=datetime.now(UTC))
    if token is None:
        raise InvalidInput("person.administrator_exists")
    _print({"link": f"{read_settings().base_url}/account/link?t={token}"}, arguments)
    return 0


def declare_reset_link(parser: argparse.ArgumentParser) -> None:
    """Arguments of reset-link."""
    parser.add_argument("login", metavar="LOGIN")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def reset_link(arguments: argparse.Namespace) -> int:
    """Prints a one-time link with which an account gets a new password."""
    token = people.reset_link(operator_store(), arguments.login, actor=OPERATOR, now=datetime.now(UTC))
    _print({"link": f"{read_settings().base_url}/account/link?t={token}"}, arguments)
    return 0


def declare_reset_second_factor(parser: argparse.ArgumentParser) -> None:
    """Arguments of reset-second-factor."""
    parser.add_argument("login", metavar="LOGIN")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def reset_second_factor(arguments: argparse.Namespace) -> int:
    """Takes the second factor of an account away and ends its sessions."""
    people.reset_second_factor(operator_store(), arguments.login, actor=OPERATOR, now=datetime.now(UTC))
    _print({"reset": arguments.login}, arguments)
    return 0


def _print(document: dict[str, object], arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print("\n".join(f"{name}: {value}" for name, value in document.items()))
