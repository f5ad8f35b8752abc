"""A client that speaks Streamlit's protocol and keeps every word that the server sends, whatever it is asked for."""

import re
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


def read_page(port: int, page: str, *, cookie: str = "", script: str = "", **query: str) -> str:
    """Everything that one run of a page sends.

    script  the hash of a page's script, as a browser names the page it is on; "" for the page of the address
    """
    origin = f"http://127.0.0.1:{port}"
    with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        subprotocols=["streamlit"],  # type: ignore[list-item]
        origin=origin,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie} if cookie else {},
        max_size=None,
    ) as socket:
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_name, run.page_script_hash = urlencode(query), page, script
        run.context_info.url = f"{origin}/{page}"
        run.context_info.timezone, run.context_info.locale = "UTC", "en"
        socket.send(message.SerializeToString())
        sent = []
        while True:
            got = ForwardMsg.FromString(socket.recv(timeout=60))  # type: ignore[arg-type]
            sent.append(readable(got))
            if got.WhichOneof("type") == "script_finished":
                return "\n".join(sent)


def readable(message: ForwardMsg) -> str:
    """The message as text, and what is packed inside it as far as it is words."""
    packed = message.SerializeToString()
    words = packed.decode("utf-8", errors="ignore")
    return f"{message}\n{words}\n{re.sub(r'[^ -~]', '', packed.decode('latin-1'))}"
