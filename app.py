"""The composition root: settings, store, routes and navigation come together here and nowhere else."""

import asyncio
import contextlib
import gc
import logging
import socket
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from analysis.channels import downloads
from data import backups
from data.errors import SoundingsError
from data.private_logs import keep_logs_private
from data.settings import Settings, read_settings
from data.sharing import serve_alone
from data.store import Store, open_store
from survey import demo, people
from survey.access import OPERATOR
from survey.channels import (
    account,
    around,
    bodies,
    daily,
    light_form,
    log,
    privacy,
    provider,
    respondents,
    second_factor,
    shell,
    sockets,
)
from survey.channels.requests import Site
from survey.ui import identity, live_sessions, resources
from survey.ui.messages import show_bug
from survey.words import error_in_english

INDEX_PAGE = Path(st.__file__).parent / "static" / "index.html"
TOGETHER_SECONDS = 60
"""Processes that start so soon after each other do not take each other's link of the first administrator away."""


@contextlib.asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[dict[str, object]]:
    resources.store()
    gc.collect()
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


def _port_is_free(settings: Settings) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.address, settings.port))
        except OSError:
            return False
    return True


def _prepare(settings: Settings) -> None:
    """The database is there and new, the demo in it if wanted; the addresses are printed."""
    store = open_store(settings, migrate=not settings.on_server)  # a server's schema is changed by hand alone
    with store.alone("start", wait=True):
        _begin(store, settings, datetime.now(UTC))
    store.close()


def _begin(store: Store, settings: Settings, now: datetime) -> None:
    """What one process after the other does."""
    store.journal_erasures()
    if again := store.replay_erasures():
        print(f"Erased again, because a back-up was restored: {again}")
    people.close_demo(store, demo=settings.demo, now=now)
    people.close_without_second_factor(store, required=settings.require_second_factor, now=now)
    if settings.demo:
        demo.load(store, actor=OPERATOR, now=now)
        print(f"Answer the demonstration: {settings.base_url}/respond?c={demo.SLUG}")
    beside = store.counted({"start": (1, TOGETHER_SECONDS)})["start"][0] > 1
    token = people.first_administrator_link(store, now=now, beside=beside)
    if token is not None:
        print(f"Create the first administrator (once): {settings.base_url}/account/link?t={token}")
    print(f"Soundings: {settings.base_url}", flush=True)


def main() -> int:
    """Prepares and serves until stopped. 1 when it cannot start, with the reason on standard error."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = _site.settings
    held = None
    try:
        if not _port_is_free(settings):
            print(f"Port {settings.port} is in use. Stop the other program, or: make run PORT=8600", file=sys.stderr)
            return 1
        held = serve_alone(settings)
        _prepare(settings)
    except SoundingsError as error:
        print(error_in_english(error), file=sys.stderr)
        return 1
    sockets.pack_widely()
    bodies.end_slow_heads()
    app.run(config={"server.port": settings.port, "server.address": settings.address})
    if held is not None:
        held.close()
    return 0


keep_logs_private()
try:
    _site = Site(resources.store, read_settings())
    _routes = [
        *account.routes(_site),
        *second_factor.routes(_site),
        *provider.routes(_site, resources.guard()),
        *respondents.routes(_site, resources.guard()),
        *log.routes(_site),
        *privacy.routes(_site),
        *shell.routes(_site, INDEX_PAGE),
        *light_form.routes(_site, resources.guard()),
        *downloads.routes(_site),
    ]
except SoundingsError as wrong:
    sys.exit(error_in_english(wrong))
app = st.App(
    "survey/ui/navigation.py",
    routes=_routes,
    middleware=around.everything(
        _site.settings, INDEX_PAGE, session_id_of=live_sessions.session_id_of, is_staff=identity.is_staff
    ),
    lifespan=_lifespan,
    on_script_error=show_bug,
)

if __name__ == "__main__":
    sys.exit(main())
