"""A crowd on several processes, of which one is killed: what is lost, what is kept twice, how long people wait."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from data.records import ResponseStatus
from data.store import Store
from survey import responses, saving
from tests import small
from tests.load.arrangement import Arrangement, Client
from tests.load.respondents import Respondent, Tally

FAILED = (ConnectionError, asyncio.IncompleteReadError, OSError)
SECTIONS = ("s1", "s2")
AGAIN_SECONDS = 0.2
ATTEMPTS = 100


@dataclass(slots=True)
class Waits:
    """How long people waited until something was acknowledged, further attempts with it; moments of one clock."""

    begun: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    unanswered: int = 0
    sent: int = 0
    killed_at: float = 0.0
    back_at: float = 0.0

    def between(self, first: float, last: float) -> list[float]:
        """The waits that began in a span of seconds, counted from the kill."""
        pairs = zip(self.begun, self.seconds, strict=True)
        return [wait for moment, wait in pairs if first <= moment - self.killed_at < last]


class Tab:
    """A page of Streamlit that somebody has open; it can come back after its socket broke, as a browser does."""

    def __init__(self, client: Client, page: str, query: dict[str, str] | None = None) -> None:
        self._client, self._page, self._query = client, page, query or {}
        self._socket: ClientConnection | None = None
        self.session = ""
        self.words = b""

    async def open(self) -> None:
        """The page is drawn, in the session of before when the process still has it."""
        origin = f"https://127.0.0.1:{self._client.port}"
        self._socket = await connect(
            f"wss://127.0.0.1:{self._client.port}/_stcore/stream",
            ssl=self._client.tls,
            subprotocols=["streamlit", "x", self.session] if self.session else ["streamlit"],  # type: ignore[list-item]
            origin=origin,  # type: ignore[arg-type]
            additional_headers=[("Cookie", self._client.cookie), ("X-Forwarded-For", self._client.address)],
            max_size=None,
            ping_interval=None,
        )
        assert self._socket.response is not None
        self._client.note(self._socket.response.headers.get_all("Set-Cookie"))
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.page_name = urlencode(self._query), self._page
        rerun.context_info.url = f"{origin}/{self._page}"
        rerun.context_info.timezone, rerun.context_info.locale = "UTC", "en"
        await self._socket.send(message.SerializeToString())
        self.words = b""
        while True:
            content = await asyncio.wait_for(self._socket.recv(), 60)
            assert isinstance(content, bytes)
            self.words += content
            got = ForwardMsg.FromString(content)
            kind = got.WhichOneof("type")
            if kind == "new_session":
                self.session = got.new_session.initialize.session_id
            elif kind == "script_finished" and got.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return

    async def lost(self, seconds: float) -> bool:
        """True when the socket broke within this time."""
        assert self._socket is not None
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self._socket.recv()
        except WebSocketException:
            return True
        except TimeoutError:
            return False

    async def open_again(self) -> None:
        """The page is drawn again; like a browser it tries for a while."""
        for _attempt in range(ATTEMPTS):
            try:
                return await self.open()
            except (WebSocketException, *FAILED):
                await asyncio.sleep(AGAIN_SECONDS)
        raise RuntimeError("the page does not come back")

    async def close(self) -> None:
        """The page is left."""
        if self._socket is not None:
            await self._socket.close()


def drafts(store: Store, count: int, *, whole: bool = False) -> list[str]:
    """Codes of new drafts that agreed; whole ones can be sent."""
    now = datetime.now(UTC)
    codes = []
    for _number in range(count):
        code = responses.begin(store, small.SLUG, language="en", channel="light", now=now)
        answers = dict(small.ANSWERS) if whole else {"consent": "agree", "publish": "named"}
        saving.save(store, code, answers, seen={}, section="s1", language="en", now=now)
        codes.append(code)
    return codes


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


async def crowd(
    arrangement: Arrangement,
    codes: Sequence[str],
    senders: Sequence[str],
    *,
    every: float,
    before: float,
    after: float,
    kill: int,
    back: float | None = None,
    pages: Sequence[Tab] = (),
) -> tuple[Tally, Waits]:
    """Respondents save sections and send responses; after `before` seconds a process is killed, and `after` more pass.

    codes    each saves a section every so many seconds
    senders  each sends one whole response, spread over all the time
    back     seconds after the kill when the process starts again; None for never
    pages    open pages of Streamlit, which come back when their socket breaks
    """
    tally, waits = Tally(), Waits()
    until = 0.0

    def one(number: int, code: str) -> Respondent:
        address = f"198.51.{100 + number // 250}.{number % 250}"
        return Respondent(arrangement.port, small.SLUG, code, tally, number, tls=arrangement.tls, address=address)

    async def at_last(respondent: Respondent, section: str) -> None:
        moment = perf_counter()
        for _attempt in range(ATTEMPTS):
            try:
                done = await (respondent.answer(section) if section else respondent.send())
                if section or done:
                    waits.begun.append(moment)
                    waits.seconds.append(perf_counter() - moment)
                    return
            except FAILED:
                waits.unanswered += 1
            respondent.forget_page()
            await asyncio.sleep(AGAIN_SECONDS)
        tally.errors.append("never acknowledged")

    async def saves(number: int, code: str) -> None:
        draw, respondent = random.Random(number), one(number, code)
        await asyncio.sleep(draw.random() * every)
        while (moment := perf_counter()) < until:
            await at_last(respondent, SECTIONS[number % len(SECTIONS)])
            await asyncio.sleep(max(0.0, every * draw.uniform(0.8, 1.2) - (perf_counter() - moment)))
        respondent.close()

    async def sends(number: int, code: str) -> None:
        await asyncio.sleep((number + 0.5) / len(senders) * (before + after))
        respondent = one(len(codes) + number, code)
        await at_last(respondent, "")
        waits.sent += 1
        respondent.close()

    async def stays(tab: Tab) -> None:
        if await tab.lost(before + after):
            await tab.open_again()

    async def executioner() -> None:
        await asyncio.sleep(before)
        await asyncio.to_thread(arrangement.kill, kill)
        waits.killed_at = perf_counter()
        if back is not None:
            await asyncio.sleep(back)
            arrangement.begin(kill)
            await asyncio.to_thread(arrangement.wait, kill)
            waits.back_at = perf_counter()

    for tab in pages:
        await tab.open()
    until = perf_counter() + before + after
    await asyncio.gather(
        executioner(),
        *(saves(number, code) for number, code in enumerate(codes)),
        *(sends(number, code) for number, code in enumerate(senders)),
        *(stays(tab) for tab in pages),
    )
    for tab in pages:
        await tab.close()
    return tally, waits


def missing(store: Store, tally: Tally) -> int:
    """How many acknowledged answers are not there, nor what was sent after them and got no answer."""
    found = 0
    for code, kept in tally.kept.items():
        answers = responses.resume(store, code, now=datetime.now(UTC)).state.answers
        tried = tally.tried.get(code, {})
        found += sum(str(answers.get(name)) not in {value, *tried.get(name, ())} for name, value in kept.items())
    return found


def counts(store: Store) -> tuple[int, int, int]:
    """(drafts, sent responses, the revisions of these)."""
    with store.read() as kept:
        consultation = kept.consultation(small.SLUG)
        found = kept.reply_counts(consultation.id)
        sent = kept.responses(consultation.id, status=ResponseStatus.SUBMITTED)
        return found.drafts, found.replies, sum(len(kept.revisions(each.id)) for each in sent)
