"""The answers are read before figures are shown: a line that says how far it is, and looks again by itself."""

import html

import streamlit as st

from analysis import lenses
from analysis.reading import Reading, reading
from analysis.ui.frame import Frame
from survey.translator import Words

POLL_SECONDS = 1.0


def until_read(here: Frame, snapshot: str = "") -> None:
    """The answers are in memory; else the run ends here, with how far they are read, and begins anew when they are."""
    place = st.empty()
    place.html(f'<div class="sd-muted" role="status">{html.escape(_told(None, here.words))}</div>')
    found = reading(here.store, here.slug, actor=here.actor, snapshot=snapshot, patience=lenses.PATIENCE_SECONDS)
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
