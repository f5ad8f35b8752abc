"""Respondents of the Streamlit pages as a load: each has a socket of its own on a section, chooses an answer now and
then, and waits until the page has been drawn again.
"""

import asyncio
import os
import random
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

OPENING_SECONDS = 10
TYPED = ("Counselling is there, treatment is not.", "Nobody asked us before.", "Twelve beds for two million people.")
GOOD = (
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_EARLY_FOR_RERUN,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)
LOST = (RuntimeError, WebSocketException, ConnectionError, OSError, TimeoutError)


@dataclass(slots=True)
class Reruns:
    """What happened: seconds from the message to the drawn page, and bytes on the wire in both directions.

    cost  seconds of processor time that the server took for each interaction, once everybody had opened the page
    """

    first: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    cost: float = 0.0


class Counted(ClientConnection):
    """A connection that knows how many bytes came, as they came: packed, with their frames."""

    received = 0

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        super().data_received(data)


class Visitor:
    """One open section."""

    def __init__(self, port: int, page: str, query: dict[str, str], reruns: Reruns, seed: int) -> None:
        self._origin, self._port = f"http://127.0.0.1:{port}", port
        self._page, self._query = page, urlencode(query)
        self._reruns = reruns
        self._draw = random.Random(seed)
        self._hash = ""
        self._fields: dict[str, list[str | bool]] = {}
        self._fragments: dict[str, str] = {}
        """The part of the page in which a field stands, which is all that an answer to it draws again."""
        self._answers: dict[str, str | bool] = {}
        self._socket: Any = None

    async def open(self) -> None:
        """The page is there."""
        self._socket = await connect(
            f"ws://127.0.0.1:{self._port}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            origin=self._origin,  # type: ignore[arg-type]
            create_connection=Counted,
            max_size=None,
            ping_interval=None,
            open_timeout=60,
        )
        self._reruns.first.append(await self._rerun())

    @property
    def window_bits(self) -> int:
        """How much the server's packer remembers, as a power of two."""
        return int(self._socket.protocol.extensions[0].remote_max_window_bits)

    async def choose(self) -> None:
        """Another answer is chosen, ticked or typed and the page drawn again."""
        fragment = ""
        if self._fields:
            name = self._draw.choice(sorted(self._fields))
            self._answers[name] = self._draw.choice(self._fields[name])
            fragment = self._fragments.get(name, "")
        before = self._socket.received
        self._reruns.again.append(await self._rerun(fragment))
        self._reruns.sizes.append(self._socket.received - before)

    async def close(self) -> None:
        """The page is left."""
        if self._socket is not None:
            await self._socket.close()

    async def _rerun(self, fragment: str = "") -> float:
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_name, run.page_script_hash = self._query, self._page, self._hash
        run.fragment_id = fragment
        run.context_info.url = f"{self._origin}/{self._page}"
        run.context_info.timezone, run.context_info.locale = "UTC", "en"
        for name, answer in self._answers.items():
            state = run.widget_states.widgets.add()
            state.id = name
            if isinstance(answer, bool):
                state.bool_value = answer
            else:
                state.string_value = answer
        begun = perf_counter()
        await self._socket.send(message.SerializeToString())
        while True:
            got = ForwardMsg.FromString(await asyncio.wait_for(self._socket.recv(), 60))
            kind = got.WhichOneof("type")
            if kind == "navigation":
                self._hash = got.navigation.page_script_hash
            elif kind == "delta":
                self._see(got.delta.new_element, got.delta.fragment_id)
            elif kind == "script_finished":
                if got.script_finished not in GOOD:
                    raise RuntimeError(f"the script ended with {got.script_finished}")
                return perf_counter() - begun

    def _see(self, drawn: Element, fragment: str) -> None:
        kind = drawn.WhichOneof("type")
        values: list[str | bool]
        match kind:
            case "radio":
                values = list(drawn.radio.options)
            case "checkbox":
                values = [True, False]
            case "text_area" | "text_input":
                values = list(TYPED)
            case _:
                return
        name = getattr(drawn, kind).id
        self._fields[name], self._fragments[name] = values, fragment


def processor_seconds(process_id: int) -> float:
    """What all threads of a process have taken of the processors so far."""
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def crowd(
    port: int, page: str, queries: list[dict[str, str]], every: float, seconds: float, process_id: int
) -> Reruns:
    """Each visitor opens a page within ten seconds, then answers every so many seconds, give or take a fifth.

    process_id  of the server
    """
    reruns = Reruns()
    until = perf_counter() + OPENING_SECONDS + seconds

    async def one(number: int, query: dict[str, str]) -> None:
        draw = random.Random(number)
        visitor = Visitor(port, page, query, reruns, number)
        await asyncio.sleep(draw.random() * OPENING_SECONDS)
        try:
            await visitor.open()
            while perf_counter() < until:
                await asyncio.sleep(every * draw.uniform(0.8, 1.2))
                await visitor.choose()
        except LOST as error:
            reruns.errors.append(type(error).__name__)
        await visitor.close()

    async def accountant() -> None:
        await asyncio.sleep(OPENING_SECONDS + every)
        spent, done = processor_seconds(process_id), len(reruns.again)
        await asyncio.sleep(max(0.0, until - perf_counter()))
        reruns.cost = (processor_seconds(process_id) - spent) / max(1, len(reruns.again) - done)

    await asyncio.gather(accountant(), *(one(number, query) for number, query in enumerate(queries)))
    return reruns
