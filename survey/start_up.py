"""Before the app serves: the database is there and new, the demonstration in it if wanted, first addresses printed."""

import socket
from datetime import UTC, datetime

from data.settings import Settings
from data.store import Store, open_store
from survey import demo, people
from survey.access import OPERATOR

TOGETHER_SECONDS = 60
"""Processes that start so soon after each other do not take each other's link of the first administrator away."""


def port_is_free(settings: Settings) -> bool:
    """True when no other program listens on the port of the settings."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.address, settings.port))
        except OSError:
            return False
    return True


def prepare(settings: Settings) -> None:
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
