"""What every session of the process shares: the settings and the store, opened once."""

from functools import lru_cache

from data.settings import Settings, read_settings
from data.store import Store, open_store


def settings() -> Settings:
    """The settings in force."""
    return read_settings()


def store() -> Store:
    """The store that the settings name."""
    return _store(settings())


@lru_cache(maxsize=8)
def _store(settings: Settings) -> Store:
    return open_store(settings)
