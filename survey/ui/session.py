"""The only door to `st.session_state`: typed names for the few plain values that a session remembers.

Answers live in the store; here are ids, hashes and what was last shown. A keyed widget's value is read by `widget`.
"""

import threading
from collections.abc import Iterable
from datetime import date, time
from typing import Any
from uuid import uuid4

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_OWN, _VISITOR = "soundings", "visitor"
"""The one key of ours: many widgets look through every key of a session each time they are drawn."""


_RUN = threading.local()
"""Each run of the script has a thread of its own; within one our own values are looked up once, not forty times."""


def _own() -> dict[str, Any]:
    own: dict[str, Any] | None = getattr(_RUN, "own", None)
    if own is None:
        try:
            own = st.session_state[_OWN]
        except KeyError:
            own = st.session_state[_OWN] = {}
        _RUN.own = own
    return own


def recall(name: str, default: Any = None) -> Any:
    """What was remembered under a name of ours."""
    return _own().get(name, default)


def remember(name: str, value: Any) -> None:
    """Keeps a plain value for this session."""
    _own()[name] = value


def forget(*names: str) -> None:
    """Drops remembered values."""
    own = _own()
    for name in names:
        own.pop(name, None)


def visitor() -> str:
    """A name of this session that says nothing of who it is, for work that is done for it beside the page."""
    found: str | None = recall(_VISITOR)
    if found is None:
        found = uuid4().hex
        remember(_VISITOR, found)
    return found


def went_through_history() -> bool:
    """Whether this run was asked for by the browser's way back or forward."""
    run = get_script_run_ctx()
    return run is not None and run.is_history_navigation


def widgets() -> dict[str, Any]:
    """Every value of this session by its key, in one look: Streamlit resolves each single look anew."""
    return dict(st.session_state.to_dict().items())


def widget(key: str, default: Any = None) -> Any:
    """The present value of a keyed widget."""
    return st.session_state.get(key, default)


def has_widget(key: str) -> bool:
    """True when a keyed widget has a value in this session."""
    return key in st.session_state


def set_widget(key: str, value: Any) -> None:
    """Gives a keyed widget its value before it is drawn."""
    st.session_state[key] = value


def drop_widget(key: str) -> None:
    """Forgets the value of one widget."""
    st.session_state.pop(key, None)


def drop_widgets(prefix: str | Iterable[str]) -> None:
    """Forgets the values of all widgets whose key begins so."""
    prefixes = (prefix,) if isinstance(prefix, str) else tuple(prefix)
    for key in [key for key in st.session_state if isinstance(key, str) and key.startswith(prefixes)]:
        del st.session_state[key]


def keep_widgets(prefix: str) -> None:
    """Widgets whose key begins so have their value again in the next run, though this one does not draw them."""
    for key, value in widgets().items():
        if key.startswith(prefix) and isinstance(value, str | int | float | list | date | time):
            st.session_state[key] = value


def clear() -> None:
    """Forgets everything, for a session that changed hands."""
    _RUN.own = None
    for key in list(st.session_state):
        del st.session_state[key]
