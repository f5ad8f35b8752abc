"""What compose.yaml starts, from plain processes: app processes on one PostgreSQL server behind the proxy of
deploy/haproxy.cfg, which ends TLS with a certificate of deploy/prepare.sh."""

import http.client
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from data.settings import Settings
from data.store import Store, open_store
from survey import visits
from tests.browser.running import free_port

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
START_SECONDS = 90
NO_PROXY = "no HAProxy: type sudo apt-get install haproxy"
_COOKIE = re.compile(r"^([^=;\s]+)=([^;]*)")
_LINK = re.compile(r"^Create the first administrator \(once\): \S+t=(\S+)$", re.MULTILINE)


def haproxy() -> str | None:
    """Path of the proxy: SOUNDINGS_HAPROXY, else the one that is installed."""
    beside = Path("/usr/sbin/haproxy")  # where Debian puts it, which is not on everybody's path
    return os.environ.get("SOUNDINGS_HAPROXY") or shutil.which("haproxy") or (str(beside) if beside.exists() else None)


@dataclass(slots=True)
class Client:
    """A browser's cookies and requests, through the proxy."""

    port: int
    tls: ssl.SSLContext
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = "192.0.2.1"

    def ask(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> tuple[int, str]:
        """(status, text) of a request; redirects are not followed."""
        headers = {"Cookie": self.cookie, "X-Forwarded-For": self.address, "Sec-Fetch-Site": "same-origin"}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            if path.startswith("/account/"):
                token = visits.form_token(self._own(visits.COOKIE), self._own("soundings_session"))
                fields = {visits.FIELD: token, **fields}
        body = None if fields is None else urlencode(fields)
        with closing(http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=self.tls)) as line:
            line.request(method, path, body=body, headers=headers)
            answer = line.getresponse()
            self.note(value for name, value in answer.getheaders() if name.lower() == "set-cookie")
            return answer.status, answer.read().decode("utf-8", "replace")

    def note(self, said: Iterator[str] | list[str]) -> None:
        """Keeps the cookies that an answer sets."""
        self.cookies |= {found[1]: found[2] for value in said if (found := _COOKIE.match(value))}

    @property
    def cookie(self) -> str:
        """All cookies as they are sent back."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @property
    def process(self) -> int:
        """The process to which the proxy brings this browser back, counted from 0; -1 for none."""
        return int(self.cookies.get("soundings_process", 0)) - 1

    def _own(self, name: str) -> str:
        return self.cookies.get(f"__Host-{name}", "")


class Arrangement:
    """App processes, the proxy before them and the database below; `database` is empty and on a server."""

    def __init__(self, folder: Path, database: Settings, *, apps: int = 2, **settings: str) -> None:
        self.folder, self.database = folder, database
        self.ports = [free_port() for _ in range(apps)]
        self.port, self.plain_port = free_port(), free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.backups = folder / "backups"
        secrets = folder / "secrets"
        subprocess.run(["sh", str(DEPLOY / "prepare.sh"), "127.0.0.1", str(secrets)], check=True)
        (secrets / "soundings_database_url").write_text(database.database_url, encoding="utf-8")
        # What looks into the database beside the processes has the key of all tests.
        (secrets / "soundings_contact_key").write_text(os.environ["SOUNDINGS_CONTACT_KEY"], encoding="utf-8")
        self.certificate = secrets / "certificate.pem"
        self.tls = ssl.create_default_context(cafile=str(self.certificate))
        self.tls.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)  # it is signed by itself
        outside = {name: value for name, value in os.environ.items() if not name.startswith("SOUNDINGS_")}
        self._environment = outside | {
            "SOUNDINGS_SECRETS_FOLDER": str(secrets),
            "SOUNDINGS_PUBLIC_URL": self.url,
            # The tests are a proxy further out, so that every respondent has an address.
            "SOUNDINGS_PROXIES": "2",
            "SOUNDINGS_BACKUP_FOLDER": str(self.backups),
            **{f"SOUNDINGS_{name.upper()}": value for name, value in settings.items()},
        }
        self._apps: list[subprocess.Popen[bytes] | None] = [None] * apps
        self._proxy: subprocess.Popen[bytes] | None = None

    def upgrade(self) -> tuple[int, ...]:
        """The schema is there, although two processes bring it at the same moment; how each of them ended."""
        command = [sys.executable, "-m", "data", "upgrade"]
        both = [subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL) for _ in range(2)]
        return tuple(each.wait(START_SECONDS) for each in both)

    def start(self) -> None:
        """Every process and the proxy answer."""
        for number in range(len(self.ports)):
            self.begin(number)
        self._begin_proxy()
        for number in range(len(self.ports)):
            self.wait(number)
        until = time.monotonic() + START_SECONDS
        while self.client().ask("GET", "/_stcore/health")[0] != 200:
            if time.monotonic() > until:
                raise RuntimeError(f"the proxy finds no process:\n{self.proxy_log}")
            time.sleep(0.1)

    def begin(self, number: int) -> None:
        """One app process begins to start."""
        environment = self._environment | {"SOUNDINGS_PORT": str(self.ports[number])}
        with self._log(number).open("ab") as log:
            self._apps[number] = subprocess.Popen(
                [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    def wait(self, number: int) -> None:
        """The app process answers."""
        process, until = self._apps[number], time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if process is None or process.poll() is not None:
                break
            try:
                with closing(http.client.HTTPConnection("127.0.0.1", self.ports[number], timeout=2)) as line:
                    line.request("GET", "/_stcore/health")
                    if line.getresponse().status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"process {number} did not start:\n{self.log(number)}")

    def kill(self, number: int) -> None:
        """An app process is gone at once, as when its machine fails."""
        process = self._apps[number]
        if process is not None:
            process.send_signal(signal.SIGKILL)
            process.wait()

    def stop(self) -> None:
        """Everything has ended."""
        for process in (*self._apps, self._proxy):
            if process is not None and process.poll() is None:
                process.terminate()
        for process in (*self._apps, self._proxy):
            if process is not None:
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def client(self, address: str = "192.0.2.1") -> Client:
        """A browser without cookies."""
        return Client(self.port, self.tls, address=address)

    def direct(self, number: int, method: str, path: str, fields: Mapping[str, str] | None = None) -> tuple[int, str]:
        """(status, text) of a request to one process, past the proxy."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.ports[number], timeout=30)) as line:
            headers = {"X-Forwarded-For": "192.0.2.99, 127.0.0.1", "Sec-Fetch-Site": "same-origin"}
            if fields is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            line.request(method, path, body=None if fields is None else urlencode(fields), headers=headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")

    def store(self) -> Store:
        """The same database, opened beside."""
        return open_store(self.database)

    def log(self, number: int) -> str:
        """What an app process printed so far."""
        return self._log(number).read_text(encoding="utf-8", errors="replace")

    def administrator_token(self, number: int) -> str:
        """The token of the link that a process printed when it started."""
        (token,) = _LINK.findall(self.log(number))
        return token

    @property
    def proxy_log(self) -> str:
        """What the proxy logged so far."""
        return (self.folder / "proxy.log").read_text(encoding="utf-8", errors="replace")

    def _log(self, number: int) -> Path:
        return self.folder / f"app{number}.log"

    def _begin_proxy(self) -> None:
        program = haproxy()
        if program is None:
            raise RuntimeError(NO_PROXY)
        environment = os.environ | {
            "PROXY_HTTP": f"127.0.0.1:{self.plain_port}",
            "PROXY_HTTPS": f"127.0.0.1:{self.port}",
            "PROXY_CERTIFICATE": str(self.certificate),
            "PROXY_PUBLIC_URL": self.url,
            **{f"PROXY_APP_{number}": f"127.0.0.1:{port}" for number, port in enumerate(self.ports, start=1)},
        }
        with (self.folder / "proxy.log").open("ab") as log:
            command = [program, "-db", "-f", str(DEPLOY / "haproxy.cfg")]
            self._proxy = subprocess.Popen(command, env=environment, stdout=log, stderr=log)


@contextmanager
def arranged(folder: Path, database: Settings, **settings: str) -> Iterator[Arrangement]:
    """An arrangement that is made and not yet started; at the end nothing of it runs."""
    found = Arrangement(folder, database, **settings)
    try:
        yield found
    finally:
        found.stop()
