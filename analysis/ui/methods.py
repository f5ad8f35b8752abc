"""The choice of method on Questions: weights, interval, letters, rankings; and what the chosen weights cost."""

import html
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum

import streamlit as st

from analysis import estimates
from analysis.charts import method_words, wording
from analysis.findings.method import (
    JUST_ABOVE,
    JUST_BELOW,
    MOST,
    PARAMETERS,
    PLAIN,
    Correction,
    Interval,
    Method,
    Strength,
    Unranked,
    WeightKind,
    unweighted,
)
from analysis.ui.frame import Frame
from analysis.words import MESSAGES
from data.errors import SoundingsError
from survey.ui import messages, session

_KEYS = {
    WeightKind: "weights",
    Interval: "interval",
    Correction: "correction",
    Unranked: "unranked",
    Strength: "strength",
}


def weights_of(frame: Frame) -> WeightKind:
    """The choice whose voice counts how much; drawn once on a page."""
    words = frame.words
    return WeightKind(
        _choice(words.translate("Weights"), WeightKind, lambda each: method_words.weight_name(WeightKind(each), words))
    )


def bar(frame: Frame, snapshot: str = "", weights: WeightKind | None = None) -> Method:
    """The method as chosen; unweighted when the chosen weights cannot be had, with the reason on the page.

    snapshot  of the frozen state whose figures are looked at, "" for the present
    weights   where they are chosen elsewhere on the page
    """
    words = frame.words
    _ = words.translate
    plain = weights is WeightKind.UNWEIGHTED
    with st.expander(_("Intervals and tests") if plain else _("Weights, intervals and tests")):
        first, second, third = st.columns(3)
        with first:
            weights = weights or weights_of(frame)
            interval = _choice(
                _("Interval"),
                Interval,
                lambda each: method_words.interval_name(Interval(each), words),
                offered=intervals(frame, snapshot),
            )
        with second:
            correction = _choice(
                _("Correction for many tests"),
                Correction,
                lambda each: method_words.correction_name(Correction(each), words),
                first=PLAIN.correction,
            )
            letters = st.checkbox(_("Letters: which groups differ"), key="method_letters", persist_state="session")
        with third:
            unranked = _choice(_("Rankings"), Unranked, lambda each: method_words.unranked_name(Unranked(each), words))
            strength = _choice(
                _("Schulze's method by"), Strength, lambda each: method_words.strength_name(Strength(each), words)
            )
            joined = st.checkbox(_("Join rankings into one order"), key="method_joined", persist_state="session")
        chosen = replace(
            _bounded(frame, snapshot, weights),
            interval=Interval(interval),
            letters=letters,
            correction=Correction(correction),
            joined=joined,
            unranked=Unranked(unranked),
            strength=Strength(strength),
        )
        told = _(
            "Files and kept findings follow this choice. Weighted figures are internal: only files marked as internal "
            "hold them, and a finding is kept unweighted."
        )
        st.html(f'<div class="sd-note">{html.escape(told)}</div>')
    if weights is WeightKind.UNWEIGHTED:
        return chosen
    try:
        report = estimates.weights(
            frame.store, frame.slug, chosen, actor=frame.actor, language=words.language, snapshot=snapshot
        )
    except SoundingsError as error:
        messages.show(error, words, MESSAGES)
        return unweighted(chosen)
    if report is not None:
        told = wording.sentences(method_words.weight_lines(report, words))
        if report.converged:
            st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        else:
            st.warning(told)
    return chosen


def choose(method: Method) -> None:
    """This method is chosen, before the bar is drawn."""
    for name in PARAMETERS:
        value = getattr(method, name)
        plain = list(value) if isinstance(value, tuple) else value
        session.set_widget(f"method_{name}", str(plain) if isinstance(plain, StrEnum) else plain)


def intervals(frame: Frame, snapshot: str = "") -> list[str]:
    """The kinds of interval that can be had: those of the contact list where there is one."""
    framed = estimates.framed(frame.store, frame.slug, actor=frame.actor, snapshot=snapshot)
    return [str(kind) for kind in Interval if framed or not kind.of_frame]


def _choice(
    label: str,
    kinds: type[StrEnum],
    name: Callable[[str], str],
    *,
    first: StrEnum | None = None,
    offered: Sequence[str] = (),
) -> str:
    values = offered or [str(kind) for kind in kinds]
    key = f"method_{_KEYS[kinds]}"
    if session.widget(key) not in values:
        session.set_widget(key, str(first or values[0]))
    return st.selectbox(label, values, format_func=name, key=key, persist_state="session") or values[0]


def _bounded(frame: Frame, snapshot: str, weights: WeightKind) -> Method:
    """The weights with their bounds and margins, which are asked for only where there are some."""
    if weights is WeightKind.UNWEIGHTED:
        return PLAIN
    _ = frame.words.translate
    first, second, third = st.columns(3, vertical_alignment="bottom")
    for name in ("lowest", "highest"):
        if session.widget(f"method_{name}") is None:
            session.set_widget(f"method_{name}", getattr(PLAIN, name))
    held = weights.to_frame or bool(session.widget("method_trim"))  # equal regions have bounds only where they are cut
    with first:
        lowest = st.number_input(
            _("Lowest weight of a reply"),
            0.0,
            JUST_BELOW,
            step=0.1,
            key="method_lowest",
            persist_state="session",
            disabled=not held,
        )
    with second:
        highest = st.number_input(
            _("Highest weight of a reply"),
            JUST_ABOVE,
            MOST,
            step=0.5,
            key="method_highest",
            persist_state="session",
            disabled=not held,
        )
    trim = False
    if weights is not WeightKind.POSTSTRATIFIED:  # which are cut there in any case
        with third:
            trim = st.checkbox(_("Cut weights there, and miss the frame"), key="method_trim", persist_state="session")
    chosen = replace(PLAIN, weights=weights, lowest=lowest, highest=highest, trim=trim)
    if not weights.to_frame:
        return chosen
    names = estimates.margins(
        frame.store, frame.slug, actor=frame.actor, language=frame.words.language, snapshot=snapshot
    )
    if len(names) < 2:
        return chosen
    session.set_widget("method_margins", [name for name in session.widget("method_margins") or [] if name in names])
    margins = st.multiselect(
        _("Weight by"),
        list(names),
        format_func=names.__getitem__,
        key="method_margins",
        placeholder=_("all of the contact list"),
        persist_state="session",
    )
    return replace(chosen, margins=tuple(margins))
