"""Streamlit's socket, packed so that a page drawn again costs little: what was sent before is only referred to.

uvicorn packs with a memory of 4 kB, less than a page of questions, so that a second drawing costs as much as the first.
With 32 kB it costs a fifth. Each open page takes some 250 kB of memory for it.
"""

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


class WidelyPacked(WebSocketsSansIOProtocol):
    """uvicorn's protocol with the longest memory for what goes to the browser."""

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


def pack_widely() -> None:
    """Every socket of this process is packed so; to be called before the server starts."""
    WS_PROTOCOLS["websockets-sansio"] = f"{__name__}:{WidelyPacked.__name__}"
