"""What the app does every day by itself: the trash is emptied, and the head of the log of acts goes to its own log."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool

from data.errors import SoundingsError
from data.store import Store
from survey import trash
from survey.access import SYSTEM

DAY_SECONDS = 24 * 3600.0
_log = logging.getLogger("soundings.audit")


def run_once(store: Store, now: datetime) -> None:
    """One day's work. It may run in several processes at a time; what is due is done once."""
    try:
        erased = trash.empty(store, actor=SYSTEM, now=now)
        with store.read() as kept:
            head = kept.log_head()
    except SoundingsError as error:  # tomorrow again
        _log.error("the daily work was not done: %s", error.code)
        return
    if erased:
        _log.info("responses erased from the trash: %s", erased)
    # Whoever keeps this line elsewhere can tell when the log of acts is cut or written anew.
    _log.info("head of the log of acts: %s", head)


@contextlib.asynccontextmanager
async def every_day(store: Callable[[], Store]) -> AsyncIterator[None]:
    """The daily work is done now and every day until the block ends."""
    _log.setLevel(logging.INFO)
    task = asyncio.create_task(_days(store))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _days(store: Callable[[], Store]) -> None:
    while True:
        await run_in_threadpool(run_once, store(), datetime.now(UTC))
        await asyncio.sleep(DAY_SECONDS)
