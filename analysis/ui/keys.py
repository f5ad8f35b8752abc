"""Keys of the meeting view: arrows, Page Up and Page Down press its buttons, F fills the screen."""

from pathlib import Path

import streamlit as st

from survey.translator import Words

_KEYS = st.components.v2.component(
    "soundings_keys",
    js=(Path(__file__).parent / "assets" / "keys.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def meeting(words: Words) -> None:
    """The page listens to the keys as long as this is on it."""
    _KEYS(key="meeting-listener", data={"rtl": words.direction == "rtl"}, height=1)
