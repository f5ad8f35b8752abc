"""Files beside the database that are made of its answers: where they lie, whose they are, and that they go.

There are these kinds for each consultation: code arrays; signatures of open answers; and, for DuckDB, rows of codes in
parts, with a file that says which parts belong together. A file is named by its
consultation, by how often something of the consultation had been erased when it was written, by the SHA-256 of its
content, and by its kind: a cut-off, changed or foreign file does not bear its name, and one that may hold what was
erased is known without being opened. What stands in a file, and whether it is what the database holds, is the
business of `analysis.dataset.columnar`, `analysis.flags.kept_signatures` and `analysis.dataset.parquet_table`. The
files are no part of back-ups: everything in them is in the database.
"""

import hashlib
import logging
import mmap
import os
import re
import tempfile
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path

_LOG = logging.getLogger(__name__)
COLUMNS, SIGNATURES, PARTS, TABLE = "arrow", "signatures", "parquet", "table"
"""Kinds of files, as they end. Of PARTS a consultation has any number, of each other kind one."""
_NAME = re.compile(rf"(\d+)-(\d+)-([0-9a-f]{{64}})\.({COLUMNS}|{SIGNATURES}|{PARTS}|{TABLE})")
_HALF_WRITTEN = re.compile(r"writing-.*\.part")


class ColumnFiles:
    """The files of one database. A folder of None keeps none."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def open(self, consultation_id: int, erasures: int, kind: str = COLUMNS) -> mmap.mmap | None:
        """The content of a consultation's file of a kind, as memory that may be written to without changing the file.

        None without one; a file that was written before the last erasure, or is not what its name says, is removed. One
        that somebody wrote after a later erasure stays: whoever asks still looks at what was read before it.

        erasures  how often something of the consultation was erased
        """
        for path, name in self._all():
            if (int(name[1]), name[4]) != (consultation_id, kind) or int(name[2]) > erasures:
                continue
            if int(name[2]) == erasures and (found := _mapped(path, name[3])) is not None:
                return found
            _remove(path)
        return None

    def keep(self, consultation_id: int, erasures: int, write: Callable[[Path], None], kind: str = COLUMNS) -> bool:
        """The consultation has this file and no older of the kind; False, without one, where it cannot be written.

        write  writes the content to the path it is given
        """
        target = self.add(consultation_id, erasures, write, kind)
        if target is not None:
            self.keep_only(consultation_id, erasures, {target.name}, kind)
        return target is not None

    def add(self, consultation_id: int, erasures: int, write: Callable[[Path], None], kind: str = PARTS) -> Path | None:
        """Where another file of the kind lies; None where it cannot be written. As `keep`."""
        if self.folder is None:
            return None
        place: Path | None = None
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix="writing-", suffix=".part", dir=self.folder)  # of its owner only
            os.close(handle)
            place = Path(name)
            write(place)
            target = self.folder / f"{consultation_id}-{erasures}-{_digest(place)}.{kind}"
            place.replace(target)
        except OSError as error:
            _LOG.warning("A file beside the database (%s) is not written: %s", kind, error.strerror)
            if place is not None:
                _remove(place)
            return None
        return target

    def keep_only(
        self, consultation_id: int, erasures: int, names: Collection[str], kind: str = PARTS, *, spared: float = 0
    ) -> None:
        """Files of the kind that are not among these, and not of after a later erasure, are gone.

        spared  one that was written so many seconds ago or less, after the last erasure, stays
        """
        for path, found in self._all():
            is_of_it = (int(found[1]), found[4]) == (consultation_id, kind) and int(found[2]) <= erasures
            is_spared = int(found[2]) == erasures and _age(path) < spared
            if is_of_it and path.name not in names and not is_spared:
                _remove(path)

    def whole(self, name: str) -> Path | None:
        """Where the file of this name lies, when its content is what the name says."""
        found = _NAME.fullmatch(name)
        if found is None or self.folder is None:
            return None
        path = self.folder / name
        try:
            return path if _digest(path) == found[3] else None
        except OSError:
            return None

    def remove(self, consultations: Collection[int] | None = None) -> None:
        """The files of these consultations are gone, or all of them; half written ones too."""
        for path, name in self._all():
            if consultations is None or int(name[1]) in consultations:
                _remove(path)
        for path in self._listed():
            if _HALF_WRITTEN.fullmatch(path.name):
                _remove(path)

    def remove_older(self, erasures: Mapping[int, int]) -> None:
        """Files written before the last erasure are gone.

        erasures  consultation -> how often something of it was erased; of one that is not there, nothing ever was
        """
        for path, name in self._all():
            if int(name[2]) != erasures.get(int(name[1]), 0):
                _remove(path)

    def _all(self) -> list[tuple[Path, re.Match[str]]]:
        return [(path, name) for path in self._listed() if (name := _NAME.fullmatch(path.name))]

    def _listed(self) -> list[Path]:
        if self.folder is None:
            return []
        try:
            return sorted(self.folder.iterdir())
        except OSError:
            return []


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _mapped(path: Path, digest: str) -> mmap.mmap | None:
    try:
        with path.open("rb") as opened:
            # Private: further rows are written into the room at the end of a column, and never reach the file.
            content = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY)
    except (OSError, ValueError):  # an empty file cannot be mapped
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def _age(path: Path) -> float:
    """Seconds since it was written."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
