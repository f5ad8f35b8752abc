"""A running app and a browser for the tests: `python app.py` on a free port, Debian's Chromium through Playwright."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NO_CHROMIUM = "no Chromium: type sudo apt-get install chromium"
_ADDRESS = re.compile(r"^Create the first administrator \(once\): (\S+)$", re.MULTILINE)


def chromium() -> str | None:
    """Path of the browser: SOUNDINGS_CHROMIUM, else the first one that is installed."""
    named = os.environ.get("SOUNDINGS_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class RunningApp:
    """`python app.py` over one database file; it can be killed and started again on the same port."""

    def __init__(
        self, database: Path, *, port: int = 0, program: tuple[str, ...] = ("app.py",), **settings: str
    ) -> None:
        self._program = program
        self.database = database
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = database.with_suffix(f".{self.port}.log")
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, timeout_seconds: float = 120) -> None:
        """The app answers."""
        kept = ("SOUNDINGS_CONTACT_KEY",)  # databases of tests are copied, their keys are not
        ours = {n: value for n, value in os.environ.items() if n in kept or not n.startswith("SOUNDINGS_")}
        ours |= {
            "SOUNDINGS_DATABASE_URL": f"sqlite:///{self.database}",
            "SOUNDINGS_DEMO": "true",
            "SOUNDINGS_PORT": str(self.port),
            **{f"SOUNDINGS_{name.upper()}": value for name, value in self._settings.items()},
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._program], cwd=ROOT, env=ours, stdout=log, stderr=log
            )
        until = time.monotonic() + timeout_seconds
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"the app did not start:\n{self.log}")

    def kill(self) -> None:
        """The app is gone at once, as after a power cut."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """The app has ended."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def process_id(self) -> int:
        """Of the process that runs now."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What it printed so far."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    @property
    def administrator_link(self) -> str:
        """The one-time link that it printed at its start."""
        found = _ADDRESS.search(self.log)
        if found is None:
            raise RuntimeError(f"no link was printed:\n{self.log}")
        return found[1]
