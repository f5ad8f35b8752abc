"""The part of *Take away* for statistical programs: what, which questions, language and format, then one download."""

import html
from urllib.parse import urlencode

import streamlit as st

from analysis import data_out, inventory
from analysis.data_files.formats import DATA_FORMATS
from analysis.data_out import Offer
from analysis.opened_data import Filters
from analysis.ui import cards
from analysis.ui import filters as filter_bar
from analysis.ui.frame import Frame

FIGURES, ANSWERS = "figures", "answers"


def show(frame: Frame, filters: Filters, offer: Offer) -> None:
    """Search, pick, choose, download."""
    words = frame.words
    _ = words.translate
    st.header(_("Data for SPSS, Stata, R and other programs"), anchor=False)
    content = FIGURES
    if offer.answers:
        told = {
            FIGURES: _("Figures: one row for each option, small groups hidden"),
            ANSWERS: _("Replies: one row for each reply, nothing hidden"),
        }
        content = st.radio(_("Content"), list(told), format_func=told.__getitem__, key="data_content")
    pickable = {each.name: each for each in offer.questions if content == ANSWERS or not each.wordy}
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
            variables = inventory.filter_variables(
                frame.store, frame.slug, actor=frame.actor, language=words.language, every=True
            )
            names = {"": _("no comparison"), **filter_bar.banner_names(variables, words)}
            by = st.selectbox(_("Compare by"), list(names), format_func=names.__getitem__, key="data_by")
        if by:
            query.append(("by", by))
    if content == ANSWERS:
        if st.checkbox(_("With answers in words"), key="data_texts"):
            query.append(("texts", "1"))
        if offer.names and st.checkbox(_("With names of organisations and places"), key="data_names"):
            query.append(("names", "1"))
        st.warning(_("Replies are for those only who may read answers one by one. Do not pass the file on."))
    query += [("f", f"{name}:{code}") for name, codes in filters.by_variable for code in codes]
    address = f"export/{frame.slug}/data/{content}.{kind}?{urlencode([('lang', words.language), *query])}"
    cards.links([(_("Download {format} (zip)", format=titles[kind]), address)], "")
    told_of_zip = _("In the zip: the data, a README in the same language, and a code-book for archives (DDI).")
    st.html(f'<div class="sd-muted">{html.escape(told_of_zip)}</div>')
