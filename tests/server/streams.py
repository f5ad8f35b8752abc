"""A browser's websocket to Streamlit, as a client that may present whatever it likes."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

MEDIA = re.compile(rb"/media/[0-9A-Za-z_.-]+")


@dataclass(slots=True)
class Stream:
    """What came over one socket."""

    status: int = 101
    session: str = ""
    words: bytes = b""
    media: set[str] = field(default_factory=set)


def stream(
    port: int,
    page: str = "home",
    query: dict[str, str] | None = None,
    *,
    cookie: str = "",
    session: str = "",
    origin: str | None = "own",
    path: str = "/_stcore/stream",
    headers: Sequence[tuple[str, str]] = (),
    send: bytes | str | None = None,
    run: bool = True,
) -> Stream:
    """Opens a page, or with `run` false only listens a second to what the server says by itself; then leaves.

    origin   "own" for that of the page, None for none
    session  the id of a session that is asked for again
    send     what is sent instead of the message of a browser
    """
    own = f"http://127.0.0.1:{port}"
    return asyncio.run(_streamed(port, own, page, query or {}, cookie, session, origin, path, headers, send, run))


async def _streamed(
    port: int,
    own: str,
    page: str,
    query: dict[str, str],
    cookie: str,
    session: str,
    origin: str | None,
    path: str,
    headers: Sequence[tuple[str, str]],
    send: bytes | str | None,
    run: bool,
) -> Stream:
    found = Stream()
    more = [*headers, *([("Cookie", cookie)] if cookie else [])]
    protocols = ["streamlit", "x", session] if session else ["streamlit"]
    try:
        async with connect(
            f"ws://127.0.0.1:{port}{path}",
            subprotocols=protocols,  # type: ignore[arg-type]
            origin=own if origin == "own" else origin,  # type: ignore[arg-type]
            additional_headers=more,
            max_size=None,
        ) as socket:
            if run:
                message = BackMsg()
                rerun = message.rerun_script
                rerun.query_string, rerun.page_name = urlencode(query), page
                rerun.context_info.url = f"{own}/{page}"
                rerun.context_info.timezone, rerun.context_info.locale = "UTC", "en"
                await socket.send(send if send is not None else message.SerializeToString())
            while True:
                try:
                    content = await asyncio.wait_for(socket.recv(), 30 if run else 1)
                except TimeoutError:
                    return found
                assert isinstance(content, bytes)
                found.words += content
                found.media |= {one.decode() for one in MEDIA.findall(content)}
                got = ForwardMsg.FromString(content)
                kind = got.WhichOneof("type")
                if kind == "new_session":
                    found.session = got.new_session.initialize.session_id
                elif kind == "script_finished" and got.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    return found
    except InvalidStatus as refused:
        found.status = refused.response.status_code
    return found
