"""The light form is answered while the program that serves it is killed at random moments; what it acknowledged must be
there, each sending exactly once.

Some save one section after the other, others send a whole response each. What was cut off is tried again when the
program is there again, as a person would.
"""

import asyncio
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.store import Store
from tests import small
from tests.browser.running import RunningApp
from tests.load import many
from tests.load.respondents import Respondent, Tally

SAVERS = 20
SENDERS = 4
SENDINGS_A_KILL = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was acknowledged while the server was killed so often, and what of it is not as it was acknowledged."""

    kills: int
    saved: int
    sent: int
    tried_again: int
    faults: Sequence[str]

    def __str__(self) -> str:
        return (
            f"the server killed {self.kills} times; acknowledged: {self.saved} sections, {self.sent} sendings;"
            f" {self.tried_again} sendings were cut off and tried again; lost or twice: {len(self.faults)}"
        )


def run(store: Store, database: Path, *, kills: int, seed: int = 1) -> Outcome:
    """Publishes the small consultation in the store, which is that of the database file, and kills so often."""
    small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
    codes = many.drafts(store, SAVERS)
    waiting = deque(many.drafts(store, kills * SENDINGS_A_KILL, whole=True))
    drafted, sent_before, revisions = many.counts(store)
    app = RunningApp(database, rate_limits="false", demo="false")
    tally, draw = Tally(), random.Random(seed)
    sent: set[str] = set()
    cut_off: list[str] = []
    tried_again = 0

    def respondent(code: str) -> Respondent:
        return Respondent(app.port, small.SLUG, code, tally, draw.randrange(10**9))

    async def saves(number: int, code: str) -> None:
        each = respondent(code)
        try:
            while True:
                await each.answer(many.SECTIONS[number % len(many.SECTIONS)])
        finally:
            each.close()

    async def sends() -> None:
        while waiting:
            code = waiting.popleft()
            each = respondent(code)
            try:
                if await each.send():
                    sent.add(code)
                else:
                    tally.errors.append("not sent")
            except many.FAILED:
                cut_off.append(code)
                raise
            finally:
                each.close()

    async def until_dead(seconds: float) -> None:
        async def executioner() -> None:
            await asyncio.sleep(seconds)
            app.kill()

        crew = [*(saves(number, code) for number, code in enumerate(codes)), *(sends() for _ in range(SENDERS))]
        found = await asyncio.gather(executioner(), *crew, return_exceptions=True)
        tally.errors += [
            repr(each) for each in found if isinstance(each, Exception) and not isinstance(each, many.FAILED)
        ]

    app.start()
    try:
        for _ in range(kills):
            asyncio.run(until_dead(draw.uniform(0.3, 2.0)))
            app.start()
            tried_again += len(cut_off)
            waiting.extendleft(cut_off)
            cut_off.clear()
        asyncio.run(sends())
    finally:
        app.stop()
    faults = [*tally.errors]
    if lost := many.missing(store, tally):
        faults.append(f"{lost} answers were acknowledged and are not there")
    now, wanted = many.counts(store), (drafted - len(sent), sent_before + len(sent), revisions + len(sent))
    if now != wanted:
        faults.append(f"(drafts, sent, revisions) {now} and not {wanted}")
    return Outcome(kills=kills, saved=len(tally.posts), sent=len(sent), tried_again=tried_again, faults=faults)
