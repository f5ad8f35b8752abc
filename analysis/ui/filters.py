"""The filter bar: region, organisation type, level of work and language; what is chosen applies to every card."""

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from analysis import review
from analysis.charts.spec import Form
from analysis.disclosure import Audience
from analysis.findings.method import PLAIN, Method, parameters_of
from analysis.review import Filters, FilterVariable
from analysis.ui import frozen
from analysis.ui.frame import Frame
from survey.translator import Words
from survey.ui import session


def bar(frame: Frame) -> Filters:
    """The state of the data and the filters as chosen, kept from page to page."""
    words = frame.words
    row = st.container(key="filters", horizontal=True, gap="small")
    state = frozen.chosen(frame)  # it stands below, as nearly everybody looks at the present
    variables = review.filter_variables(
        frame.store, frame.slug, actor=frame.actor, language=words.language, snapshot=state
    )
    chosen: dict[str, list[str]] = {}
    kept: dict[str, list[str]] = session.recall("filters") or {}
    with row:
        for variable in variables:
            names = dict(variable.options)
            key = f"filter_{variable.name}"
            if not session.has_widget(key):
                session.set_widget(key, [code for code in kept.get(variable.name, []) if code in names])
            chosen[variable.name] = st.multiselect(
                name_of(variable, words),
                list(names),
                format_func=names.__getitem__,
                key=key,
                placeholder=words.translate("All"),
                width=230,
                persist_state="session",
            )
    session.remember("filters", chosen)
    if state:
        frozen.tell(state, frame)
    return Filters.of(chosen, snapshot=state)


def name_of(variable: FilterVariable, words: Words) -> str:
    """A short name for a filter: what it is rather than how the questionnaire asks it."""
    labels = {
        "region": words.translate("Region"),
        "organisation_type": words.translate("Type of organisation"),
        "level": words.translate("Level of work"),
        review.LANGUAGE_FILTER: words.translate("Language of the reply"),
    }
    return labels.get(variable.role, variable.label)


def after_respondents(questions: Sequence[str], variables: Sequence[FilterVariable]) -> int:
    """Place of the first question after those that tell who replied; 0 when none does, or nothing comes after.

    questions  names in the order of the questionnaire
    """
    names = {variable.name for variable in variables}
    start = max((place for place, name in enumerate(questions, start=1) if name in names), default=0)
    return start if start < len(questions) else 0


def query(
    filters: Filters,
    language: str,
    by: Sequence[str] = (),
    method: Method = PLAIN,
    *,
    form: Form | None = None,
    internal: bool = False,
) -> str:
    """The same filters, comparisons, method and form of a chart as the query of a download address.

    internal  the file holds internal figures and says so
    """
    pairs = [("lang", language)] + [("f", f"{name}:{code}") for name, codes in filters.by_variable for code in codes]
    pairs += [("by", each) for each in by]
    pairs += parameters_of(method)
    pairs += [("form", str(form))] if form is not None else []
    pairs += [("snapshot", filters.snapshot)] if filters.snapshot else []
    return urlencode([*pairs, ("audience", Audience.INTERNAL.value)] if internal else pairs)
