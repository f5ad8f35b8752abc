"""A real SMTP server of the test's own, on this machine; it keeps what it takes and refuses what it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.ports import free_port


class Post:
    """What arrived. `refuse` maps an address to the server's answer."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.addresses: list[str] = []
        self.refuse: dict[str, str] = {}
        self.url = ""

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.addresses.extend(envelope.rcpt_tos)
        return "250 taken"


@contextmanager
def mail_server() -> Iterator[Post]:
    """The server runs while the block does."""
    post = Post()
    port = free_port()
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    post.url = f"smtp://127.0.0.1:{port}"
    try:
        yield post
    finally:
        controller.stop()
