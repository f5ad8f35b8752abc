"""A browser's side of Streamlit's protocol: send a rerun, wait until the script has finished.

What an answer draws again is, as in a browser, the fragment that its field stands in, where there is one.
"""

import time
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


class Session:
    """One open page of a running app."""

    def __init__(self, port: int, page: str = "", **query: str) -> None:
        self._origin = f"http://127.0.0.1:{port}"
        self._page, self._query = page, urlencode(query)
        self._hash = self._fragment = ""
        self.elements = 0
        self._socket = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            origin=self._origin,  # type: ignore[arg-type]
            max_size=None,
        )
        self.rerun()
        self.elements = self.rerun()[1]

    def rerun(self) -> tuple[float, int]:
        """(milliseconds until the script had finished, elements it sent)."""
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_name = self._page
        message.rerun_script.page_script_hash = self._hash
        message.rerun_script.fragment_id = self._fragment
        message.rerun_script.context_info.url = f"{self._origin}/{self._page}"
        message.rerun_script.context_info.timezone = "UTC"
        message.rerun_script.context_info.locale = "en"
        begun = time.perf_counter()
        self._socket.send(message.SerializeToString())
        elements = 0
        while True:
            got = ForwardMsg.FromString(self._socket.recv(timeout=30))  # type: ignore[arg-type]
            kind = got.WhichOneof("type")
            if kind == "navigation":  # as a browser does: without it, the next rerun is of the start page
                self._hash = got.navigation.page_script_hash
            if kind == "delta" and got.delta.fragment_id:
                self._fragment = got.delta.fragment_id
            elements += kind in ("delta", "ref_hash")
            if kind == "script_finished":
                elapsed = (time.perf_counter() - begun) * 1000
                if self.elements not in (0, elements):
                    raise RuntimeError(f"the page had {self.elements} elements and now has {elements}")
                return elapsed, elements

    def close(self) -> None:
        """Leaves the page."""
        self._socket.close()
