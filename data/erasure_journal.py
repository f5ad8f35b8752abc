"""The erasure journal: a file apart from database and back-ups that remembers what was erased, by reference and time.

A restored back-up is older than some erasures; the journal is replayed on it (`erasure_rows.py` does so).
One JSON document a line, no content.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from data.errors import Unavailable
from data.log_records import ErasureCause, ErasureRecord


def read(path: Path) -> tuple[ErasureRecord, ...]:
    """Every erasure in the journal; () when there is no file. A line that was cut off is passed over."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise Unavailable("erasure_journal.unreadable", path=str(path), reason=error.strerror or "") from None
    found = []
    for line in lines:
        try:
            values = json.loads(line)
            found.append(_record(values))
        except (ValueError, TypeError, KeyError):
            continue
    return tuple(found)


def _record(values: Mapping[str, str]) -> ErasureRecord:
    moment, cause = datetime.fromisoformat(values["erased_at"]), ErasureCause(values["cause"])
    return ErasureRecord(id=values["id"], kind=values["kind"], subject=values["subject"], cause=cause, erased_at=moment)


def complete(path: Path, erased: Iterable[ErasureRecord]) -> int:
    """The journal holds all of these, on the disk; how many were missing.

    Raises Unavailable("erasure_journal.unwritable").
    """
    known = {each.id for each in read(path)}
    missing = [each for each in erased if each.id not in known]
    if not missing:
        return 0
    lines = [json.dumps({**asdict(each), "erased_at": each.erased_at.isoformat()}) for each in missing]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            whole = not size or os.pread(descriptor, 1, size - 1) == b"\n"
            os.write(descriptor, (("" if whole else "\n") + "".join(f"{line}\n" for line in lines)).encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Unavailable("erasure_journal.unwritable", path=str(path), reason=error.strerror or "") from None
    return len(missing)
