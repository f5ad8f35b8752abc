"""What Streamlit tells browsers with each run: the same as it would say by itself."""

import inspect
import re
from dataclasses import replace
from types import ModuleType

import pytest
from streamlit import config
from streamlit.elements.widgets import number_input, radio, selectbox, text_widgets, time_widgets
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.runtime import Runtime
from streamlit.runtime.state import SessionState
from streamlit.testing.v1 import AppTest

from survey.ui import run_messages

SECTIONS = ["theme", *(f"theme.{each.value}" for each in config.CustomThemeCategories)]


@pytest.mark.parametrize("section", SECTIONS)
def test_looks_that_are_read_once_are_those_that_streamlit_reads(section: str) -> None:
    run_messages._looks.clear()
    expected = CustomThemeConfig()
    app_session._populate_theme_msg(expected, section)
    for _run in range(2):
        told = CustomThemeConfig()
        run_messages._known_looks(told, section)
        assert told == expected


def test_a_section_without_looks_is_not_stated() -> None:
    run_messages._looks.clear()
    told = CustomThemeConfig()
    run_messages._known_looks(told.sidebar, "theme.sidebar")
    assert not told.HasField("sidebar")


def test_streamlits_loop_only_reads_what_its_view_gives() -> None:
    # The view hands on what is read; what the loop would set on it would be lost.
    source = inspect.getsource(run_messages._loop)
    assert "self._session_mgr.list_active_sessions()" in source
    assert not [line for line in source.splitlines() if line.strip().startswith("self.") and " = " in line]


def test_the_event_is_cleared_before_the_queues_are_read() -> None:
    # A message that finds the event set is read in the round that clears it.
    source = inspect.getsource(run_messages._loop)
    assert source.index("need_send_data.clear()") < source.index("flush_browser_queue()")
    callback = inspect.getsource(app_session.AppSession._enqueue_forward_msg)
    assert callback.index("_browser_queue.enqueue(") < callback.index("_message_enqueued_callback()")


def test_names_that_streamlit_keeps_to_itself_are_still_there() -> None:
    assert ForwardMsgQueue()._queue == []
    assert {"_enqueued_some_message", "_get_async_objs", "_loop_coroutine"} <= set(vars(Runtime))
    created = inspect.getsource(app_session.AppSession.__init__)
    assert "self._browser_queue" in created and "self._settle_pending" in created


def test_entries_of_a_session_are_those_that_streamlit_would_read() -> None:
    def script() -> None:
        import streamlit as st

        st.session_state.plain = 1
        st.radio("Chosen", ["a", "b"], index=None, key="chosen")
        st.text_input("Typed", "x", key="typed")
        st.text_input("Without a key")

    session = AppTest.from_function(script).run().session_state
    entries = run_messages.Entries(session._state)
    expected = session._state._state.filtered_state
    assert expected["chosen"] is None
    assert {"plain", "chosen", "typed"} <= set(expected)
    assert (dict(entries), dict(entries.items()), set(entries), len(entries), repr(entries)) == (
        expected,
        expected,
        set(expected),
        len(expected),
        repr(expected),
    )
    assert [name in entries for name in ("chosen", "typed", "never", "")] == [True, True, False, False]


def _session() -> SessionState:
    """A session in which something is set, chosen, presented otherwise than it is kept, and not drawn any more."""

    def script() -> None:
        import streamlit as st

        st.session_state.setdefault("early", "set before its field is known")
        st.session_state.plain = 1
        st.radio("Chosen", ["a", "b"], index=None, key="chosen")
        st.text_input("Typed", "x", key="typed")
        st.text_input("Set early", key="early")
        st.text_input("Without a key")
        if st.checkbox("Less", key="less"):
            return
        st.text_input("Gone", "gone", key="gone")

    at = AppTest.from_function(script).run()
    at.text_input(key="typed").set_value("from the browser").run()
    state = at.session_state._state._state
    state._new_session_state["plain"] = 2
    state._new_session_state["chosen"] = "b"
    state._new_session_state["later"] = "no field yet"
    typed = state._get_widget_id("typed")
    state._new_widget_state.set_from_value(typed, "typed anew")
    state._new_widget_state.set_from_value("$$ID-0123-never", "of a browser that came back")
    early = state._get_widget_id("early")
    known = state._new_widget_state.widget_metadata[early]
    state._new_widget_state.widget_metadata[early] = replace(known, presenter=lambda value, _state: f"<{value}>")
    return state


def test_entries_are_those_of_streamlit_whatever_they_come_from() -> None:
    state = _session()
    expected = state.filtered_state
    assert (expected["plain"], expected["chosen"], expected["typed"], expected["later"]) == (
        2,
        "b",
        "typed anew",
        "no field yet",
    )
    assert expected["early"] == "<set before its field is known>"
    assert run_messages._entries(state) == expected


def test_what_a_run_begins_with_is_what_streamlit_lays_together() -> None:
    ours, theirs = _session(), _session()
    run_messages._compact(ours)
    SessionState._compact_state(theirs)
    for state in (ours, theirs):
        assert (state._new_session_state, state._new_widget_state.states) == ({}, {})
    assert ours._old_state == theirs._old_state
    assert ours._old_state["later"] == "no field yet"
    assert ours.filtered_state == theirs.filtered_state


@pytest.mark.parametrize("widget", [radio, selectbox, text_widgets, time_widgets, number_input])
def test_widgets_only_look_for_their_own_entry(widget: ModuleType) -> None:
    taken = "session_state = get_session_state().filtered_state"
    source = inspect.getsource(widget)
    assert taken in source
    # No other use than `key in session_state` and `session_state[key]`, which Entries answers without all others.
    used = re.findall(r"(?<![\w.`])session_state[.(]\w+|(?:for \w+ in|\() ?session_state\b", source)
    assert used == []
