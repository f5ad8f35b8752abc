"""Which language the reader wants: chosen, else from the address, else what the browser asks for; and which zone."""

from zoneinfo import ZoneInfo

import streamlit as st

from survey.translator import LANGUAGES, Words, nearest
from survey.ui import session


def chosen(offered: tuple[str, ...] = tuple(LANGUAGES)) -> str:
    """The reader's language among the offered ones."""
    for wanted in (session.recall("language"), st.query_params.get("lang"), st.context.locale):
        if wanted and (tag := nearest(str(wanted), offered, fallback="")) in offered:
            return tag
    return nearest("en", offered)


def choose(tag: str) -> None:
    """The reader wants this language from now on, also after a reload."""
    session.remember("language", tag)
    st.query_params["lang"] = tag


def words(offered: tuple[str, ...] = tuple(LANGUAGES)) -> Words:
    """The application's words in the reader's language."""
    return Words(chosen(offered))


def zone() -> ZoneInfo:
    """The reader's time zone, UTC where the browser does not say."""
    return zone_if_known() or ZoneInfo("UTC")


def zone_if_known() -> ZoneInfo | None:
    """The reader's time zone; None where the browser does not say."""
    try:
        return ZoneInfo(st.context.timezone) if st.context.timezone else None
    except (KeyError, ValueError):
        return None


def offered_picker(names: dict[str, str], label: str) -> str:
    """A language menu, each language by its own name; returns the reader's language."""
    current = chosen(tuple(names))
    if session.widget("language-menu") not in names:
        session.set_widget("language-menu", current)

    def remember() -> None:
        choose(session.widget("language-menu"))

    st.selectbox(
        label,
        list(names),
        format_func=lambda tag: names[tag],
        key="language-menu",
        placeholder=label,
        on_change=remember,
        label_visibility="collapsed",
        width=170,
    )
    return current
