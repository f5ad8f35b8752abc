"""The part of *Take away* for statistical programs: what, which questions, language and format, then one download."""

import html
from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st

from analysis import data_out
from analysis.data_files.formats import DATA_FORMATS
from analysis.data_out import Offer
from analysis.findings.method import Method, parameters_of
from analysis.findings.provenance import ANSWERS, FIGURES
from analysis.homecoming import DataAsked
from analysis.inventory import FilterVariable, Listed
from analysis.opened_data import Filters
from analysis.ui import address, file_links
from analysis.ui import filters as filter_bar
from analysis.ui.frame import Frame
from analysis.words import MESSAGES
from data.errors import InvalidInput
from survey.translator import Words
from survey.ui import session

_ONE = {"data": "data_content", "format": "data_format", "labels": "data_language", "by": "data_by"}
"""What is chosen once: its name in an address, and the key of its widget."""


def parameters(asked: DataAsked, by: str) -> list[tuple[str, str]]:
    """The choice for an address of Take away, which `show` reads."""
    pairs = [("data", asked.content), ("format", asked.kind), ("labels", asked.labels), ("by", by)]
    pairs += [("q", name) for name in asked.questions]
    pairs += [("texts", "1" if asked.texts else ""), ("names", "1" if asked.names else "")]
    return [(name, value) for name, value in pairs if value]


def show(
    frame: Frame,
    filters: Filters,
    offer: Offer,
    variables: Sequence[FilterVariable],
    linked: Mapping[str, Sequence[str]],
    weights: Method,
) -> None:
    """Search, pick, choose, download.

    variables  what figures can be compared by
    linked     what a link asks for that was followed just now
    weights    chosen above: replies have a column of them
    """
    words = frame.words
    _ = words.translate
    st.header(_("Data for SPSS, Stata, R and other programs"), anchor=False)
    if linked.get("data"):
        _choose(linked, offer, variables, words)
    content = FIGURES
    if offer.answers:
        told = {
            FIGURES: _("Figures: one row for each option, small groups hidden"),
            ANSWERS: _("Replies: one row for each reply, nothing hidden"),
        }
        content = st.radio(_("Content"), list(told), format_func=told.__getitem__, key="data_content")
    pickable = _pickable(offer, content)
    picked = st.multiselect(
        _("Questions"),
        list(pickable),
        format_func=lambda name: f"{pickable[name].label} ({name})",
        key=f"data_questions_{content}",
        placeholder=_("All questions; type to search"),
    )
    language_column, format_column, by_column = st.columns(3)
    with language_column:
        language = st.selectbox(
            _("Language of the labels"),
            offer.languages,
            index=offer.languages.index(words.language),
            format_func=words.language_name,
            key="data_language",
        )
    with format_column:
        titles = {kind: each.title for kind, each in DATA_FORMATS.items()}
        kind = st.selectbox(_("Format"), list(titles), format_func=titles.__getitem__, key="data_format")
    query = [("labels", language), *(("q", name) for name in picked)]
    if content == FIGURES and 0 < len(picked) <= data_out.MOST_COMPARED:
        with by_column:
            names = {"": _("no comparison"), **filter_bar.banner_names(variables, words)}
            by = st.selectbox(_("Compare by"), list(names), format_func=names.__getitem__, key="data_by")
        if by:
            query.append(("by", by))
    if content == ANSWERS:
        if st.checkbox(_("With answers in words"), key="data_texts"):
            query.append(("texts", "1"))
        if offer.names and st.checkbox(_("With names of organisations and places"), key="data_names"):
            query.append(("names", "1"))
        column = _("Weights chosen above become a column, beside those that are raked and those of equal regions.")
        st.html(f'<div class="sd-muted">{html.escape(column)}</div>')
        query += parameters_of(weights)
        st.warning(_("Replies are for those only who may read answers one by one. Do not pass the file on."))
        if filters.snapshot:
            st.info(words.error(InvalidInput("data.present_only"), MESSAGES))
            return
    query += [("f", f"{name}:{code}") for name, codes in filters.by_variable for code in codes]
    query += [("snapshot", filters.snapshot)] if filters.snapshot else []
    address = f"export/{frame.slug}/data/{content}.{kind}?{urlencode([('lang', words.language), *query])}"
    file_links.show([(_("Download {format} (zip)", format=titles[kind]), address)], "")
    told_of_zip = _("In the zip: the data, a README in the same language, and a code-book for archives (DDI).")
    st.html(f'<div class="sd-muted">{html.escape(told_of_zip)}</div>')


def _pickable(offer: Offer, content: str) -> dict[str, Listed]:
    return {each.name: each for each in offer.questions if content == ANSWERS or not each.wordy}


def _choose(
    linked: Mapping[str, Sequence[str]], offer: Offer, variables: Sequence[FilterVariable], words: Words
) -> None:
    """The widgets have what a link asks for, as far as it is there and may be had; the rest is told."""
    content = ANSWERS if offer.answers and linked["data"][-1] == ANSWERS else FIGURES
    allowed: dict[str, Collection[str]] = {
        "data": (FIGURES, ANSWERS) if offer.answers else (FIGURES,),
        "format": DATA_FORMATS,
        "labels": offer.languages,
        "by": {each.name for each in variables},
        "q": _pickable(offer, content),
        "texts": ("1",),
        "names": ("1",) if offer.names else (),
    }
    asked = [(name, value) for name in allowed for value in linked.get(name, ())]
    address.tell(tuple(f"{name}={value[:40]}" for name, value in asked if value not in allowed[name]), words)
    found = {name: [value for each, value in asked if each == name and value in allowed[name]] for name in allowed}
    for name, key in _ONE.items():
        if found[name]:
            session.set_widget(key, found[name][-1])
    session.set_widget(f"data_questions_{content}", list(dict.fromkeys(found["q"])))
    for name in ("texts", "names"):
        session.set_widget(f"data_{name}", bool(found[name]))
