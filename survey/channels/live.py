"""Whose a live session of Streamlit is: its socket, the files it offers, and the files that are sent to it.

Streamlit hands a live session, with all that its reader entered, to whoever names its id, shows /media/ to everybody
who knows the address, and takes files for every session. Here each belongs to the browser and the sign-in under which
it was made (`survey.visits`).
"""

import logging
import re
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import cookie_parser

from data.settings import Settings
from survey import visits
from survey.channels.middleware import Application, Message, Receive, Scope, Send
from survey.channels.requests import is_own_origin
from survey.channels.shell import STAFF_PAGES
from survey.guard import counted_as

STREAM = "/_stcore/stream"
UPLOADS = "/_stcore/upload_file/"
MEDIA = "/media/"
MOST_SOCKETS = 1_000
"""Open pages of one address in this process: a large conference behind one. A server holds some thousands, and whoever
opens all of them shuts everybody else out."""
MOST = 20_000
"""So many sessions and files are remembered; one that was forgotten begins anew, or is offered again."""
_UNREADABLE = 1003
"""What a socket is closed with that carries something else than messages of Streamlit."""
_PROTOCOLS = b"sec-websocket-protocol"
_FILE = re.compile(rb"/media/([0-9A-Za-z_-]+)")
_PAGES = frozenset(("/", "/respond", *(f"/{name}" for name in STAFF_PAGES)))
_Kept = TypeVar("_Kept")
_log = logging.getLogger("soundings")


class LiveSessions:
    """Refuses sockets from elsewhere, keeps sessions, their files and uploads to their holders, and gives every browser
    that opens a page its visit.

    session_id_of  the id in a message of Streamlit to a browser; "" when it holds none
    taken          a message of a browser as Streamlit may have it; b"" for one that it may not, None for what is none:
                   Streamlit would write a long error into the log for each, so that anybody could fill the disk
    is_staff       whether this token of the sign-in cookie is somebody's; only they send files to Streamlit
    """

    def __init__(
        self,
        app: Application,
        settings: Settings,
        *,
        session_id_of: Callable[[bytes], str],
        taken: Callable[[bytes], bytes | None],
        is_staff: Callable[[str], bool],
    ) -> None:
        self._app = app
        self._session_id_of, self._taken = session_id_of, taken
        self._is_staff = is_staff
        self._settings = settings
        self._sessions: OrderedDict[str, str] = OrderedDict()
        self._files: OrderedDict[str, set[str]] = OrderedDict()
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what its sender may ask for."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(MEDIA):
            holders = self._files.get(scope["path"].removeprefix(MEDIA).partition(".")[0], set())
            allowed = scope["method"] in ("GET", "HEAD") and self._holder(scope) in holders
            await (self._app(scope, receive, send) if allowed else _answer(404, send))
        elif scope["path"].startswith(UPLOADS):
            await (self._app(scope, receive, send) if await self._may_upload(scope) else _answer(403, send))
        elif scope["path"] in _PAGES or scope["path"].startswith("/account/"):
            await self._page(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        who = counted_as((scope.get("client") or ("",))[0])
        own = scope["path"] == STREAM and len(origins) == 1 and is_own_origin(scope, origins[0].decode("latin-1"))
        if not own or self._open[who] >= MOST_SOCKETS:
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        self._open[who] += 1
        try:
            await self._own_socket(scope, receive, send)
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]

    async def _own_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        holder = self._holder(scope)
        named = ended = False

        async def noted(message: Message) -> None:
            nonlocal named
            if ended:
                return
            content = message.get("bytes")
            if message["type"] == "websocket.send" and content and holder:
                if not named and (session := self._session_id_of(content)):
                    named = True
                    _keep(self._sessions, session, holder)
                if MEDIA.encode() in content:
                    for file in _FILE.findall(content):
                        _keep(self._files, file.decode(), self._files.get(file.decode(), set()) | {holder})
            await send(message)

        async def cleaned() -> Message:
            nonlocal ended
            content: bytes | None = b""
            while content == b"":
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                content = self._taken(message.get("bytes") or b"")
            if content:
                return {"type": "websocket.receive", "bytes": content}
            ended = True  # what the app sends while the socket is closed comes too late
            await send({"type": "websocket.close", "code": _UNREADABLE})
            return {"type": "websocket.disconnect", "code": _UNREADABLE}

        await self._app(self._resuming(scope, holder), cleaned, noted)

    def _resuming(self, scope: Scope, holder: str) -> Scope:
        """The request without the id of a session that it may not have back: Streamlit begins a new one then."""
        headers = []
        for name, value in scope["headers"]:
            if name == _PROTOCOLS:
                entries = [entry.strip() for entry in value.decode("latin-1").split(",")]
                session = entries[2] if len(entries) > 2 else ""
                if session and (not holder or self._sessions.get(session) != holder):
                    if session in self._sessions:
                        _log.warning("a live session was asked for with the cookies of another browser or sign-in")
                    value = ", ".join(entries[:2]).encode("latin-1")
            headers.append((name, value))
        # More headers of this name than one would be joined by whoever reads them.
        if sum(name == _PROTOCOLS for name, _value in headers) > 1:
            headers = [one for one in headers if one[0] != _PROTOCOLS]
        return {**scope, "headers": headers}

    async def _may_upload(self, scope: Scope) -> bool:
        session = scope["path"].removeprefix(UPLOADS).partition("/")[0]
        holder = self._holder(scope)
        if scope["method"] not in ("PUT", "DELETE") or not holder or self._sessions.get(session) != holder:
            return False
        return await run_in_threadpool(self._is_staff, _cookies(scope).get(self._settings.session_cookie, ""))

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        cookies = _cookies(scope)
        name = self._settings.cookie(visits.COOKIE)
        if visits.known(cookies.get(name, "")) or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        visit = visits.begin()
        kept = [one for one in scope["headers"] if one[0] != b"cookie"]
        others = {**cookies, name: visit}
        cookie = "; ".join(f"{other}={value}" for other, value in others.items()).encode("latin-1", "replace")
        secure = "; Secure" if self._settings.is_secure else ""
        given = f"{name}={visit}; Path=/; HttpOnly; SameSite=Lax{secure}".encode()

        async def with_visit(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (b"set-cookie", given)]
            await send(message)

        await self._app({**scope, "headers": [*kept, (b"cookie", cookie)]}, receive, with_visit)

    def _holder(self, scope: Scope) -> str:
        return visits.holder(*visits.known_by(_cookies(scope), self._settings))


def _cookies(scope: Scope) -> dict[str, str]:
    said = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
    return cookie_parser(said)


def _keep(kept: OrderedDict[str, _Kept], name: str, value: _Kept) -> None:
    kept[name] = value
    kept.move_to_end(name)
    while len(kept) > MOST:
        kept.popitem(last=False)


async def _answer(status: int, send: Send) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})
