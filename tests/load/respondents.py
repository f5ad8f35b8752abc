"""Respondents of the light form as a load: each has a connection of its own, reads a section, answers it and sends it.

What the server said it kept is written down, so that it can be looked for afterwards.
"""

import asyncio
import html
import random
import re
import ssl
from collections import defaultdict
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlencode

_HIDDEN = re.compile(r'<input type="?hidden"? name="?(\w+)"? value="([^"]*)">')
_ACTION = re.compile(r'<form method="post" action="([^"]+)"')
_RADIO = re.compile(r'<input type="?radio"? name="?q\.([^"\s>]+)"? value="?([^"\s>]+)"?')
_SEND = re.compile(r'<form method="post"(?:(?!</form>).)*name="?act"? value="?send"?.*?</form>', re.DOTALL)
_AREA = re.compile(r'<textarea name="q\.([^"]+)"[^>]*>\n?(.*?)</textarea>', re.DOTALL)

GONE = (502, 503, 504)


class Unanswered(ConnectionError):
    """The proxy had no answer: the process behind it is gone, or too busy."""


MOST_REST_SECONDS = 4.0


@dataclass(slots=True)
class Tally:
    """What happened, in seconds.

    kept   code -> question -> what the server said it has kept
    tried  code -> question -> what was sent after that without an answer: it may have been kept as well
    """

    posts: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    kept: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    tried: dict[str, dict[str, set[str]]] = field(default_factory=dict)


class Respondent:
    """One who answers with a code, section by section.

    tls      how a proxy is trusted; then it raises Unanswered when that one had no answer
    address  from where the reader comes, as a proxy further out would say
    """

    def __init__(
        self,
        port: int,
        slug: str,
        code: str,
        tally: Tally,
        seed: int,
        *,
        tls: ssl.SSLContext | None = None,
        address: str = "",
    ) -> None:
        self._port, self._slug, self.code, self._tally = port, slug, code, tally
        self._tls, self._address = tls, address
        self._draw = random.Random(seed)
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._page = ""
        self._asked = 0.0

    async def answer(self, section: str) -> None:
        """Opens a section if none is open, enters something, sends it and reads the page that follows."""
        if not self._page:
            await self._open(f"/f/{self._slug}?r={self.code}&s={section}")
        fields = dict(_HIDDEN.findall(self._page))
        choices: dict[str, list[str]] = defaultdict(list)
        for name, value in _RADIO.findall(self._page):
            choices[name].append(value)
        entered = {html.unescape(name): self._draw.choice(values) for name, values in choices.items()}
        for name, _text in _AREA.findall(self._page):
            entered[html.unescape(name)] = f"Words {self._draw.randrange(10**9)} of an organisation."
        sent = {name: html.unescape(value) for name, value in fields.items()}
        body = urlencode({**sent, **{f"q.{name}": value for name, value in entered.items()}, "act": "stay"})
        tried = self._tally.tried.setdefault(self.code, defaultdict(set))
        for name, value in entered.items():
            tried[name].add(value)
        begun = perf_counter()
        action = _ACTION.search(self._page)
        address = html.unescape(action[1]) if action else f"/f/{self._slug}"
        status, headers, _content = await self._ask("POST", address, body)
        self._tally.posts.append(perf_counter() - begun)
        if status != 303:
            self._tally.errors.append(f"POST {status}")
            for name, value in entered.items():
                tried[name].discard(value)
            self._page = ""
            return
        self._tally.kept[self.code].update(entered)
        for name in entered:
            del tried[name]
        await self._open(headers["location"].partition("#")[0])

    async def send(self) -> bool:
        """The response is sent; True when the page says that it was received, by this or by an earlier attempt."""
        address = f"/f/{self._slug}?r={self.code}"
        status, _headers, content = await self._ask("GET", f"{address}&s=_review")
        if status == 200 and (button := _SEND.search(content.decode())):
            fields = dict(_HIDDEN.findall(button[0]))
            action = _ACTION.search(button[0])
            body = urlencode({**{name: html.unescape(value) for name, value in fields.items()}, "act": "send"})
            await self._ask("POST", html.unescape(action[1]) if action else address, body)
        status, _headers, content = await self._ask("GET", address)
        return status == 200 and b"Your response was received" in content

    async def _open(self, path: str) -> None:
        begun = perf_counter()
        status, _headers, content = await self._ask("GET", path)
        self._tally.pages.append(perf_counter() - begun)
        if status != 200:
            self._tally.errors.append(f"GET {status}")
        self._page = content.decode()

    def forget_page(self) -> None:
        """The next section is opened anew."""
        self._page = ""
        self.close()

    def close(self) -> None:
        """The connection is gone."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _ask(self, method: str, path: str, body: str = "") -> tuple[int, dict[str, str], bytes]:
        # The server ends a connection that rests for five seconds; a browser would try once more.
        if self._reader is not None and (self._reader.at_eof() or perf_counter() - self._asked > MOST_REST_SECONDS):
            self.close()
        self._asked = perf_counter()
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, ssl=self._tls)
        assert self._reader is not None
        head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{self._port}\r\nsec-fetch-site: same-origin\r\n"
        if self._address:
            head += f"x-forwarded-for: {self._address}\r\n"
        if body:
            head += f"content-type: application/x-www-form-urlencoded\r\ncontent-length: {len(body)}\r\n"
        self._writer.write(f"{head}\r\n{body}".encode())
        first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip() for name, colon, value in (line.partition(":") for line in lines) if colon
        }
        content = await self._reader.readexactly(int(headers.get("content-length", 0)))
        status = int(first.split()[1])
        if self._tls is not None and status in GONE:
            raise Unanswered(f"{method} {status}")
        return status, headers, content
