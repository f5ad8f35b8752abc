"""What is done every day while the app runs, by one process of several: the trash is emptied, rules of retention are
followed, and the head of the log of acts goes to the log of the process."""

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

CHECK_SECONDS = 3600.0
"""How often a process looks whether the day's work is still to be done."""
_log = logging.getLogger("soundings.audit")


def run_once(store: Store, now: datetime) -> None:
    """The work of this day, when no other process has done it."""
    try:
        with store.write() as kept:
            if not kept.take_day("daily", now.astimezone(UTC).date().isoformat()):
                return
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


@contextlib.asynccontextmanager
async def every_day(store: Callable[[], Store], *, check_seconds: float = CHECK_SECONDS) -> AsyncIterator[None]:
    """The work of each day is done from now on until the block ends."""
    _log.setLevel(logging.INFO)
    task = asyncio.create_task(_days(store, check_seconds))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _days(store: Callable[[], Store], check_seconds: float) -> None:
    while True:
        await run_in_threadpool(run_once, store(), datetime.now(UTC))
        await asyncio.sleep(check_seconds)
