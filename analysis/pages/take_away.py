"""Take away: everything in view or the questions that are picked, in a language and a format, compared by groups and
under a method on demand, as one file; data for other programs; the states of the data that were frozen; files that
come back."""

import streamlit as st

from analysis import data_out, inventory, take_away
from analysis.findings.method import Method, WeightKind, unweighted, weights_of
from analysis.report.template import Template
from analysis.ui import (
    address,
    data_choice,
    file_links,
    filters,
    frame,
    frozen,
    methods,
    own_template,
    pictures,
    returning,
    trends,
)
from survey.access import Action
from survey.translator import Words
from survey.ui import session

here = frame.open_page("Take away", Action.READ_PROTECTED_FIGURES)
_ = here.words.translate
st.markdown(
    _(
        "Every file hides counts below 5, carries n, base, source and date, and stays editable. "
        "Charts one by one are under Questions."
    )
)
linked = address.follow(here)
chosen = filters.bar(here)
st.header(_("Presentation, numbers and pictures"), anchor=False)
tag, state = here.words.language, chosen.snapshot
offer = data_out.offer(here.store, here.slug, actor=here.actor, language=tag, snapshot=state)
labels = {each.name: f"{each.label} ({each.name})" for each in offer.questions}
variables = inventory.filter_variables(
    here.store, here.slug, actor=here.actor, language=tag, snapshot=state, every=True
)
banners = filters.banner_names(variables, here.words)
formats = {
    "dashboard.pptx": _("Presentation (PowerPoint, editable charts)"),
    "dashboard.docx": _("Document (Word, editable charts)"),
    "dashboard.pdf": _("PDF (to read and print)"),
    "dashboard.html": _("Web page (one file, works offline)"),
    "dashboard.xlsx": _("Numbers (Excel workbook)"),
    "charts.zip": _("All charts as pictures"),
}
# Those of another consultation, from which somebody comes here, are not there.
for key, known in ((address.PICKED, labels), (address.BOOK, banners)):
    kept = session.widget(key) or []
    if not set(kept) <= known.keys():
        session.set_widget(key, [name for name in kept if name in known])
picked = st.multiselect(
    _("Questions"),
    list(labels),
    format_func=labels.__getitem__,
    key=address.PICKED,
    placeholder=_("All questions; type to search"),
    persist_state="session",
)
language_column, format_column, by_column = st.columns([2, 3, 3])
with language_column:
    language = st.selectbox(
        _("Language of the file"),
        offer.languages,
        index=offer.languages.index(here.words.language),
        format_func=here.words.language_name,
        key="file_language",
    )
with format_column:
    kind = st.selectbox(_("Format"), list(formats), format_func=formats.__getitem__, key="file_format")
with by_column:
    by = st.multiselect(
        _("Compare every question by"),
        list(banners),
        format_func=banners.__getitem__,
        key=address.BOOK,
        placeholder=_("no comparison"),
        persist_state="session",
    )
drawn = pictures.choice(here.words) if kind == "charts.zip" else ""
files = st.container()
method = methods.bar(here, chosen.snapshot)


def made(of: Method, *, internal: bool = False) -> str:
    """Where the file is that was put together."""
    asked = filters.query(chosen, here.words.language, by, of, internal=internal, questions=picked, labels=language)
    return f"export/{here.slug}/{kind}?{asked}{drawn}"


def in_template(template: Template) -> take_away.File:
    """The same, for a meeting, in somebody's own template."""
    return take_away.dashboard_file(
        here.store,
        here.slug,
        template.kind,
        actor=here.actor,
        words=Words(language),
        filters=chosen,
        by=by,
        method=unweighted(method),
        now=frame.now(),
        template=template,
        questions=picked,
    )


with files:
    told = _("Download: {format}", format=formats[kind])
    if method.weights is WeightKind.UNWEIGHTED:
        file_links.show([(told, made(unweighted(method)))], "")
    else:
        file_links.show([(told, made(unweighted(method)))], _("For a meeting, unweighted:"))
        file_links.show([(told, made(method, internal=True))], _("Internal, weighted, nothing hidden:"))
    if kind == "charts.zip":
        pictures.tell(here.words)
    own_template.show(here, in_template, key="template")
data_choice.show(here, chosen, offer, variables, linked, weights_of(method))
frozen.show(here)
trends.show(here, chosen.snapshot)
returning.show(here)
