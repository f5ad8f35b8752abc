"""Commands about invited organisations, for `python -m survey`: they act as the local operator."""

import argparse
import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from data.errors import InvalidInput, NotFound
from data.settings import read_settings
from survey import consultations, invitations, letters, links, mailings
from survey.access import OPERATOR
from survey.bounces import read_bounces
from survey.commands import operator_store
from survey.contact_lists import COLUMNS, guessed_columns, mapped, read_contacts
from survey.mail_templates import MailKind
from survey.smtp import server_of


def declare_import_frame(parser: argparse.ArgumentParser) -> None:
    """Arguments of import-frame."""
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("file", type=Path, metavar="FILE", help=".csv, .xlsx or .xls with one organisation a row")
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="COLUMN=HEADING",
        help=f"which heading means {', '.join(COLUMNS)}; those not given are guessed; COLUMN= leaves one out",
    )
    parser.add_argument("--preview", action="store_true", help="print what each row would become, and write nothing")
    parser.add_argument("--add-similar", action="store_true", help="add also what may be there under another name")
    parser.add_argument("--update", action="store_true", help="take over what is told anew of those on the list")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def import_frame(arguments: argparse.Namespace) -> int:
    """Adds the organisations of a file to the contact frame, without those that may be there already."""
    store = operator_store()
    table = read_contacts(_content(arguments.file), arguments.file.name)
    columns = guessed_columns(table.headers)
    for pair in arguments.column:
        column, sign, heading = pair.partition("=")
        if not sign or column not in COLUMNS:
            raise InvalidInput("frame.unknown_heading", column=column, heading=heading)
        columns[column] = heading
    found = invitations.preview_frame(store, arguments.slug, table, columns, actor=OPERATOR)
    doubtful = [row for row in found if row.is_doubtful]
    if arguments.preview:
        document: dict[str, object] = {"columns": columns, "rows": [asdict(row) for row in found]}
        if arguments.json:
            print(json.dumps(document, ensure_ascii=False, indent=2))
            return 0
        print("\n".join(f"{column}: {heading}" for column, heading in columns.items() if heading))
    else:
        chosen = [row.cells for row in found if not row.left_out and (arguments.add_similar or not row.is_doubtful)]
        added, present = invitations.import_frame(
            store, arguments.slug, chosen, actor=OPERATOR, now=datetime.now(UTC), update=arguments.update
        )
        left = sum(bool(row.left_out) for row in found) + (0 if arguments.add_similar else len(doubtful))
        if arguments.json:
            print(json.dumps({"added": added, "present": present, "left_out": left}))
            return 0
        print(f"added: {added}\npresent: {present}\nleft_out: {left}")
    reasons = {"nameless": "it names no organisation", "name_too_long": "the name is too long"}
    for row in found:
        if row.left_out:
            print(f"row {row.number}: left out: {reasons[row.left_out]}")
        if row.is_doubtful:
            other = row.similar or row.shared
            print(f"row {row.number}: {row.cells['organisation']} may be {other}")
        if row.unknown:
            print(f"row {row.number}: not understood: {', '.join(row.unknown)}")
    return 0


def declare_invite(parser: argparse.ArgumentParser) -> None:
    """Arguments of invite."""
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("--kind", choices=[str(kind) for kind in MailKind], default=str(MailKind.INVITATION))
    parser.add_argument("--dry-run", action="store_true", help="print who would get a mail, and send nothing")
    parser.add_argument(
        "--pause-days",
        type=int,
        default=mailings.PAUSE_DAYS,
        metavar="DAYS",
        help="a reminder goes to nobody who got a mail within these days",
    )
    parser.add_argument("--retry", action="store_true", help="send mails again that the server refused")
    parser.add_argument("--merge", type=Path, metavar="FILE", help="write a .csv or .xlsx for mail merge instead")
    parser.add_argument("--letters", type=Path, metavar="FILE.html", help="write letters to print instead")
    parser.add_argument(
        "--only",
        type=Path,
        metavar="FILE",
        help="nobody but the organisations of this .csv, .xlsx or .xls, such as the list of whom to remind first",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def invite(arguments: argparse.Namespace) -> int:
    """Sends mails of a kind to those who should have one, after those that still wait; 1 when one failed."""
    store, settings, kind = operator_store(), read_settings(), MailKind(arguments.kind)
    slug, now = arguments.slug, datetime.now(UTC)
    only = None if arguments.only is None else invitations.keys_of(store, slug, _named(arguments.only), actor=OPERATOR)
    if arguments.dry_run:
        found = mailings.recipients(store, slug, kind, actor=OPERATOR, now=now, pause_days=arguments.pause_days)
        to = [each for each in found.to if only is None or each.id in only]
        listed = [{"organisation": each.organisation, "email": each.email} for each in to]
        if arguments.json:
            print(
                json.dumps(
                    {"to": listed, "skipped": dict(found.skipped), "anonymous": found.anonymous},
                    ensure_ascii=False,
                    indent=2,
                )
            )
        else:
            print("\n".join(f"{each['organisation']} <{each['email']}>" for each in listed))
            print("\n".join([f"to: {len(listed)}", *(f"{why}: {count}" for why, count in found.skipped.items())]))
            if found.anonymous:
                print("The consultation is anonymous: nobody knows who has answered. Reminders go to everybody.")
        return 0
    if arguments.letters or arguments.merge:
        written = 0
        if arguments.letters:
            page = letters.letters(store, slug, base_url=settings.base_url, actor=OPERATOR, now=now, only=only)
            written += _write(arguments.letters, page.encode())
        if arguments.merge:
            kept_as = arguments.merge.suffix.lower().removeprefix(".")
            content = mailings.merge_file(
                store, slug, kind, kept_as, base_url=settings.base_url, actor=OPERATOR, now=now, only=only
            )
            written += _write(arguments.merge, content)
        print(json.dumps({"bytes": written}) if arguments.json else f"bytes: {written}")
        return 0
    server = server_of(settings)
    if server is None:
        raise InvalidInput("mail.no_server")
    links.require_reachable(consultations.find(store, slug), settings.base_url)
    if arguments.retry:
        mailings.retry(store, slug, actor=OPERATOR, now=now, only=only)
    mailings.queue(store, slug, kind, actor=OPERATOR, now=now, pause_days=arguments.pause_days, only=only)
    done = mailings.send(
        store,
        slug,
        server=server,
        base_url=settings.base_url,
        actor=OPERATOR,
        clock=lambda: datetime.now(UTC),
        pause=lambda: time.sleep(settings.mail_pause_seconds),
        only=only,
    )
    document = asdict(done)
    print(json.dumps(document) if arguments.json else "\n".join(f"{name}: {value}" for name, value in document.items()))
    return 1 if done.failed else 0


def declare_bounces(parser: argparse.ArgumentParser) -> None:
    """Arguments of bounces."""
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("file", type=Path, metavar="FILE", help="returned mails: an .mbox file, or one .eml")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def bounces(arguments: argparse.Namespace) -> int:
    """Marks the mails that the reports in the file say did not arrive."""
    found = read_bounces(_content(arguments.file))
    marked, strange = mailings.take_bounces(
        operator_store(), arguments.slug, found.bounces, actor=OPERATOR, now=datetime.now(UTC)
    )
    reports = len(found.bounces)
    known = reports - marked - strange
    if arguments.json:
        document = {"mails": found.mails, "others": found.others, "reports": reports}
        print(json.dumps({**document, "marked": marked, "known": known, "strange": strange}))
        return 0
    print(f"mails read: {found.mails}; {found.others} of them report nothing that came back")
    print(f"addresses that could not be reached: {reports}; {marked} marked now, {known} marked before or not sent to,")
    print(f"{strange} that belong to no mail of this consultation")
    return 0


def _named(path: Path) -> tuple[str, ...]:
    """The organisations that a file names."""
    table = read_contacts(_content(path), path.name)
    rows = mapped(table, {"organisation": guessed_columns(table.headers).get("organisation", "")})
    return tuple(cells["organisation"] for _number, cells in rows if cells["organisation"])


def _write(path: Path, content: bytes) -> int:
    try:
        return path.write_bytes(content)
    except OSError as error:
        raise NotFound("file.unwritable", path=str(path), reason=error.strerror or "") from None


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound("file.unreadable", path=str(path), reason=error.strerror or "") from None
