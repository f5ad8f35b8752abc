"""Frozen states on the page: freeze the present one, those that there are, two of them beside each other."""

import html
from urllib.parse import quote as in_address
from urllib.parse import urlencode

import streamlit as st

from analysis import opened_data, snapshots, waves
from analysis.charts import move_words, wording
from analysis.disclosure import Audience
from analysis.findings import provenance
from analysis.ui import drawing, file_links
from analysis.ui.frame import Frame, now
from analysis.words import MESSAGES
from data.analysis_records import SnapshotRecord
from survey.access import Action
from survey.policies import policies_of
from survey.translator import Words
from survey.ui import identity, messages, session
from survey.ui.tables import cards_table

MOVES_SHOWN = 60
"""Figures on the page, those that moved furthest; the command `compare` tells all."""
RESPONSES_SHOWN = 100
STATE = "figures-of"
JUST_TAKEN = "state-just-taken"


def chosen(here: Frame) -> str:
    """The SHA-256 of the state whose figures are looked at, kept from page to page; "" for the present."""
    known = {each.sha256: each for each in snapshots.listed(here.store, here.slug, actor=here.actor)}
    if not known:
        return ""
    kept = str(session.recall(STATE) or "")
    if session.widget(STATE) not in {"", *known}:
        session.set_widget(STATE, kept if kept in known else "")
    present = here.words.translate("the present state")
    found = st.selectbox(
        here.words.translate("Figures of"),
        ["", *known],
        format_func=lambda sha256: name(known[sha256], here) if sha256 else present,
        key=STATE,
        width=380,
        persist_state="session",
    )
    session.remember(STATE, found)
    return found or ""


def choose(sha256: str) -> None:
    """This state is looked at, before the menu is drawn; "" for the present."""
    session.remember(STATE, sha256)
    session.set_widget(STATE, sha256)


def tell(sha256: str, here: Frame) -> None:
    """Says that a frozen state is looked at, and what is missing from it."""
    for each in snapshots.listed(here.store, here.slug, actor=here.actor):
        if each.sha256 == sha256:
            told = here.words.translate("You see a frozen state: {state}.", state=name(each, here))
            lines = [told, wording.erased_line(each.erased, here.words)] if each.erased else [told]
            if not snapshots.reads_alike(here.store, here.slug, sha256, actor=here.actor):
                lines.append(
                    here.words.translate(
                        "The program reads its questionnaire otherwise than when it was frozen, such as which choices "
                        "are no answer; figures may differ from those of then."
                    )
                )
            st.html(f'<div class="sd-box" role="note">{html.escape(wording.sentences(lines))}</div>')


def name(record: SnapshotRecord, here: Frame) -> str:
    """Its number, and when it was frozen."""
    return f"{_digits(record.sha256, here.words)} · {_moment(record, here)}"


def _moment(record: SnapshotRecord, here: Frame) -> str:
    return here.words.moment(record.taken_at, policies_of(here.consultation).clock)


def _digits(sha256: str, words: Words) -> str:
    return wording.figures_in_order(provenance.short(sha256), words)


def show(here: Frame) -> None:
    """The part of the page about frozen states, folded: most who take a file away need none of it."""
    words = here.words
    _ = words.translate
    st.header(_("Frozen states"), anchor=False)
    present = opened_data.digest(here.store, here.slug, actor=here.actor)
    told = st.container()
    freezes = identity.may(here.actor, Action.WRITE_FINDINGS, here.slug)
    label = _("Freeze, look up and compare states") if freezes else _("Look up frozen states")
    with st.expander(label, key="frozen-states"):
        _explain(here)
        if freezes:
            _freeze(here)
        found = snapshots.listed(here.store, here.slug, actor=here.actor)
        if found:
            _list(found, here)
        if len(found) > 1:
            _draw_slope(found, here)
        if len(found) > 1 and identity.may(here.actor, Action.READ_INTERNAL_FIGURES, here.slug):
            _compare(found, here)
    is_frozen = any(each.sha256 == present for each in found)
    state = _("The present state is {state}; it is frozen.") if is_frozen else _("The present state is {state}.")
    told.html(f'<div class="sd-muted">{html.escape(state.format(state=_digits(present, words)))}</div>')


def _explain(here: Frame) -> None:
    told = here.words.translate(
        "A frozen state remembers which answers, questionnaire, contact list and rules the figures rest on, under the "
        "number that stands below every chart. By it the same figures can be made again. It holds no answers: what is "
        "erased is missing from it, and it says so."
    )
    st.html(f'<div class="sd-muted">{html.escape(told)}</div>')


def _freeze(here: Frame) -> None:
    _ = here.words.translate
    with st.container(horizontal=True, vertical_alignment="bottom"):
        note = st.text_input(
            _("What it is for"), key="snapshot-note", max_chars=snapshots.NOTE_LIMIT, width=330, on_change="ignore"
        )
        pressed = st.button(_("Freeze the state"), key="freeze", type="primary")
    if pressed:
        with messages.explained(here.words, MESSAGES):
            taken = snapshots.take(here.store, here.slug, actor=here.actor, now=now(), note=note or "")
            session.remember(JUST_TAKEN, taken.is_new)
            st.rerun()  # the menu above has been drawn without it
    is_new = session.recall(JUST_TAKEN)
    session.forget(JUST_TAKEN)
    if is_new is True:
        st.success(_("Frozen. Choose it above to see its figures."))
    elif is_new is False:
        st.info(_("This state was frozen before."))


def _list(found: tuple[SnapshotRecord, ...], here: Frame) -> None:
    words = here.words
    _ = words.translate
    heads = (_("State"), _("Frozen"), _("Frozen by"), _("Replies"), _("Erased since"), _("Note"))
    rows = [
        (
            _digits(each.sha256, words),
            _moment(each, here),
            each.taken_by,
            wording.count(each.replies, words),
            wording.count(each.erased, words),
            each.note,
        )
        for each in found
    ]
    st.html(cards_table(heads, rows))


def _compare(found: tuple[SnapshotRecord, ...], here: Frame) -> None:
    words = here.words
    _ = words.translate
    st.subheader(_("Compare two states"), anchor=False)
    names = {each.sha256: name(each, here) for each in found}
    order = list(names)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        before = st.selectbox(_("First"), order, index=1, format_func=names.__getitem__, key="compare-first", width=380)
        after = st.selectbox(
            _("Second"), order, index=0, format_func=names.__getitem__, key="compare-second", width=380
        )
        pressed = st.button(_("Compare"), key="compare-states")
    if not pressed:
        return
    with messages.explained(words, MESSAGES):
        told = snapshots.compare(
            here.store,
            before,
            after,
            actor=here.actor,
            language=words.language,
            now=now(),
            slug=here.slug,
        )
        _result(told, here)


def _draw_slope(found: tuple[SnapshotRecord, ...], here: Frame) -> None:
    """One question in two states, as a meeting may see either."""
    words = here.words
    _ = words.translate
    st.subheader(_("One question in two states"), anchor=False)
    names = {each.sha256: name(each, here) for each in found}
    states = list(names)
    asked = dict(waves.sloping(here.store, here.slug, actor=here.actor, language=words.language))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        before, after = (
            st.selectbox(label, states, index=at, format_func=names.__getitem__, key=key, width=380)
            for label, at, key in ((_("First"), 1, "slope-first"), (_("Second"), 0, "slope-second"))
        )
        question = st.selectbox(_("Question"), list(asked), format_func=asked.__getitem__, key="slope-of", width=380)
        pressed = st.button(_("Draw"), key="draw-slope", disabled=not asked)
    if not pressed:
        return
    with messages.explained(words, MESSAGES):
        both = (waves.Wave(slug=here.slug, snapshot=before), waves.Wave(slug=here.slug, snapshot=after))
        drawn = waves.slope(
            here.store, both, question, actor=here.actor, audience=Audience.MEETING, words=words, now=now()
        )
        drawing.draw(drawn.spec, "slope")
        query = urlencode({"before": before, "after": after, "lang": words.language})
        base = f"export/{here.slug}/slope/{in_address(question)}"
        file_links.show([(kind.upper(), f"{base}.{kind}?{query}") for kind in waves.FORMATS], _("Take away:"))


def _result(told: snapshots.Comparison, here: Frame) -> None:
    words = here.words
    _ = words.translate
    lines = [
        *move_words.summary_lines(told.counts, told.erased, told.conditions, words),
        *(words.error(each, MESSAGES) for each in told.apart),
        *filter(None, [wording.reworded_line([each for found in told.reworded.values() for each in found], words)]),
    ]
    st.html("".join(f"<div>{html.escape(line)}</div>" for line in lines))
    if told.differences:
        rows = [
            (
                wording.figures_in_order(each.reference, words),
                move_words.change_name(each.change, words),
                wording.listing(each.questions, words),
            )
            for each in told.differences[:RESPONSES_SHOWN]
        ]
        st.html(cards_table((_("Reference"), _("What happened"), _("Answers that differ")), rows))
    if not told.moves:
        st.html(f'<div class="sd-muted">{html.escape(_("No figure moved."))}</div>')
        return
    moved = move_words.largest_first(told.moves)
    st.html(cards_table(move_words.heads(words), [move_words.row(move, words) for move in moved[:MOVES_SHOWN]]))
    if len(moved) > MOVES_SHOWN:
        more = _("{shown} of {all} figures, those that moved furthest.", shown=MOVES_SHOWN, all=len(moved))
        st.html(f'<div class="sd-note">{html.escape(more)}</div>')
