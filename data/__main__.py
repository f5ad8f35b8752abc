"""`python -m data`: upgrade, back up, restore, and say where everything is kept."""

import argparse
import json
import re
import sys
from dataclasses import asdict
from pathlib import Path

from data import audit, backups, engine
from data.console import to_the_end
from data.errors import InvalidInput, NotFound, SoundingsError
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
    kept = backups.restore(settings, arguments.file)
    return {"restored": str(arguments.file), "replaced_kept_as": None if kept is None else str(kept)}


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
    shown = settings.model_dump(exclude={"database_url"})
    # Passwords are nobody's to read.
    shown["smtp_url"] = re.sub(r"(?<=//)[^/]*@", "…@", settings.smtp_url)
    shown["oidc_client_secret"] = "…" if settings.oidc_client_secret else ""
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
