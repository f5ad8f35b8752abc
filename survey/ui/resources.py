"""What every session of the process shares: the settings, the store, opened once, and the guard."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from data.settings import Settings, read_settings
from data.store import Store, open_store
from survey.guard import Guard

_TURNS = threading.BoundedSemaphore(2)
_TURN = threading.local()


@contextmanager
def turn() -> Iterator[None]:
    """Respondents' pages are made two at a time: the interpreter runs one thread at a time, and where hundreds want to,
    each page costs more; a second one goes on while the first waits for the disk. Meanwhile the settings stay. Within a
    turn another one is the same."""
    if getattr(_TURN, "settings", None) is not None:
        yield
        return
    with _TURNS:
        _TURN.settings = read_settings()
        try:
            yield
        finally:
            _TURN.settings = None


def settings() -> Settings:
    """The settings in force."""
    held: Settings | None = getattr(_TURN, "settings", None)
    return held or read_settings()


def store() -> Store:
    """The store that the settings name."""
    return _store(settings())


def guard() -> Guard:
    """The one guard below every door."""
    return _guard(settings())


@lru_cache(maxsize=8)
def _guard(settings: Settings) -> Guard:
    return Guard(on=settings.rate_limits, sharing=_store(settings) if settings.on_server else None)


@lru_cache(maxsize=8)
def _store(settings: Settings) -> Store:
    return open_store(settings)
