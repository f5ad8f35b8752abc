"""Where a request really came from, and by which name this server was asked: of what proxies say only as much is
believed as there are proxies."""

import ipaddress
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from data.settings import Settings
from survey.channels.middleware import Application, Receive, Scope, Send

ORIGINS = "soundings.origins"
"""Under this name a request says which origins are its own server's."""
_FORWARDED = (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host")
_OTHERS = (b"forwarded", b"x-real-ip", b"x-forwarded-port", b"x-forwarded-prefix", b"x-forwarded-server")
"""Said by proxies too, and never believed."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_WILDCARDS = ("0.0.0.0", "::", "")
_PORTS = {"http": 80, "https": 443}


def unproxied(app: Any) -> Any:
    """The application without uvicorn's own belief in proxies, which does not count them."""
    return app.app if isinstance(app, ProxyHeadersMiddleware) else app


class TrustedProxies:
    """Puts the reader's address, the scheme and the name into the request, as the trusted proxies saw them.

    Each proxy adds what it saw at the right end of a header. With n proxies the n-th entry from the right was written
    by the outermost of them; everything left of it was written by the reader, who may write anything. A request that
    brings fewer entries did not come through all of them: the address of the connection counts. Requests for a name
    that is not ours get 421, so that no link is ever made from a name that somebody else chose.
    """

    def __init__(self, app: Application, settings: Settings) -> None:
        self._app = app
        self._proxies = settings.proxies
        self._public = origin_of(settings.base_url)
        self._names = frozenset(_names(settings))
        # Who listens everywhere does not say by which address it is reached; an address, unlike a name, is no trick.
        self._any_address = settings.address in _WILDCARDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what was asked by one of our names."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope = self._believed(scope)
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        host = hosts[0].decode("latin-1") if len(hosts) == 1 else ""
        if not self._is_ours(host):
            await _refuse(scope, receive, send)
            return
        web_scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
        scope[ORIGINS] = (origin_of(f"{web_scheme}://{host}"), self._public)
        await self._app(scope, receive, send)

    def _believed(self, scope: Scope) -> Scope:
        said: dict[bytes, list[str]] = {name: [] for name in _FORWARDED}
        kept = []
        for name, value in scope["headers"]:
            lower = name.lower()
            if lower in said:
                said[lower] += [part.strip() for part in value.decode("latin-1").split(",")]
            elif lower not in _OTHERS:
                kept.append((name, value))
        believed = {**scope, "headers": kept}
        if not self._proxies:
            return believed
        addresses, schemes, names = (said[name] for name in _FORWARDED)
        if len(addresses) >= self._proxies and (address := _address(addresses[-self._proxies])):
            believed["client"] = (address, 0)
        if schemes and (scheme := schemes[max(len(schemes) - self._proxies, 0)].lower()) in _PORTS:
            secure = scheme == "https"
            believed["scheme"] = ("wss" if secure else "ws") if scope["type"] == "websocket" else scheme
        if names:
            name = names[max(len(names) - self._proxies, 0)].encode("latin-1")
            believed["headers"] = [*((key, value) for key, value in kept if key != b"host"), (b"host", name)]
        return believed

    def _is_ours(self, host: str) -> bool:
        name = host_name(host)
        if name in self._names:
            return True
        return self._any_address and bool(_address(name))


def origin_of(url: str) -> str:
    """scheme://host:port in small letters, always with the port; "" for anything else than exactly an origin or a page
    of the web."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port or _PORTS[parts.scheme]}"


def host_name(host: str) -> str:
    """The name in a Host header, without its port; "" when it is anything else than a name and a port."""
    if any(sign in host for sign in "/?#@\\ \t"):
        return ""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    return (parts.hostname or "").rstrip(".")


def _names(settings: Settings) -> Iterable[str]:
    yield from _LOOPBACK
    yield host_name(urlsplit(settings.base_url).netloc)
    if settings.address not in _WILDCARDS:
        yield settings.address.lower()
    yield from settings.host_names


def _address(text: str) -> str:
    """The address in an entry, which may have a port."""
    for candidate in (text, text.rpartition(":")[0]):
        try:
            return str(ipaddress.ip_address(candidate.strip("[]")))
        except ValueError:
            continue
    return ""


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    text = b"This server is not reached by that name.\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 421, "headers": [*headers, (b"cache-control", b"no-store")]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else text})
