"""Files that commands read and write, and lines that they print."""

import argparse
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from analysis import take_away
from analysis.charts.wording import with_plain_spaces
from analysis.commands.arguments import opened
from data.errors import Unavailable
from survey.access import OPERATOR


def tell(*lines: str) -> None:
    """The lines are printed, with spaces that a keyboard has where people look for figures."""
    print(*map(with_plain_spaces, lines), sep="\n")


def read(path: Path) -> bytes:
    """All of a file. Raises Unavailable returned.no_file."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable("returned.no_file", path=str(path), reason=error.strerror or "") from None


def write(path: Path, content: bytes) -> None:
    """The file holds the content. Raises Unavailable report.unwritable."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Unavailable("report.unwritable", path=str(path), reason=error.strerror or "") from None


def hand_over(arguments: argparse.Namespace, name: str, pieces: Iterable[bytes]) -> int:
    """The file is written, and the log says that it was taken away."""
    take_away.record(opened(), name, actor=OPERATOR, now=datetime.now(UTC))
    size = 0
    try:
        with arguments.out.open("wb") as target:
            for piece in pieces:
                size += target.write(piece)
    except OSError as error:
        raise Unavailable("report.unwritable", path=str(arguments.out), reason=error.strerror or "") from None
    result = {"file": str(arguments.out), "size_bytes": size, "audience": arguments.audience}
    print(json.dumps(result) if arguments.json else f"{arguments.out}: {size} bytes")
    return 0
