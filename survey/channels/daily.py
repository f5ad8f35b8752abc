"""What the app does every day by itself, one process of several: the trash is emptied, rules of retention are followed,
and the head of the log of acts goes to its own log."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool

from data.errors import SoundingsError
from data.store import Store
from survey import retention, trash
from survey.access import SYSTEM

LOOK_AGAIN_SECONDS = 900.0
_log = logging.getLogger("soundings.audit")


def run_once(store: Store, now: datetime) -> None:
    """One day's work."""
    try:
        erased = trash.empty(store, actor=SYSTEM, now=now)
        by_rules = retention.run_all(store, actor=SYSTEM, now=now)
        with store.read() as kept:
            head = kept.log_head()
    except SoundingsError as error:  # tomorrow again
        _log.error("the daily work was not done: %s", error.code)
        return
    if erased:
        _log.info("responses erased from the trash: %s", erased)
    for slug, gone in by_rules.items():
        _log.info("erased by the rules of %s: %s", slug, gone)
    # Whoever keeps this line elsewhere can tell when the log of acts is cut or written anew.
    _log.info("head of the log of acts: %s", head)


def run_today(store: Store, now: datetime) -> None:
    """The work of this day in UTC is done, by this process or by another one."""
    try:
        with store.once_a_day("daily", now.astimezone(UTC).date()) as mine:
            if mine:
                run_once(store, now)
    except SoundingsError as error:
        _log.error("it is not known whether the daily work was done: %s", error.code)


@contextlib.asynccontextmanager
async def every_day(store: Callable[[], Store]) -> AsyncIterator[None]:
    """The work of today is done, and that of every day until the block ends, when no other process has done it."""
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
        await run_in_threadpool(run_today, store(), datetime.now(UTC))
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
