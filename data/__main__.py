"""`python -m data`: upgrade, back up, restore, change the key of the contact data, say where everything is kept."""

import argparse
import json
import re
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from data import audit, backups, contact_keys, engine, erasure_journal
from data.console import to_the_end
from data.errors import InvalidInput, NotFound, SoundingsError
from data.sealed import keys_of
from data.settings import Settings, read_settings
from data.store import open_store
from data.words import in_english


def _upgrade(settings: Settings, _arguments: argparse.Namespace) -> dict[str, object]:
    database = engine.open_engine(settings)
    before = engine.revision(database)
    return {"database": settings.database_shown, "before": before, "revision": engine.upgrade(database)}


def _backup(settings: Settings, arguments: argparse.Namespace) -> dict[str, object]:
    made = backups.backup(settings, arguments.file)
    return {"backup": str(arguments.file), "size_bytes": arguments.file.stat().st_size, **asdict(made)}


def _contents(settings: Settings, arguments: argparse.Namespace) -> dict[str, object]:
    return asdict(backups.look_into(arguments.file) if arguments.file else backups.contents(settings))


def _restore(settings: Settings, arguments: argparse.Namespace) -> dict[str, object]:
    journal = settings.erasure_journal_path
    if settings.sqlite_path is not None and settings.sqlite_path.is_file():
        try:
            open_store(settings).journal_erasures()  # what the replaced database knows of erasures is not lost with it
        except SoundingsError as error:
            print(in_english(error), file=sys.stderr)
    kept = backups.restore(settings, arguments.file)
    again = open_store(settings, migrate=True).replay_erasures() if erasure_journal.read(journal) else 0
    return {
        "restored": str(arguments.file),
        "replaced_kept_as": None if kept is None else str(kept),
        "erased_again": again,
    }


def _replay_erasures(settings: Settings, _arguments: argparse.Namespace) -> dict[str, object]:
    store = open_store(settings)
    return {"journal": str(settings.erasure_journal_path), "erased_again": store.replay_erasures()}


def _prune_backups(settings: Settings, arguments: argparse.Namespace) -> dict[str, object]:
    if arguments.days:
        settings = settings.model_copy(update={"backup_days": arguments.days})
    old = backups.old_backups(settings, arguments.folder, now=datetime.now(UTC))
    for path in old:
        path.unlink()
    return {"days": settings.backup_days, "deleted": [str(path) for path in old]}


def _new_key(_settings: Settings, _arguments: argparse.Namespace) -> dict[str, object]:
    return {"key": contact_keys.new_key()}


def _rotate_key(settings: Settings, arguments: argparse.Namespace) -> dict[str, object]:
    """With a key file a new key is put first; keys of the environment are put there by whoever sets it."""
    store = open_store(settings)
    store.close()
    database = engine.open_engine(settings)
    keys = keys_of(database.dialect)
    if arguments.drop_old:
        changed = engine.rotate_keys(database)
        dropped = 0 if keys.given else keys.keep_first()
    else:
        dropped = 0
        if not keys.given:
            keys.put_first(contact_keys.new_key())
        elif len(keys.ids) < 2:
            raise InvalidInput("contact_key.environment")
        changed = engine.rotate_keys(database)
    engine.tidy(database)
    database.dispose()
    where = "SOUNDINGS_CONTACT_KEY" if keys.given else str(keys.path)
    return {"key": keys.ids[0], "keys_in": where, "sealed_anew": changed, "dropped": dropped}


def _verify_audit(settings: Settings, arguments: argparse.Namespace) -> dict[str, object]:
    anchors = [head for text in arguments.anchor for head in audit.heads_in(text)]
    if len(anchors) < len(arguments.anchor):
        raise InvalidInput("audit.anchor")
    for path in arguments.anchors:
        anchors += audit.heads_in(_text_of(path))
    if arguments.file is not None:
        lines = _text_of(arguments.file).splitlines()
        try:
            end = json.loads(lines[-1]) if lines else {}
            complete = bool(end.get("complete", True))
            if complete:  # of a part, the newest entry need not be there
                anchors += audit.heads_in(str(end.get("head", "")))
            verdict = audit.verify(audit.entries_in(lines), anchors, complete=complete)
        except (ValueError, AttributeError, RecursionError):
            raise InvalidInput("audit.unreadable", path=str(arguments.file)) from None
        source = str(arguments.file)
    else:
        with open_store(settings).read() as kept:
            verdict = audit.verify(kept.log_entries(), anchors)
        complete, source = True, "database"
    return {
        "log": source,
        "holds": verdict.holds,
        "entries": verdict.entries,
        "head": str(verdict.head),
        "complete": complete,
        "blanked": verdict.blanked,
        "anchors": verdict.anchors,
        **({} if verdict.holds else {"broken_at": verdict.broken_at, "reason": verdict.reason}),
    }


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        raise NotFound("audit.no_file", path=str(path)) from None


def _where(settings: Settings, _arguments: argparse.Namespace) -> dict[str, object]:
    shown = settings.model_dump(exclude={"database_url", "contact_key"})
    # Passwords are nobody's to read.
    shown["smtp_url"] = re.sub(r"(?<=//)[^/]*@", "…@", settings.smtp_url)
    shown["oidc_client_secret"] = "…" if settings.oidc_client_secret else ""
    shown["contact_key_file"] = "" if settings.contact_key else str(settings.contact_key_path)
    shown["erasure_journal"] = str(settings.erasure_journal_path)
    shown["column_folder"] = str(settings.column_path or "")
    return {"database": settings.database_shown, "settings": shown}


def _declare_verify(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--anchor",
        action="append",
        default=[],
        metavar="NUMBER:SHA256",
        help="a head that was printed or noted earlier; may be given repeatedly",
    )
    command.add_argument(
        "--anchors",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="a text in which heads stand, such as the log of the application; may be given repeatedly",
    )
    command.add_argument("--file", type=Path, metavar="FILE.jsonl", help="verify this export instead of the database")


def main(argv: list[str] | None = None) -> int:
    """Exit status 0 done, 1 could not be done, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m data", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run, words in (
        ("upgrade", _upgrade, "bring the database to the newest schema"),
        ("backup", _backup, "copy the database into FILE while the app runs"),
        ("restore", _restore, "replace the database by the back-up FILE; the old one is kept beside it"),
        ("contents", _contents, "count and hash what the database holds, or the back-up FILE"),
        ("replay-erasures", _replay_erasures, "erase again what the erasure journal names, after a restore by hand"),
        ("prune-backups", _prune_backups, "delete the back-ups in FOLDER that are older than SOUNDINGS_BACKUP_DAYS"),
        ("new-key", _new_key, "print a new key for contact data"),
        ("rotate-key", _rotate_key, "seal all contact data with a new key; the old one stays for older back-ups"),
        ("where", _where, "print where everything is kept and the settings in force"),
        ("verify-audit", _verify_audit, "say how far the chain of the log of acts holds; 1 when it is broken"),
    ):
        command = commands.add_parser(name, help=words)
        command.set_defaults(run=run)
        command.add_argument("--json", action="store_true", help="print one JSON document")
        if name in ("backup", "restore"):
            command.add_argument("file", type=Path, metavar="FILE")
        elif name == "contents":
            command.add_argument("file", type=Path, metavar="FILE", nargs="?")
        elif name == "verify-audit":
            _declare_verify(command)
        if name == "prune-backups":
            command.add_argument("folder", type=Path, metavar="FOLDER")
            command.add_argument("--days", type=int, default=0, help="another number of days")
        if name == "rotate-key":
            command.add_argument("--drop-old", action="store_true", help="make no new key, and forget the old ones")
    arguments = parser.parse_args(argv)
    try:
        result = arguments.run(read_settings(), arguments)
    except SoundingsError as error:
        print(in_english(error), file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        for name, value in result.items():
            print(f"{name}: {value}")
    return 0 if result.get("holds", True) else 1


if __name__ == "__main__":
    sys.exit(to_the_end(main))
