"""`python -m analysis`: figures of a question as a table or document, and the report; acts as the local operator."""

import argparse
import sys
from collections.abc import Sequence

from analysis.commands import documents, figures, published, replies, returned, states
from analysis.words import MESSAGES
from data.console import to_the_end
from data.errors import SoundingsError
from data.words import in_english


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 0 done, 1 could not be done, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for subject in (figures, documents, returned, states, replies, published):
        subject.add(commands)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except SoundingsError as error:
        print(in_english(error, MESSAGES), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(to_the_end(main))
