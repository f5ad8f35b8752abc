"""The daily job beside the routes: rules of retention are followed while the app runs, by one process of several."""

import asyncio
import logging
from collections.abc import Callable

from anyio import to_thread

from data.errors import SoundingsError
from data.store import Store
from survey import retention
from survey.channels.requests import now

CHECK_SECONDS = 3600.0
"""How often a process looks whether the day's work is still to be done."""
_log = logging.getLogger(__name__)


async def every_day(store: Callable[[], Store], *, check_seconds: float = CHECK_SECONDS) -> None:
    """Never ends by itself; what fails today is tried again tomorrow."""
    while True:
        try:
            done = await to_thread.run_sync(lambda: retention.daily(store(), now=now()))
            for slug, erased in (done or {}).items():
                _log.warning("Erased by the rules of %s: %s", slug, erased)
        except SoundingsError as error:
            _log.error("The daily job failed: %s", error)
        await asyncio.sleep(check_seconds)
