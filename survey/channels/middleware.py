"""Pure ASGI middleware around everything: security headers, and which routes of Streamlit there are at all."""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN_CORE = ("health", "host-config", "stream", "upload_file/", "bidi-components/")
"""What browsers need of Streamlit's own routes below /_stcore/. Metrics, the agent and whatever a later Streamlit adds
are closed."""
CLOSED_PATHS = ("/component/", "/app/static/")
"""Components of the first kind and files of the app, of which we have none."""
_CORE = "/_stcore/"
_YEAR_SECONDS = 31_536_000


def content_security_policy(index_page: Path, *ours: str) -> str:
    """The policy for pages, with the hash of Streamlit's one inline script and of ours."""
    inline = re.search(r"<script>(.*?)</script>", index_page.read_text(encoding="utf-8"), re.DOTALL)
    allowed = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in (inline[1] if inline else "", *ours)
    )
    return (
        f"default-src 'self'; script-src 'self' blob: {allowed}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )


class SecurityHeaders:
    """Adds the headers to every answer and closes what is not OPEN_CORE, and CLOSED_PATHS.

    An answer that does not say how long it may be kept is kept by nobody. The address of the page is told to no other
    site. It is told to our own: a browser that tells it to nobody sends forms without a true Origin, by which we know
    that they are ours.
    """

    def __init__(self, app: Application, policy: str, *, tls: bool = False) -> None:
        self._app = app
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
            (b"referrer-policy", b"same-origin"),
            (b"permissions-policy", _PERMISSIONS),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"x-permitted-cross-domain-policies", b"none"),
            (b"cache-control", b"no-store"),
        ]
        if tls:
            self._headers.append((b"strict-transport-security", b"max-age=%d; includeSubDomains" % _YEAR_SECONDS))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything but closed paths on, with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _is_closed(scope["path"]):
            await send({"type": "http.response.start", "status": 404, "headers": self._headers})
            await send({"type": "http.response.body", "body": b""})
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Streamlit lets some of its own answers be read by other origins; nobody needs that here.
                kept = [one for one in message.get("headers", []) if not one[0].lower().startswith(b"access-control-")]
                present = {name.lower() for name, _ in kept}
                message["headers"] = [*kept, *(one for one in self._headers if one[0] not in present)]
            await send(message)

        await self._app(scope, receive, with_headers)


_PERMISSIONS = ", ".join(
    (
        *(f"{name}=()" for name in ("accelerometer", "camera", "display-capture", "gyroscope", "magnetometer")),
        *(f"{name}=()" for name in ("microphone", "midi", "payment", "usb", "serial", "bluetooth", "hid")),
        "geolocation=(self)",  # a question for a place asks for it when its reader presses the button
    )
).encode()


def _is_closed(path: str) -> bool:
    if path.startswith(_CORE):
        rest = path.removeprefix(_CORE)
        return not any(rest.startswith(one) if one.endswith("/") else rest == one for one in OPEN_CORE)
    return path.startswith(CLOSED_PATHS)
