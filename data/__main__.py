"""`python -m data`: upgrade, back up, restore, and say where everything is kept."""

import argparse
import json
import re
import sys
from dataclasses import asdict
from pathlib import Path

from data import backups, engine
from data.console import to_the_end
from data.errors import SoundingsError
from data.settings import Settings, read_settings
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


def _where(settings: Settings, _arguments: argparse.Namespace) -> dict[str, object]:
    shown = settings.model_dump(exclude={"database_url"})
    # Passwords are nobody's to read.
    shown["smtp_url"] = re.sub(r"(?<=//)[^/]*@", "…@", settings.smtp_url)
    shown["oidc_client_secret"] = "…" if settings.oidc_client_secret else ""
    return {"database": settings.database_shown, "settings": shown}


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
    ):
        command = commands.add_parser(name, help=words)
        command.set_defaults(run=run)
        command.add_argument("--json", action="store_true", help="print one JSON document")
        if name in ("backup", "restore"):
            command.add_argument("file", type=Path, metavar="FILE")
        elif name == "contents":
            command.add_argument("file", type=Path, metavar="FILE", nargs="?")
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
    return 0


if __name__ == "__main__":
    sys.exit(to_the_end(main))
