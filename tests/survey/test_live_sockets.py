"""How many sockets one address may hold open, and what they may carry."""

import asyncio
from typing import Any

import pytest

from data.settings import Settings
from survey.channels import live
from survey.channels.middleware import Message, Receive, Scope, Send
from survey.channels.proxies import ORIGINS

OWN = "http://127.0.0.1:8501"


class Server:
    """The sockets of one process behind `LiveSessions`; what stands behind them reads until they end."""

    def __init__(self, taken: bytes | None = b"taken") -> None:
        self.read: list[Message] = []
        self._sessions = live.LiveSessions(
            self._app,
            Settings(),
            session_id_of=lambda _message: "",
            taken=lambda message: taken if message == b"?" else message or None,
            is_staff=lambda _token: False,
        )

    async def _app(self, _scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        while True:
            message = await receive()
            self.read.append(message)
            if message["type"] == "websocket.disconnect":
                await send({"type": "websocket.close", "code": 1000})
                return

    def opened(self, address: str) -> "Socket":
        """A socket of our own page."""
        return Socket(self._sessions, address)


class Socket:
    """What a browser sends over one socket, and what it is sent."""

    def __init__(self, sessions: live.LiveSessions, address: str) -> None:
        self.sent: list[Message] = []
        self._queue: asyncio.Queue[Message] = asyncio.Queue()
        scope: dict[str, Any] = {
            "type": "websocket",
            "path": live.STREAM,
            "headers": [(b"origin", OWN.encode())],
            "client": (address, 1),
            ORIGINS: (OWN,),
        }
        self._queue.put_nowait({"type": "websocket.connect"})

        async def send(message: Message) -> None:
            self.sent.append(message)
            await asyncio.sleep(0)

        self.task = asyncio.create_task(sessions(scope, self._queue.get, send))

    async def says(self, *messages: Message) -> list[Message]:
        """All that was sent back after these."""
        for message in messages:
            self._queue.put_nowait(message)
        for _ in range(10):
            await asyncio.sleep(0)
        return self.sent


CLOSED = {"type": "websocket.close", "code": 1008}
GONE = {"type": "websocket.disconnect", "code": 1000}


def test_one_address_holds_so_many_sockets_and_others_are_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_SOCKETS", 2)

    async def run() -> None:
        server = Server()
        first, second = server.opened("192.0.2.1"), server.opened("192.0.2.1")
        assert [(await each.says())[0]["type"] for each in (first, second)] == ["websocket.accept"] * 2
        assert await server.opened("192.0.2.1").says() == [CLOSED]
        assert (await server.opened("192.0.2.2").says())[0]["type"] == "websocket.accept"
        assert (await server.opened("2001:db8::1").says())[0]["type"] == "websocket.accept"
        assert (await server.opened("2001:db8::2").says())[0]["type"] == "websocket.accept"
        assert await server.opened("2001:db8::3").says() == [CLOSED]  # one subscriber has them all
        await first.says(GONE)
        assert (await server.opened("192.0.2.1").says())[0]["type"] == "websocket.accept"

    asyncio.run(run())


@pytest.mark.parametrize("rubbish", [{"bytes": b""}, {"text": "hello"}, {"bytes": None, "text": ""}])
def test_a_socket_with_rubbish_is_closed_and_ends_for_who_reads_it(rubbish: dict[str, object]) -> None:
    async def run() -> None:
        server = Server()
        sent = await server.opened("192.0.2.1").says({"type": "websocket.receive", **rubbish})
        assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]
        assert [message["type"] for message in server.read] == ["websocket.connect", "websocket.disconnect"]

    asyncio.run(run())


def test_nothing_follows_the_end_of_a_socket_that_is_being_closed() -> None:
    class Talking(Server):
        async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
            async def talk() -> None:
                while True:
                    await send({"type": "websocket.send", "bytes": b"words"})
                    await asyncio.sleep(0)

            talking = asyncio.create_task(talk())
            await super()._app(scope, receive, send)
            talking.cancel()

    async def run() -> None:
        socket = Talking().opened("192.0.2.1")
        await socket.says()
        sent = await socket.says({"type": "websocket.receive", "text": "rubbish"})
        assert {"type": "websocket.send", "bytes": b"words"} in sent
        assert sent[-1]["type"] == "websocket.close"

    asyncio.run(run())


def test_what_no_page_of_ours_says_is_passed_over() -> None:
    async def run() -> None:
        server = Server(taken=b"")
        messages = [{"type": "websocket.receive", "bytes": each} for each in (b"?", b"?", b"words")]
        await server.opened("192.0.2.1").says(*messages)
        assert server.read[1:] == [{"type": "websocket.receive", "bytes": b"words"}]

    asyncio.run(run())
