"""What went wrong in any page, and which hosts were asked."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

KNOWN_PROBES = re.compile(r"/[a-z-]+/_stcore/(health|host-config)")
"""Streamlit looks for its server below the page's own address first; the 404 is how it learns to look above."""


class Watch:
    """What went wrong in any page of a test, and which hosts were asked."""

    def __init__(self) -> None:
        self.hosts: set[str] = set()
        self.answered_hosts: set[str] = set()
        self.faults: list[str] = []
        self.server_is_down = False

    def context(self, context: BrowserContext) -> None:
        """Everything that happens in this context is written down."""
        context.on("request", self._request)
        context.on("response", lambda answer: self._answered(answer.url))
        context.on("requestfailed", self._failed)
        context.on("page", self._page)

    def _page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("console", self._console)
        page.on("websocket", lambda socket: self._address(socket.url))

    def _answered(self, url: str) -> None:
        # A script that a page made itself comes from no host.
        if not url.startswith(("blob:", "data:")):
            self.answered_hosts.add(urlsplit(url).hostname or url)

    def _request(self, request: Request) -> None:
        self._address(request.url)

    def _failed(self, request: Request) -> None:
        # A request that the policy forbids is told of here too; one that went out and found nobody is not "csp".
        host = urlsplit(request.url).hostname
        if host not in ("127.0.0.1", None) and request.failure != "csp":
            self.answered_hosts.add(f"{host}: {request.failure}")

    def _address(self, url: str) -> None:
        if not url.startswith(("data:", "blob:")):
            self.hosts.add(urlsplit(url).hostname or url)

    def _console(self, message: ConsoleMessage) -> None:
        at = urlsplit(message.location.get("url", "")).path
        if message.type != "error" or self.server_is_down or ("404" in message.text and KNOWN_PROBES.fullmatch(at)):
            return
        self.faults.append(f"console: {message.text} ({at})")
