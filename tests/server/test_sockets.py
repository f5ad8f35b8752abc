"""What a page costs that is drawn again."""

import asyncio

import pytest

from survey import responses, saving
from survey.channels.sockets import MOST_GATHERED_BYTES, REMEMBERED_BITS, Gathering
from tests.load.pages import Reruns, Visitor
from tests.server.conftest import OPEN
from tests.server.process import Server, now


@pytest.mark.parametrize("section", ["s1", "s2", "s3"])
def test_an_answer_costs_less_than_three_kilobytes(server: Server, section: str) -> None:
    store = server.store()
    code = responses.begin(store, OPEN, language="en", channel="app", now=now())
    saving.save(store, code, {"consent": "agree"}, seen={}, section=section, language="en", now=now())
    store.close()
    reruns = Reruns()

    async def visit() -> int:
        visitor = Visitor(server.port, "respond", {"c": OPEN, "r": code}, reruns, seed=1)
        await visitor.open()
        for _turn in range(4):
            await visitor.choose()
        await visitor.close()
        return visitor.window_bits

    assert asyncio.run(visit()) == REMEMBERED_BITS
    assert max(reruns.sizes[1:]) < 3_000, reruns.sizes


def test_pages_beside_each_other_are_drawn_to_their_end(server: Server) -> None:
    store = server.store()
    codes = [responses.begin(store, OPEN, language="en", channel="app", now=now()) for _ in range(4)]
    store.close()
    reruns = Reruns()

    async def visit() -> None:
        visitors = [
            Visitor(server.port, "respond", {"c": OPEN, "r": code}, reruns, seed=number)
            for number, code in enumerate(codes)
        ]
        for visitor in visitors:
            await visitor.open()
        for active in (visitors, visitors[:1], visitors[1:], visitors):  # the others wait meanwhile
            await asyncio.gather(*(visitor.choose() for visitor in active))
        for visitor in visitors:
            await visitor.close()

    asyncio.run(asyncio.wait_for(visit(), 60))
    assert len(reruns.again) == 12
    assert not reruns.errors


class Reader(asyncio.Protocol):
    """Keeps the pieces as they come."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.ended = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.pieces.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set()


async def _sent(messages: list[bytes]) -> list[bytes]:
    """The pieces in which another end of a line gets what is written, after which the line is closed."""
    loop, reader = asyncio.get_running_loop(), Reader()
    listening = await loop.create_server(lambda: reader, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    transport, _protocol = await loop.create_connection(asyncio.Protocol, "127.0.0.1", port)
    line = Gathering(transport, loop)
    for message in messages:
        line.write(message)
        await asyncio.sleep(0)
    line.close()
    await asyncio.wait_for(reader.ended.wait(), 10)
    listening.close()
    return reader.pieces


def test_messages_of_one_moment_are_one_piece() -> None:
    messages = [bytes([number]) * 8 for number in range(30)]
    pieces = asyncio.run(_sent(messages))
    assert b"".join(pieces) == b"".join(messages)
    assert len(pieces) < 10


def test_much_is_not_kept_and_its_order_stays() -> None:
    messages = [b"small", b"x" * MOST_GATHERED_BYTES, b"last"]
    assert b"".join(asyncio.run(_sent(messages))) == b"".join(messages)


def test_what_waits_is_sent_without_further_messages() -> None:
    async def one() -> bytes:
        loop, reader = asyncio.get_running_loop(), Reader()
        listening = await loop.create_server(lambda: reader, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        transport, _protocol = await loop.create_connection(asyncio.Protocol, "127.0.0.1", port)
        Gathering(transport, loop).write(b"alone")
        for _turn in range(500):
            if reader.pieces:
                break
            await asyncio.sleep(0.01)
        transport.close()
        listening.close()
        return b"".join(reader.pieces)

    assert asyncio.run(one()) == b"alone"
