"""What is chosen stands in a box in the words that the page has now."""

from dataclasses import fields

import pytest
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.common import RegisterWidgetResult, WidgetMetadata
from streamlit.testing.v1 import AppTest

from survey.ui import chosen_words

PAGE = """
import streamlit as st
words = {"en": {"n": "North", "s": "South"}, "fr": {"n": "Nord", "s": "Sud"}}[st.query_params.get("lang", "en")]
chosen, kind = list(words), words.__getitem__
st.selectbox("One", chosen, 1, kind, key="menu")
st.radio("One of them", chosen, 1, kind, key="radio")
st.multiselect("Some", chosen, ["n", "s"], kind, key="some")
st.pills("Some of them", chosen, format_func=kind, selection_mode="multi", default=["s"], key="pills")
st.segmented_control("Part", chosen, format_func=kind, default="s", key="part")
st.text_input("Words", "South", key="typed")
st.selectbox("Code", ["n", "s"], 1, key="code")
st.selectbox("None yet", chosen, None, kind, key="empty")
st.selectbox("A new one", ["n", "s"], 1, kind, key="new", accept_new_options=True)
"""
WORDED = {
    "menu": ("s", "Sud"),
    "radio": ("s", "Sud"),
    "some": (["n", "s"], ["Nord", "Sud"]),
    "pills": (["s"], ["Sud"]),
    "part": ("s", ["Sud"]),
}
OTHERS = {"typed": "South", "code": "s", "empty": None}


@pytest.fixture(autouse=True)
def _as_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the program does to Streamlit before it serves."""
    monkeypatch.setattr(SessionState, "register_widget", SessionState.register_widget)
    chosen_words.follow_the_language()


def told(page: AppTest, key: str) -> object:
    """The words that the browser is told to show; None where it keeps its own."""
    proto = page.get_by_key(key).proto
    if not proto.set_value:
        return None
    return list(proto.raw_values) if hasattr(proto, "raw_values") else proto.raw_value


def test_boxes_keep_their_choice_and_get_its_new_words_once() -> None:
    page = AppTest.from_string(PAGE).run()
    page.run()
    assert [told(page, key) for key in (*WORDED, *OTHERS)] == [None] * 8
    page.query_params["lang"] = "fr"
    page.run()
    assert {key: (page.get_by_key(key).value, told(page, key)) for key in WORDED} == WORDED
    assert {key: (page.get_by_key(key).value, told(page, key)) for key in OTHERS} == {
        key: (value, None) for key, value in OTHERS.items()
    }
    assert told(page, "new") is None  # where words of one's own may stand, they are what was typed
    page.run()
    assert [told(page, key) for key in (*WORDED, *OTHERS)] == [None] * 8


def test_names_that_streamlit_keeps_to_itself_are_still_there() -> None:
    names = {each.name for each in fields(RegisterWidgetResult)}
    assert {"value", "value_changed", "incoming_serialized_value", "incoming_serialized_values"} <= names
    assert {"serializer", "formatted_options"} <= {each.name for each in fields(WidgetMetadata)}
