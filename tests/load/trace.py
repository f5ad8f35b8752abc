"""A trace of system calls: whether what was acknowledged had been synced to the disk before.

python -m tests.load.trace
python -m tests.load.trace --database postgresql

Several threads write entries with names of their own and note the moment at which each was acknowledged. strace notes
every write to the write-ahead log with its content, and every fsync and fdatasync. An entry is proven when a write that
holds its name was followed by a sync of that file, which returned before the acknowledgement.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy import event

from data.settings import Settings
from data.store import open_store
from tests.load.postgres import RunningPostgres

ROOT = Path(__file__).resolve().parents[2]
NO_STRACE = "no strace: type sudo apt-get install strace"
_OPTIONS = ["-f", "-ttt", "-T", "-y", "-s", "1000000", "-e", "trace=pwrite64,write,pwritev,fsync,fdatasync"]
_LINE = re.compile(r"^(\d+) +(\d+\.\d+) (.*)$", re.DOTALL)
_CALL = re.compile(r"^(\w+)\(\d+<([^>]*)>")
_END = re.compile(r"= (-?\d+)[^<]*<(\d+\.\d+)>$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A write to the write-ahead log: when it had returned, to which file, what."""

    at: float
    file: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """A sync of a file of the write-ahead log: when it was asked for, when it had returned."""

    begun: float
    ended: float
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What was traced, and name -> moment of what was acknowledged."""

    writes: Sequence[Write]
    syncs: Sequence[Sync]
    acknowledged: Mapping[str, float]

    def unproven(self) -> tuple[str, ...]:
        """Names that were acknowledged without a sync after their write."""
        return tuple(name for name, moment in self.acknowledged.items() if not self._is_synced(name, moment))

    def _is_synced(self, name: str, moment: float) -> bool:
        written = [each for each in self.writes if each.at < moment and f"<{name}>" in each.content]
        return any(
            sync.file == write.file and write.at <= sync.begun and sync.ended <= moment
            for write in written
            for sync in self.syncs
        )


def read(text: str, acknowledged: Mapping[str, float]) -> Trace:
    """The trace that strace wrote down."""
    writes: list[Write] = []
    syncs: list[Sync] = []
    begun: dict[str, tuple[float, str]] = {}
    for line in text.splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        process, at, what = found[1], float(found[2]), found[3]
        if what.endswith("<unfinished ...>"):
            begun[process] = (at, what)
            continue
        if what.startswith("<... ") and process in begun:
            at, first = begun.pop(process)
            what = first + what
        call, end = _CALL.match(what), _END.search(what)
        if call is None or end is None or int(end[1]) < 0 or not ("-wal" in call[2] or "pg_wal" in call[2]):
            continue
        ended = at + float(end[2])
        if "sync" in call[1]:
            syncs.append(Sync(begun=at, ended=ended, file=call[2]))
        else:
            writes.append(Write(at=ended, file=call[2], content=what))
    return Trace(writes=writes, syncs=syncs, acknowledged=acknowledged)


def write_and_note(settings: Settings, *, threads: int, turns: int, unsafe: bool = False) -> dict[str, float]:
    """Name -> the moment at which the store said that it is kept.

    unsafe  SQLite is told not to sync, to see that a missing sync is noticed
    """
    store, noted = open_store(settings), {}
    if unsafe:
        store.close()
        event.listen(store._engine.pool, "connect", lambda driver, _: driver.execute("PRAGMA synchronous=OFF"))

    def writer(number: int) -> None:
        for turn in range(turns):
            name = f"entry-{number}-{turn}"
            with store.write() as kept:
                kept.record(at=datetime.now(UTC), actor="a", action=f"<{name}>", subject="s", details={})
            noted[name] = time.time()

    crew = [threading.Thread(target=writer, args=(number,)) for number in range(threads)]
    for each in crew:
        each.start()
    for each in crew:
        each.join()
    store.close()
    return noted


def of_sqlite(folder: Path, *, threads: int = 8, turns: int = 5, unsafe: bool = False) -> Trace:
    """The trace of a process that writes to a file in the folder."""
    address = f"sqlite:///{folder}/traced.db"
    open_store(Settings(database_url=address), migrate=True).close()
    noted = folder / "trace"
    program = [sys.executable, "-m", "tests.load.trace", "--write", address, "--threads", str(threads)]
    program += ["--turns", str(turns), *(["--unsafe"] if unsafe else [])]
    said = subprocess.run(
        ["strace", *_OPTIONS, "-o", noted, *program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return read(noted.read_text(errors="replace"), json.loads(said.stdout))


def of_postgresql(server: RunningPostgres, folder: Path, *, threads: int = 8, turns: int = 5) -> Trace:
    """The trace of all processes of the server while this one writes; PermissionError when it may not be traced."""
    settings = Settings(database_url=server.address)
    open_store(settings, migrate=True).close()
    first = psutil.Process(server.pid)
    attached = [f"--attach={each.pid}" for each in (first, *first.children())]
    noted = folder / "trace"
    tracer = subprocess.Popen(["strace", *_OPTIONS, "-o", noted, *attached], stderr=subprocess.PIPE, text=True)
    assert tracer.stderr is not None
    for _ in attached:
        line = tracer.stderr.readline()
        # The process of a connection that was just closed may have ended meanwhile.
        if "attached" not in line and "No such process" not in line:
            raise PermissionError(line.strip())
    threading.Thread(target=tracer.stderr.read, daemon=True).start()
    acknowledged = write_and_note(settings, threads=threads, turns=turns)
    tracer.terminate()
    tracer.wait()
    return read(noted.read_text(errors="replace"), acknowledged)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what was proven; 1 when an entry was acknowledged before it was synced."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.trace", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--turns", type=int, default=25)
    parser.add_argument("--unsafe", action="store_true")
    parser.add_argument("--write", default="", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    many = {"threads": given.threads, "turns": given.turns}
    if given.write:
        noted = write_and_note(Settings(database_url=given.write), unsafe=given.unsafe, **many)
        print(json.dumps(noted))
        return 0
    if shutil.which("strace") is None:
        print(NO_STRACE)
        return 1
    with tempfile.TemporaryDirectory() as name, ExitStack() as ending:
        folder = Path(name)
        if given.database == "sqlite":
            trace = of_sqlite(folder, unsafe=given.unsafe, **many)
        else:
            trace = of_postgresql(ending.enter_context(RunningPostgres(folder / "server")), folder, **many)
    missing = trace.unproven()
    print(
        f"{len(trace.acknowledged)} entries acknowledged, {len(trace.writes)} writes and {len(trace.syncs)} syncs of"
        f" the write-ahead log; acknowledged before they were synced: {len(missing)}"
    )
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
