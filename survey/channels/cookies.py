"""Behind TLS our cookies have the prefix `__Host-`: a browser then takes them from this host and over TLS only, and no
neighbour below the same domain can slip one in. Everything inside goes on to know them by their plain names."""

from survey import visits
from survey.channels.middleware import Application, Message, Receive, Scope, Send
from survey.channels.requests import COOKIE

PREFIX = "__Host-"
_OURS = (COOKIE, visits.COOKIE)


class HostCookies:
    """Takes the prefix off what comes and puts it before what goes; one of our names without it is not believed."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = [(name, _plain(value) if name == b"cookie" else value) for name, value in scope["headers"]]

        async def prefixed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (name, PREFIX.encode() + value if _is_ours(name, value) else value)
                    for name, value in message.get("headers", [])
                ]
            await send(message)

        await self._app({**scope, "headers": headers}, receive, prefixed)


def _plain(cookies: bytes) -> bytes:
    kept = []
    for cookie in cookies.decode("latin-1").split(";"):
        name, equals, value = cookie.strip().partition("=")
        if name.removeprefix(PREFIX) in _OURS:
            if not name.startswith(PREFIX):
                continue
            name = name.removeprefix(PREFIX)
        kept.append(name + equals + value)
    return "; ".join(kept).encode("latin-1")


def _is_ours(name: bytes, value: bytes) -> bool:
    return name.lower() == b"set-cookie" and value.partition(b"=")[0].decode("latin-1") in _OURS
