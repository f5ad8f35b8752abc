"""Streamlit's socket, packed so that a page drawn again costs little: what was sent before is only referred to.

uvicorn packs with a memory of 4 kB, less than a page of questions, so that a second drawing costs as much as the first.
With 32 kB it costs a fifth. Each open page takes some 250 kB of memory for it.

Streamlit sends a page element by element, most of them packed into eight bytes. What comes within a millisecond goes
out as one piece: a packet with its headers, and a call of the system, for each element would cost more than all else.
"""

import asyncio
from asyncio.transports import BaseTransport
from typing import Any

from uvicorn.config import WS_PROTOCOLS
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

from survey.channels.proxies import unproxied

REMEMBERED_BITS = 15
"""The packer remembers two to the power of this many bytes; more is not possible (RFC 7692)."""
_FROM_BROWSERS_BITS = 12
MOST_MESSAGE_BYTES = 5_000_000
"""What a browser may send at once, unpacked; a page of forty long answers has a tenth of it. `.streamlit/config.toml`
says the same to Streamlit, which would hold a message of 200 MB before it looks at its size."""

GATHERING_SECONDS = 0.001
MOST_GATHERED_BYTES = 32_768


class Gathering:
    """A transport that keeps what is written for GATHERING_SECONDS and sends it as one piece; all else is as it was."""

    def __init__(self, transport: BaseTransport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport: Any = transport
        self._loop = loop
        self._kept: list[bytes] = []
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None

    def write(self, data: bytes) -> None:
        """This goes out with what is written next, at once when that is much."""
        self._kept.append(data)
        self._size += len(data)
        if self._size >= MOST_GATHERED_BYTES:
            self._send()
        elif self._timer is None:
            self._timer = self._loop.call_later(GATHERING_SECONDS, self._send)

    def close(self) -> None:
        """What was written goes out, then the connection ends."""
        self._send()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transport's."""
        return getattr(self._transport, name)

    def _send(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        kept, self._kept, self._size = self._kept, [], 0
        if kept and not self._transport.is_closing():
            self._transport.write(b"".join(kept))


class WidelyPacked(WebSocketsSansIOProtocol):
    """uvicorn's protocol with the longest memory for what goes to the browser, and gathered messages."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.app = unproxied(self.app)
        self.conn.max_message_size = MOST_MESSAGE_BYTES
        if self.conn.available_extensions:
            self.conn.available_extensions = [
                ServerPerMessageDeflateFactory(
                    server_max_window_bits=REMEMBERED_BITS, client_max_window_bits=_FROM_BROWSERS_BITS
                )
            ]

    def send_receive_event_to_app(self) -> None:
        """Hands on what came. Streamlit speaks in bytes: of a text only that it came, since it may be none."""
        if self.curr_msg_data_type == "text":
            self.frames = [b""]
        super().send_receive_event_to_app()

    def connection_made(self, transport: BaseTransport) -> None:
        """As uvicorn does it, over a transport that gathers."""
        super().connection_made(transport)
        self.transport = Gathering(transport, self.loop)  # type: ignore[assignment]


def pack_widely() -> None:
    """Every socket of this process is packed so; to be called before the server starts."""
    WS_PROTOCOLS["websockets-sansio"] = f"{__name__}:{WidelyPacked.__name__}"
