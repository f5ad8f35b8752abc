"""A client that speaks Streamlit's protocol and keeps every word that the server sends, whatever it is asked for."""

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect


def with_texts(port: int, page: str, text: str, *, cookie: str = "", **query: str) -> tuple[int, str]:
    """A page is opened and drawn again with this text in each field for text and pressed buttons: how many fields it
    had, and all that it said."""
    first = read_page_messages(port, page, cookie=cookie, **query)
    fields, buttons, script = [], [], ""
    for message in first:
        drawn = message.delta.new_element
        kind = drawn.WhichOneof("type")
        if kind in ("text_input", "text_area"):
            fields.append(getattr(drawn, kind).id)
        elif kind == "button":
            buttons.append(drawn.button.id)
        script = message.navigation.page_script_hash or script
    widgets = [WidgetState(id=name, string_value=text) for name in fields]
    widgets += [WidgetState(id=name, trigger_value=True) for name in buttons]
    again = read_page_messages(port, page, cookie=cookie, script=script, widgets=widgets, **query)
    return len(fields), "\n".join(map(readable, again))


def read_page(port: int, page: str, *, cookie: str = "", script: str = "", **query: str) -> str:
    """Everything that one run of a page sends.

    script  the hash of a page's script, as a browser names the page it is on; "" for the page of the address
    """
    return "\n".join(map(readable, read_page_messages(port, page, cookie=cookie, script=script, **query)))


def read_page_messages(
    port: int, page: str, *, cookie: str = "", script: str = "", widgets: Sequence[WidgetState] = (), **query: str
) -> list[ForwardMsg]:
    """The same, message by message.

    widgets  what stands in the fields of the page
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
        run.widget_states.widgets.extend(widgets)
        socket.send(message.SerializeToString())
        sent = []
        while True:
            got = ForwardMsg.FromString(socket.recv(timeout=60))  # type: ignore[arg-type]
            sent.append(got)
            if got.WhichOneof("type") == "script_finished":
                return sent


def readable(message: ForwardMsg) -> str:
    """The message as text, and what is packed inside it as far as it is words."""
    packed = message.SerializeToString()
    words = packed.decode("utf-8", errors="ignore")
    return f"{message}\n{words}\n{re.sub(r'[^ -~]', '', packed.decode('latin-1'))}"
