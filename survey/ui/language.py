"""Which language the reader wants: chosen, else from the address, else what the browser asks for; and which zone."""

import html
from collections.abc import Mapping
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import streamlit as st

from survey.translator import LANGUAGES, Words, nearest
from survey.ui import session


def chosen(offered: tuple[str, ...] = tuple(LANGUAGES)) -> str:
    """The reader's language among the offered ones.

    The browser's way back and forward leads to the language that the address names there, and it is the chosen one from
    then on. Any other run may come with an older address, which decides nothing.
    """
    if session.went_through_history() and (asked := st.query_params.get("lang")) in offered:
        session.remember("language", asked)
    for wanted in (session.recall("language"), st.query_params.get("lang"), st.context.locale):
        if wanted and (tag := nearest(str(wanted), offered, fallback="")) in offered:
            return tag
    return nearest("en", offered)


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


def links(names: Mapping[str, str], label: str, place: str = "") -> str:
    """The languages as links to the same page, each by its own name; "" where there is nothing to choose. HTML.

    place  of a response, at which the page goes on in the other language
    """
    if len(names) < 2:
        return ""
    here = {name: st.query_params[name] for name in ("c", "r", "i") if name in st.query_params}
    if place:
        here["s"] = place
    current = chosen(tuple(names))
    parts = []
    for tag, name in names.items():
        words, quoted = html.escape(name), html.escape(tag)
        if tag == current:
            parts.append(f'<b lang="{quoted}" aria-current="true">{words}</b>')
            continue
        address = html.escape(f"?{urlencode({**here, 'lang': tag})}")
        parts.append(f'<a lang="{quoted}" hreflang="{quoted}" href="{address}" target="_self">{words}</a>')
    return f'<nav class="sd-langs" aria-label="{html.escape(label)}">{" ".join(parts)}</nav>'


def offered_picker(names: dict[str, str], label: str) -> str:
    """A language menu, each language by its own name; returns the reader's language."""
    current = chosen(tuple(names))
    if session.widget("language-menu") != current:
        session.set_widget("language-menu", current)

    def remember() -> None:
        tag = session.widget("language-menu")
        session.remember("language", tag)
        st.query_params["lang"] = tag  # also after a reload

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
