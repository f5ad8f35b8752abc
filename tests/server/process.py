"""`python app.py` as a child process, and a client that speaks plain HTTP to it."""

import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from data.settings import Settings
from data.store import Store, open_store
from survey import visits
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
PIECE = b"x" * 65536
VISIT = "v" * 43
"""The cookie of one browser."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as words."""
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.body)

    @property
    def cookie(self) -> str:
        """The session cookie that it sets, as the browser sends it back; "" when it sets none."""
        found = re.search(r"((?:__Host-)?soundings_session=[^;]*)", self.headers.get("set-cookie", ""))
        return found[1] if found else ""


class Server:
    """One running app."""

    def __init__(self, database: Path, *, port: int = 0, address: str = "", **settings: str) -> None:
        """address  of a database on a server, then only what is printed lies beside `database`"""
        self.port = port or free_port()
        self.database = database
        self._address = address or f"sqlite:///{database.as_posix()}"
        kept = ("SOUNDINGS_CONTACT_KEY",)  # databases of tests are copied, their keys are not
        environment = {n: value for n, value in os.environ.items() if n in kept or not n.startswith("SOUNDINGS_")}
        environment["SOUNDINGS_DATABASE_URL"] = self._address
        environment["SOUNDINGS_PORT"] = str(self.port)
        self.visit_cookie = Settings(**settings).cookie(visits.COOKIE)  # type: ignore[arg-type]
        environment.update({f"SOUNDINGS_{name.upper()}": value for name, value in settings.items()})
        self._out, self._err = database.with_suffix(".out"), database.with_suffix(".err")
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=out, stderr=err
            )

    def wait(self) -> "Server":
        """The server answers."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self.process.poll() is None, self.errors
            try:
                if self.get("/_stcore/health").status == 200:
                    return self
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"no answer in {START_SECONDS} s: {self.errors}")

    @property
    def printed(self) -> str:
        """Its standard output so far."""
        return self._out.read_text()

    @property
    def errors(self) -> str:
        """Its standard error so far."""
        return self._err.read_text()

    @property
    def errors_size(self) -> int:
        """How many bytes of it there are."""
        return self._err.stat().st_size

    @property
    def peak_kb(self) -> int:
        """The most memory that it ever held."""
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text())
        assert found is not None
        return int(found[1])

    def store(self) -> Store:
        """The same database, opened beside the server."""
        return open_store(Settings(database_url=self._address))

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ends it."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    # Requests

    def call(
        self, method: str, path: str, *, body: bytes | str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Sends a request; redirects are not followed."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            answer = connection.getresponse()
            found: dict[str, str] = {}
            for name, value in answer.getheaders():  # several cookies come in several lines
                found[name.lower()] = f"{found[name.lower()]}, {value}" if name.lower() in found else value
            return Answer(answer.status, found, answer.read())

    def get(self, path: str, **headers: str) -> Answer:
        """A GET; header names with underscores for hyphens."""
        return self.call("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def form(self, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
        """A form sent the way a browser sends it."""
        found = {name.replace("_", "-"): value for name, value in headers.items()}
        found["Content-Type"] = "application/x-www-form-urlencoded"
        if path.startswith("/account/"):  # as a page of the same visit has it
            signed_in = re.search(r"soundings_session=([^;]*)", found.get("Cookie", ""))
            token = visits.form_token(VISIT, signed_in[1] if signed_in else "")
            fields = {visits.FIELD: token, **fields}
            found["Cookie"] = "; ".join(filter(None, (found.get("Cookie", ""), f"{self.visit_cookie}={VISIT}")))
        return self.call("POST", path, body=urlencode(fields), headers=found)

    def upload(self, fields: Mapping[str, str], name: str = "", content: bytes = b"", **headers: str) -> Answer:
        """Sends a file to /files; without a name only the fields."""
        body = multipart_head(fields, name) + content + TAIL if name else multipart_head(fields, "") + TAIL
        found = {key.replace("_", "-"): value for key, value in headers.items()}
        return self.call("POST", "/files", body=body, headers={**found, "Content-Type": MULTIPART})

    def stream(self, fields: Mapping[str, str], size: int, *, announced: bool) -> tuple[Answer, int]:
        """(answer, bytes sent) of a large upload in small pieces; it stops as soon as the server answers."""
        head = multipart_head(fields, "large.bin")
        length = len(head) + size + len(TAIL)
        lines = ["POST /files HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Type: {MULTIPART}"]
        lines.append(f"Content-Length: {length}" if announced else "Transfer-Encoding: chunked")
        sent = 0
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
            line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
            for piece in _pieces(head, size):
                if select.select([line], [], [], 0)[0]:
                    break
                try:
                    line.sendall(piece if announced else f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                except (BrokenPipeError, ConnectionResetError):
                    break
                sent += len(piece)
            answer = http.client.HTTPResponse(line, method="POST")
            answer.begin()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()), sent


BOUNDARY = "----soundings-test"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


def multipart_head(fields: Mapping[str, str], name: str) -> bytes:
    """Everything before the file's content."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}' for key, value in fields.items()
    ]
    if name:
        parts.append(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
    return "\r\n".join(parts).encode()


def _pieces(head: bytes, size: int) -> Iterator[bytes]:
    yield head
    for _piece in range(size // len(PIECE)):
        yield PIECE
    yield TAIL


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)
