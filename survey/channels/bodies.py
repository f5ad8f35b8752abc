"""How much of a request is read, and how slowly it may come: its head, its body, and how slowly the answer is taken."""

import asyncio
from collections.abc import AsyncGenerator
from http import HTTPStatus
from time import monotonic
from typing import Any

from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import HTTP_PROTOCOLS
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from data.errors import InvalidInput
from survey.channels.proxies import unproxied
from survey.channels.requests import error_page, words_of

HEAD_SECONDS = 20.0
"""The head of a request has some hundred bytes, which the worst line carries in less."""
PAUSE_SECONDS = 30.0
"""A line may stand still so long while a body comes."""
LEAST_BYTES_PER_SECOND = 500.0
"""A telephone on the slowest network sends four times as much; every byte buys its time at this pace."""

MOST_HEAD_BYTES = 32_000
"""Cookies, and a personal link with filters, have a tenth of it."""
MOST_HEADERS = 100
MOST_ADDRESS_BYTES = 8_000
MOST_BODY_BYTES = 100_000
"""A form without files. Routes below OWN_LIMITS take more and bound it themselves."""
OWN_LIMITS = ("/f/", "/files", "/_stcore/upload_file/")
SEND_SECONDS = 60.0
"""So long may one piece of an answer wait for a reader who does not take it."""

READ_LIMITS = 20
"""So many times the limit of one file is read, and mostly forgotten, before a form is refused unread, which a browser
may show as a broken connection. A film of a telephone is rarely longer."""


async def require_size(request: Request, most_bytes: int, limit_mb: int) -> None:
    """Refuses a body that is announced, or turns out, to be larger; it is read no further than that."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most_bytes:
        raise InvalidInput("file.too_large", limit_mb=limit_mb)
    received = bytearray()
    async for part in request.stream():
        received += part
        if len(received) > most_bytes:
            raise InvalidInput("file.too_large", limit_mb=limit_mb)
    request._body = bytes(received)  # Starlette keeps a body that was read here and parses the form from it


async def read_form(
    request: Request, limit_mb: int, *, most_files: int, most_fields: int, most_text_bytes: int
) -> FormData:
    """A form with files. Of a file that is too large one byte more than the limit is kept: whoever takes it sees that,
    and what was typed beside it is not lost with it.

    Raises InvalidInput("file.too_large") for more than READ_LIMITS times the limit, MultiPartException for anything
    else than a form of so many files and fields and so much text.
    """
    most_bytes = READ_LIMITS * limit_mb * 1_000_000

    async def bounded() -> AsyncGenerator[bytes, None]:
        received = 0
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > most_bytes:
            raise InvalidInput("file.too_large", limit_mb=limit_mb)
        async for part in request.stream():
            received += len(part)
            if received > most_bytes:
                raise InvalidInput("file.too_large", limit_mb=limit_mb)
            yield part

    parser = _BoundedParts(request.headers, bounded(), max_files=most_files, max_fields=most_fields)
    parser.most_file_bytes = limit_mb * 1_000_000 + 1
    parser.text_bytes_left = most_text_bytes
    return await parser.parse()


class _BoundedParts(MultiPartParser):
    most_file_bytes = 0
    text_bytes_left = 0
    _file_bytes_left = 0

    def on_part_begin(self) -> None:
        super().on_part_begin()
        self._file_bytes_left = self.most_file_bytes

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._current_part.file is None:
            self.text_bytes_left -= end - start
            if self.text_bytes_left < 0:
                raise MultiPartException("Too much text.")
        else:
            end = min(end, start + self._file_bytes_left)
            self._file_bytes_left -= end - start
        if end > start:
            super().on_part_data(data, start, end)


class BodiesInTime:
    """Ends a request whose body comes too slowly, with 408, one whose body is too large, with 413, and one whose client
    went away or does not take the answer, with nothing: there is nobody to tell and nothing is wrong here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on that comes in time."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        left_seconds = PAUSE_SECONDS
        whole = ended = answered = untaken = False
        left_bytes = None if scope["path"].startswith(OWN_LIMITS) else MOST_BODY_BYTES

        async def in_time() -> Message:
            nonlocal left_seconds, left_bytes, whole, ended
            if whole:
                return await receive()
            began = monotonic()
            try:
                async with asyncio.timeout(left_seconds):
                    message = await receive()
            except TimeoutError:
                ended = True
                raise InvalidInput("request.too_slow") from None
            left_seconds -= monotonic() - began - len(message.get("body", b"")) / LEAST_BYTES_PER_SECOND
            whole = not message.get("more_body", False)
            if left_bytes is not None:
                left_bytes -= len(message.get("body", b""))
                if left_bytes < 0:
                    ended = True
                    raise InvalidInput("request.too_large")
            return message

        async def closing(message: Message) -> None:
            nonlocal answered, untaken
            if message["type"] == "http.response.start":
                answered = True
                if ended:
                    message["headers"] = [*message.get("headers", []), (b"connection", b"close")]
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await send(message)
            except TimeoutError:
                untaken = True
                raise

        try:
            await self._app(scope, in_time, closing)
        except ClientDisconnect:
            return
        except TimeoutError:
            if not untaken:  # something else took too long, which is wrong here
                raise
        except InvalidInput as error:
            if not ended or answered:
                raise
            await error_page(error, words_of(Request(scope)))(scope, receive, closing)


class HeadsInTime(HttpToolsProtocol):
    """uvicorn's protocol, which by itself waits for the head of a request for ever and reads one of any size; without
    its name in the answers, and without its own belief in proxies."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.app = unproxied(self.app)
        # Both: what the server sends by itself is made anew of the first every second, and the first answer is sooner.
        for holder, headers in ((self.config, "encoded_headers"), (self.server_state, "default_headers")):
            setattr(holder, headers, [one for one in getattr(holder, headers) if one[0] != b"server"])
        self._in_head = False
        self._head_bytes = 0

    def connection_made(self, transport: Any) -> None:
        """The first head is expected."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Reads on, unless the head that is being read is too large."""
        super().data_received(data)
        if not self._in_head:
            return
        self._head_bytes += len(data)
        if self._head_bytes > MOST_HEAD_BYTES:
            self._end_with(431, "The head of this request is too large.")

    def on_message_begin(self) -> None:
        """A head has begun."""
        super().on_message_begin()
        self._in_head = True
        self._expect_head()

    def on_headers_complete(self) -> None:
        """The head is judged before anybody acts on it."""
        self._in_head = False
        if len(self.url) > MOST_ADDRESS_BYTES:
            self._end_with(414, "The address of this request is too long.")
        elif len(self.headers) > MOST_HEADERS or sum(len(a) + len(b) for a, b in self.headers) > MOST_HEAD_BYTES:
            self._end_with(431, "The head of this request is too large.")
        elif self.parser.should_upgrade() and self._should_upgrade() and self.parser.get_method() != b"GET":
            # uvicorn would hand it on to the protocol of sockets, which never answers.
            self._end_with(400, "A socket is opened by GET.")
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Nothing is kept of the body of a request that was refused."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The next head may come."""
        if not self.transport.is_closing():
            super().on_message_complete()
        self._head_bytes = 0

    def handle_websocket_upgrade(self) -> None:
        """The protocol of sockets takes over, unless the request was refused."""
        if not self.transport.is_closing():
            super().handle_websocket_upgrade()

    def _end_with(self, status: int, text: str) -> None:
        if self.transport.is_closing():
            return
        head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
        head += f"content-length: {len(text)}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
        self.transport.write((head + text).encode("ascii"))
        self.transport.close()

    def _expect_head(self) -> None:
        self.loop.call_later(HEAD_SECONDS, self._end_without_head, self.cycle)

    def _end_without_head(self, before: object) -> None:
        # A socket of Streamlit has another protocol by now.
        if self.cycle is before and self.transport.get_protocol() is self:
            self.transport.close()


def end_slow_heads() -> None:
    """Every connection of this process is bounded so; to be called before the server starts."""
    HTTP_PROTOCOLS["auto"] = f"{__name__}:{HeadsInTime.__name__}"
