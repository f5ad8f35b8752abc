"""Take away: deck and workbook with everything in view, compared by groups and under a method on demand; all charts as
pictures; data for other programs; the states of the data that were frozen; files that come back."""

import streamlit as st

from analysis import inventory, take_away
from analysis.findings.method import WeightKind, unweighted
from analysis.report.template import Template
from analysis.ui import cards, data_choice, filters, frame, frozen, methods, own_template, pictures, returning
from survey.access import Action

here = frame.open_page("Take away", Action.READ_PROTECTED_FIGURES)
_ = here.words.translate
st.markdown(
    _(
        "Every file hides counts below 5, carries n, base, source and date, and stays editable. "
        "Charts one by one are under Questions."
    )
)
chosen = filters.bar(here)
st.header(_("Presentation and numbers"), anchor=False)
variables = inventory.filter_variables(here.store, here.slug, actor=here.actor, language=here.words.language)
names = {variable.name: filters.name_of(variable, here.words) for variable in variables}
by = st.multiselect(
    _("Compare every question by"),
    list(names),
    format_func=names.__getitem__,
    key="book",
    placeholder=_("no comparison"),
    persist_state="session",
)
files = st.container()
method = methods.bar(here, chosen.snapshot)


def offer(query: str, label: str) -> None:
    """The whole as a file, in each format."""
    cards.links(
        [
            (_("Presentation (PowerPoint, editable charts)"), f"export/{here.slug}/dashboard.pptx?{query}"),
            (_("Document (Word, editable charts)"), f"export/{here.slug}/dashboard.docx?{query}"),
            (_("PDF (to read and print)"), f"export/{here.slug}/dashboard.pdf?{query}"),
            (_("Web page (one file, works offline)"), f"export/{here.slug}/dashboard.html?{query}"),
            (_("Numbers (Excel workbook)"), f"export/{here.slug}/dashboard.xlsx?{query}"),
        ],
        label,
    )


def in_template(template: Template) -> take_away.File:
    """The whole, for a meeting, in somebody's own template."""
    return take_away.dashboard_file(
        here.store,
        here.slug,
        template.kind,
        actor=here.actor,
        words=here.words,
        filters=chosen,
        by=by,
        method=unweighted(method),
        now=frame.now(),
        template=template,
    )


is_weighted = method.weights is not WeightKind.UNWEIGHTED
told = _("For a meeting, unweighted:") if is_weighted else ""
with files:
    offer(filters.query(chosen, here.words.language, by, unweighted(method)), told)
    if is_weighted:
        offer(
            filters.query(chosen, here.words.language, by, method, internal=True),
            _("Internal, weighted, nothing hidden:"),
        )
    own_template.show(here, in_template, key="template")
pictures.show(here, chosen, by, method)
data_choice.show(here, chosen)
frozen.show(here)
returning.show(here)
