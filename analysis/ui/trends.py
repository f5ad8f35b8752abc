"""A question in an earlier consultation and in this one on the page: what changed, and whether beyond chance."""

import html
from collections.abc import Mapping
from urllib.parse import quote as in_address
from urllib.parse import urlencode

import streamlit as st

from analysis import waves
from analysis.charts import trend_words
from analysis.disclosure import Audience
from analysis.ui import drawing, file_links
from analysis.ui.frame import Frame, now
from analysis.words import MESSAGES
from survey import asking, consultations
from survey.access import Action
from survey.ui import identity, messages
from survey.ui.tables import cards_table

MEETING, INTERNAL, MATCHED = "meeting", "internal", "matched"


def show(here: Frame, snapshot: str) -> None:
    """The part of the page, for who sees another consultation; of this one the state that is looked at is taken."""
    found = consultations.visible(here.store, actor=here.actor, action=Action.READ_PROTECTED_FIGURES)
    others = {each.slug: asking.title_of(each, here.words) for each in found if each.slug != here.slug}
    if not others:
        return
    _ = here.words.translate
    st.header(_("Change since an earlier consultation"), anchor=False)
    with st.expander(_("Compare a question with another consultation"), key="trends"):
        # None is chosen beforehand: the answers of another consultation are read for who wants them only.
        earlier = st.selectbox(
            _("Earlier consultation"),
            list(others),
            index=None,
            format_func=others.__getitem__,
            key="trend-earlier",
            placeholder=_("Choose"),
            width=380,
        )
        if earlier is not None:
            _ask((waves.Wave(slug=earlier), waves.Wave(slug=here.slug, snapshot=snapshot)), here)


def _ask(both: tuple[waves.Wave, waves.Wave], here: Frame) -> None:
    """Which question, whose answers; and below what changed."""
    _ = here.words.translate
    asked = waves.comparable(here.store, both, actor=here.actor, language=here.words.language)
    if not asked:
        st.info(_("Both ask no question in the same way."))
        return
    names = {name: label for name, label, _drawn in asked}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        question = st.selectbox(_("Question"), list(names), format_func=names.__getitem__, key="trend-of", width=380)
        who = _who(here, both[0].slug)
        pressed = st.button(_("Compare"), key="compare-waves")
    if pressed:
        with messages.explained(here.words, MESSAGES):
            _result(both, question, who, here, drawn={name for name, _label, drawn in asked if drawn})


def _who(here: Frame, earlier: str) -> str:
    """Whose answers are compared, and for whose eyes; a meeting's without a question where nothing else is allowed."""
    _ = here.words.translate
    if not all(identity.may(here.actor, Action.READ_INTERNAL_FIGURES, slug) for slug in (here.slug, earlier)):
        return MEETING
    offered = {
        MEETING: _("All replies, as a meeting may see them"),
        INTERNAL: _("All replies, internal figures"),
        MATCHED: _("Organisations that answered both times, internal figures"),
    }
    return st.selectbox(_("Whose answers"), list(offered), format_func=offered.__getitem__, key="trend-who", width=380)


def _result(both: tuple[waves.Wave, waves.Wave], question: str, who: str, here: Frame, *, drawn: set[str]) -> None:
    words = here.words
    audience = Audience.MEETING if who == MEETING else Audience.INTERNAL
    found = waves.trend(
        here.store,
        both,
        question,
        actor=here.actor,
        audience=audience,
        language=words.language,
        now=now(),
        matched=who == MATCHED,
    )
    st.html(cards_table(trend_words.heads(found, words), [trend_words.row(each, words) for each in found.changes]))
    told = trend_words.notes(found, words, internal=audience is Audience.INTERNAL)
    st.html("".join(f'<div class="sd-note">{html.escape(line)}</div>' for line in told))
    query = {"earlier": both[0].slug, "after": both[1].snapshot, "lang": words.language}
    if audience is Audience.INTERNAL:
        query["audience"] = audience.value
    matched = {"matched": "1"} if who == MATCHED else {}
    _links("trend", waves.TREND_FORMATS, question, query | matched, here, words.translate("Table:"))
    if who == MATCHED or question not in drawn:  # a slope is of all replies
        return
    slope = waves.slope(here.store, both, question, actor=here.actor, audience=audience, words=words, now=now())
    drawing.draw(slope.spec, "trend-slope")
    _links("slope", waves.FORMATS, question, query, here, words.translate("Take away:"))


def _links(what: str, kinds: tuple[str, ...], question: str, query: Mapping[str, str], here: Frame, label: str) -> None:
    base = f"export/{here.slug}/{what}/{in_address(question)}"
    file_links.show([(kind.upper(), f"{base}.{kind}?{urlencode(query)}") for kind in kinds], label)
