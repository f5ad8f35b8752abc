"""What every session of the process shares: the settings and the store."""

import streamlit as st

from data.settings import Settings, read_settings
from data.store import Store, open_store


def settings() -> Settings:
    """The settings in force."""
    return read_settings()


def store() -> Store:
    """The store that the settings name, opened once per process."""
    return _store(settings())


@st.cache_resource(show_spinner=False, hash_funcs={Settings: lambda settings: settings.database_url})
def _store(settings: Settings) -> Store:
    return open_store(settings)
