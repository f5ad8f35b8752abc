"""The composition root: settings, store, routes and navigation come together here and nowhere else."""

import asyncio
import contextlib
import gc
import logging
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import streamlit as st

from analysis.channels import downloads, results
from analysis.words import MESSAGES
from data import backups
from data.errors import SoundingsError
from data.private_logs import keep_logs_private
from data.settings import read_settings
from data.sharing import serve_alone
from survey.channels import around, bodies, daily, routes, sockets
from survey.channels.requests import Site
from survey.start_up import port_is_free, prepare
from survey.ui import chosen_words, identity, live_sessions, resources, run_messages
from survey.ui.messages import show_fault
from survey.words import error_in_english

INDEX_PAGE = Path(st.__file__).parent / "static" / "index.html"


@contextlib.asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[dict[str, object]]:
    resources.store()
    gc.collect()
    gc.set_threshold(20_000, 20, 50)
    gc.freeze()  # what is loaded now is never looked at again by the garbage collector
    beside = [
        asyncio.create_task(backups.each_day(_site.settings, resources.store)),
        asyncio.create_task(resources.guard().each_second()),
    ]
    try:
        async with daily.every_day(resources.store):
            yield {}
    finally:
        for task in beside:
            task.cancel()


def main() -> int:
    """Prepares and serves until stopped. 1 when it cannot start, with the reason on standard error."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = _site.settings
    held = None
    try:
        if not port_is_free(settings):
            print(f"Port {settings.port} is in use. Stop the other program, or: make run PORT=8600", file=sys.stderr)
            return 1
        held = serve_alone(settings)
        prepare(settings)
    except SoundingsError as error:
        print(error_in_english(error), file=sys.stderr)
        return 1
    sockets.pack_widely()
    bodies.end_slow_heads()
    run_messages.tell_cheaply()
    chosen_words.follow_the_language()
    app.run(config={"server.port": settings.port, "server.address": settings.address})
    if held is not None:
        held.close()
    return 0


keep_logs_private()
try:
    _site = Site(resources.store, read_settings())
    _routes = [
        *routes.of_survey(_site, resources.guard(), INDEX_PAGE),
        *downloads.routes(_site),
        *results.routes(_site, resources.guard()),
    ]
except SoundingsError as wrong:
    sys.exit(error_in_english(wrong))
app = st.App(
    "survey/ui/navigation.py",
    routes=_routes,
    middleware=around.everything(
        _site.settings,
        INDEX_PAGE,
        session_id_of=live_sessions.session_id_of,
        taken=live_sessions.taken,
        is_staff=identity.is_staff,
    ),
    lifespan=_lifespan,
    on_script_error=partial(show_fault, messages=MESSAGES),
)

if __name__ == "__main__":
    sys.exit(main())
