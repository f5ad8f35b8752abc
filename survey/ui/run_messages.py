"""What Streamlit does with each run of a page, for less: the same messages in the same order, the same widgets.

Streamlit is made for few sessions. Here is no rule of ours, only how its loop goes about hundreds of them. It uses
names that Streamlit keeps to itself; `tests/survey/test_run_messages.py` tells when a new version has others.
"""

from collections.abc import ItemsView, Iterator, Mapping
from contextlib import suppress
from typing import Any

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.runtime import Runtime
from streamlit.runtime.session_manager import ActiveSessionInfo, SessionManager
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.runtime.state.common import is_element_id, is_keyed_element_id
from streamlit.runtime.state.session_state import _is_internal_key

_read_looks = app_session._populate_theme_msg
_loop = Runtime._loop_coroutine
_looks: dict[str, CustomThemeConfig] = {}


def tell_cheaply() -> None:
    """From now on a run reads no looks and lays together only what changed, a widget looks up its own value only, and
    the loop looks at those sessions only for which something waits.

    To be called when the settings are whole, before the server starts.
    """
    _looks.clear()
    app_session._populate_theme_msg = _known_looks  # type: ignore[assignment]
    SafeSessionState.filtered_state = property(Entries)  # type: ignore[method-assign, assignment]
    SessionState._compact_state = _compact  # type: ignore[method-assign, assignment]
    Runtime._loop_coroutine = _loop_of_waiting  # type: ignore[method-assign, assignment]
    Runtime._enqueued_some_message = _wake  # type: ignore[method-assign, assignment]


def _known_looks(message: CustomThemeConfig, section: str = "theme") -> None:
    # For each run Streamlit goes through all of its settings six times, to find what the file says of the looks.
    known = _looks.get(section)
    if known is None:
        known = _looks[section] = CustomThemeConfig()
        _read_looks(known, section)
    if known.ByteSize():  # to merge nothing would still say that something is stated
        message.MergeFrom(known)


def _wake(runtime: Runtime) -> None:
    # Each message wakes the loop, which is awake for those before it; the event is cleared before the queues are read.
    needed = runtime._get_async_objs()
    if not needed.need_send_data.is_set():
        needed.eventloop.call_soon_threadsafe(needed.need_send_data.set)


def _entries(state: SessionState) -> dict[str, Any]:
    # `SessionState.filtered_state` asks for each entry under all names that it may have; of a page of thirty widgets
    # that was a thirtieth of all work. The order here is that of what holds: the newest is laid over the others.
    keys = state._key_id_mapper.id_key_mapping
    old = state._old_state.items()
    found = {name: value for name, value in old if not is_element_id(name) and not _is_internal_key(name)}
    for name, value in old:
        if name in keys and is_keyed_element_id(name):
            found[keys[name]] = value
    for name in state._new_widget_state:
        if name in keys and is_keyed_element_id(name):
            with suppress(KeyError):
                found[keys[name]] = state._new_widget_state[name]
    found |= {name: value for name, value in state._new_session_state.items() if not _is_internal_key(name)}
    for name, metadata in state._new_widget_state.widget_metadata.items():
        if metadata.presenter is not None and keys.get(name) in found:
            found[keys[name]] = state[name]
    return found


def _compact(state: SessionState) -> None:
    # `SessionState._compact_state` lays every entry over itself; here only those that may differ.
    old, mapped = state._old_state, state._key_id_mapper
    changed = [*state._new_widget_state, *map(state._get_widget_id, state._new_session_state)]
    changed += [state._get_widget_id(name) for name in old if name in mapped]
    changed += [name for name, each in state._new_widget_state.widget_metadata.items() if each.presenter is not None]
    for name in changed:
        with suppress(KeyError):
            old[name] = state[name]
    state._new_session_state.clear()
    state._new_widget_state.clear()


async def _loop_of_waiting(runtime: Runtime) -> None:
    await _loop(_View(runtime))  # type: ignore[arg-type]


class _View:
    """The runtime as its loop sees it."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._session_mgr = runtime, WaitingSessions(runtime._session_mgr)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._runtime, name)


class WaitingSessions:
    """A session manager whose active sessions are those for which a message waits, or somebody for its last one.

    Every 5 ms the loop empties the queue of each active session: with 400 of them that was a third of all work.
    """

    def __init__(self, manager: SessionManager) -> None:
        self._manager = manager

    def list_active_sessions(self) -> list[ActiveSessionInfo]:
        """Those for which the loop has something to do."""
        return [
            each
            for each in self._manager.list_active_sessions()
            if each.session._browser_queue._queue or each.session._settle_pending
        ]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._manager, name)


class Entries(Mapping[str, Any]):
    """The entries of a session as pages see them, each read when it is asked for.

    Each radio, select box and text field looks whether its own entry is None. Streamlit reads those of all widgets for
    it: of a page with fifteen questions that was a quarter of all work.
    """

    def __init__(self, session: SafeSessionState) -> None:
        self._session = session

    @property
    def _state(self) -> SessionState:
        state: SessionState = self._session._state
        return state

    def __getitem__(self, name: str) -> Any:
        with self._session._lock:
            return self._state[name]

    def __iter__(self) -> Iterator[str]:
        with self._session._lock:
            return iter(self._state.filtered_state)

    def __len__(self) -> int:
        with self._session._lock:
            return len(self._state.filtered_state)

    def items(self) -> ItemsView[str, Any]:
        """All of them, in one look."""
        with self._session._lock:
            return _entries(self._state).items()

    def __repr__(self) -> str:
        with self._session._lock:
            return repr(self._state.filtered_state)
