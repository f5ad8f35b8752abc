"""The answers are read before figures are shown: a line that says how far it is, and looks again by itself."""

import html
from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

from analysis import beside, lenses
from analysis.disclosure import Audience
from analysis.gradual import UnderWay
from analysis.reading import Reading, reading
from analysis.ui.frame import Frame
from survey.translator import Words
from survey.ui import session

POLL_SECONDS = 1.0
Found = TypeVar("Found")


def until_read(here: Frame, patience: lenses.Patience, snapshot: str = "") -> None:
    """The answers are in memory; else the run ends here, with how far they are read, and begins anew when they are."""
    place = st.empty()
    place.html(f'<div class="sd-muted" role="status">{html.escape(_told(None, here.words))}</div>')
    found = reading(here.store, here.slug, actor=here.actor, snapshot=snapshot, patience=patience.left)
    place.empty()
    if found is not None:
        _watch(here, snapshot)
        st.stop()


@st.fragment(run_every=POLL_SECONDS)
def _watch(here: Frame, snapshot: str) -> None:
    found = reading(here.store, here.slug, actor=here.actor, snapshot=snapshot, patience=0)
    if found is None:
        st.rerun()
    else:
        st.html(bar(_told(found, here.words), found.done, found.total))


def until_worked_out(here: Frame, name: str, make: Callable[[], Found], patience: lenses.Patience) -> Found:
    """What is worked out beside the page; else the run ends here and says so, and begins anew when it is there.

    name  of the work, on this page
    """
    key = (name, here.store, here.slug, here.actor, here.words.language, session.visitor())
    place = st.empty()
    place.html(f'<div class="sd-muted" role="status">{html.escape(_told(None, here.words))}</div>')
    found = beside.worked_out(key, make, patience.left)
    place.empty()
    if found is None:
        _watch_work(here, key)
        st.stop()
    return found


@st.fragment(run_every=POLL_SECONDS)
def _watch_work(here: Frame, key: Hashable) -> None:
    if beside.is_over(key):
        st.rerun()
    st.html(bar(_told(None, here.words), 0, 0))


def _told(found: Reading | None, words: Words) -> str:
    if found is None or not found.total:
        return words.translate("The answers are being read …")
    done, total = words.number(found.done), words.number(found.total)
    return words.translate("The answers are being read: {done} of {total} …", done=done, total=total)


def bar(told: str, done: int, total: int) -> str:
    """How far something is, in words and as a bar, as HTML."""
    percent = round(100 * done / total) if total else 0
    return (
        f'<div class="sd-progress" role="status"><div class="words">{html.escape(told)}</div>'
        f'<div class="bar" aria-hidden="true"><div style="width:{percent}%"></div></div></div>'
    )


def cards_told(under_way: UnderWay, audience: Audience, words: Words) -> str:
    """How many cards are made, in words and as a bar, as HTML."""
    ready, total = under_way.ready, under_way.total
    number, count = words.number(ready), words.number(total)
    if audience is Audience.INTERNAL:
        told = words.translate("{number} of {count} cards are made …", number=number, count=count)
    else:
        told = words.translate(
            "The figures are being protected, so that nobody in a small group can be told. "
            "{number} of {count} cards are ready.",
            number=number,
            count=count,
        )
    return bar(told, ready, total)


def tested_told(words: Words) -> str:
    """That the findings are being tested, as HTML."""
    return bar(words.translate("Robustness: being worked out …"), 0, 0)
