"""The part of *Take away* for files that come back: what they were asked of, whether they hold, and the way back."""

import html
from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from analysis import exploration, homecoming, take_away
from analysis.charts import wording
from analysis.exploration import Look
from analysis.homecoming import Checked, Verdict, View
from analysis.opened_data import Filters
from analysis.report.chart_refresh import Moved
from analysis.report.formats import DASHBOARD_FORMATS
from analysis.report.opened import MOST_MB
from analysis.ui import data_choice
from analysis.ui.frame import Frame, now
from analysis.words import MESSAGES
from survey.translator import Words
from survey.ui import messages
from survey.ui.tables import cards_table

MOVES_SHOWN = 100


def show(frame: Frame) -> None:
    """A file is dropped, looked at, and told about; nothing of it is kept."""
    words = frame.words
    _ = words.translate
    st.header(_("Bring a file back"), anchor=False)
    told = _(
        "A picture, table, document, deck, zip or file of data that was taken away here says what it was asked of. See "
        "whether its figures still hold, open the same view again, or get a deck or document that you worked on with "
        "present figures."
    )
    st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
    with st.form("returning", border=False):
        file = st.file_uploader(_("File"), key="returned", max_upload_size=MOST_MB)
        pressed = st.form_submit_button(_("Look at it"))
    if not pressed:
        return
    if file is None:
        st.error(_("No file came. Choose one of at most {most} MB.", most=words.number(MOST_MB)))
        return
    with messages.explained(words, MESSAGES):
        found = homecoming.check(frame.store, file.getvalue(), actor=frame.actor, now=now())
        for view in found.views:
            _view(view, words)
        if found.deck:
            _deck(found, file.name, frame)


def _view(view: View, words: Words) -> None:
    _ = words.translate
    links = ""
    if view.verdict is not Verdict.REFUSED:
        present = replace(view.filters, snapshot="")
        addresses = [(_("Open this view"), _address(view, present))]
        if view.frozen and view.verdict is not Verdict.HOLDS:
            addresses.append(
                (_("Open the view of then"), _address(view, replace(view.filters, snapshot=view.snapshot)))
            )
        links = " ".join(
            f'<a href="{html.escape(to)}" target="_self">{html.escape(name)}</a>' for name, to in addresses
        )
    whole = _("Everything") if view.data is None else _("Data for SPSS, Stata, R and other programs")
    label = view.label or view.question or whole
    st.html(
        f'<div class="sd-box"><strong dir="auto">{html.escape(label)}</strong><br>'
        f"{html.escape(_verdict(view, words))} {links}</div>"
    )
    if view.moved or view.unknown:
        with st.expander(_("Which figures differ")):
            st.html(_moves(view.moved, words))
            if view.unknown:
                _note(_("Not in the question any more: {names}", names=words.listed(view.unknown)))


def _verdict(view: View, words: Words) -> str:
    _ = words.translate
    match view.verdict:
        case Verdict.HOLDS:
            return _("It holds: the data are the same.")
        case Verdict.SAME:
            return _("The data changed, and every figure is as it was.")
        case Verdict.CHANGED:
            return words.plural("{count} figure differs.", "{count} figures differ.", len(view.moved))
        case Verdict.UNTOLD if view.frozen:
            return _("The data changed. The state of then is frozen: open its view beside the present one.")
        case Verdict.UNTOLD if view.data is not None:
            return _("The data changed. Files of data are not compared: take the file again.")
        case Verdict.UNTOLD:
            return _("The data changed. The figures of then are neither in the file as numbers nor frozen.")
    return words.error(view.error, MESSAGES) if view.error else ""


def _address(view: View, filters: Filters) -> str:
    """Questions, with filters, comparison, method, form, state and language as they were; of a picture of who answered
    Overview, and of a tab book, of picked questions and of data for other programs Take away."""
    named = [("lang", view.language), ("c", view.consultation)]
    if view.picture:
        return f"overview?{urlencode(named)}"
    if view.data is not None:
        look = Look(filters=filters, method=view.method)
        asked = [*exploration.parameters(look), *data_choice.parameters(view.data, view.by)]
        return f"take-away?{urlencode([*named, *asked])}"
    if len(view.banners) > 1 or view.questions:
        chosen = [("by", name) for name in view.banners] + [("q", name) for name in view.questions]
        asked = [*exploration.parameters(Look(filters=filters, method=view.method)), *chosen]
        return f"take-away?{urlencode([*named, *asked])}"
    look = Look(
        filters=filters,
        by=view.by or "".join(view.banners),
        search=view.label[: exploration.LONGEST_SEARCH],
        method=view.method,
        numbers=view.intervals,
        forms=((view.question, view.form.value),) if view.form else (),
    )
    return f"explore?{urlencode([*named, *exploration.parameters(look)])}"


def _moves(moved: tuple[Moved, ...], words: Words) -> str:
    _ = words.translate
    rows = [(m.category, m.series, m.before or "–", m.after or wording.hidden(words)) for m in moved[:MOVES_SHOWN]]
    return cards_table((_("Option"), _("Figure"), _("Before"), _("Now")), rows) if rows else ""


def _deck(found: Checked, name: str, frame: Frame) -> None:
    """The refreshed deck, and which charts are not up to date in it."""
    words = frame.words
    _ = words.translate
    left = [each for each in found.charts if each.error or each.unknown or each.added or each.untold]
    for each in left:
        number, title = wording.count(each.place, words), each.title
        where = (
            _("Slide {number}: {title}", number=number, title=title)
            if found.kind == "pptx"
            else _("Chart {number}: {title}", number=number, title=title)
        )
        told = [words.error(each.error, MESSAGES)] if each.error else []
        told += [_("Not in the question any more: {names}", names=words.listed(each.unknown))] if each.unknown else []
        told += [_("Not in the chart: {names}", names=words.listed(each.added))] if each.added else []
        if each.untold:
            told.append(_("Not in its table, to be added by hand: {names}", names=words.listed(each.untold)))
        _note(f"{where} – {' '.join(told)}")
    take_away.record(frame.store, name, actor=frame.actor, now=now())
    st.download_button(
        _("The file with present figures"),
        found.deck,
        file_name=name,
        mime=DASHBOARD_FORMATS[found.kind].content_type,
        on_click="ignore",
        type="primary",
    )
    told_of_words = _("Sentences that people wrote are as they were: read whether they still say what the charts show.")
    st.html(f'<div class="sd-muted">{html.escape(told_of_words)}</div>')


def _note(told: str) -> None:
    st.html(f'<div class="sd-note" dir="auto">{html.escape(told)}</div>')
