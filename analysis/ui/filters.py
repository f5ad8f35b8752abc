"""The filter bar: region, organisation type, level of work and language; what is chosen applies to every card."""

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from analysis import inventory
from analysis.charts.spec import Form
from analysis.disclosure import Audience
from analysis.exploration import toggled
from analysis.findings.method import PLAIN, Method, parameters_of
from analysis.inventory import FilterVariable
from analysis.opened_data import Filters
from analysis.ui import frozen
from analysis.ui.frame import Frame
from survey.translator import Words
from survey.ui import session

KEPT = "filters"
"""Variable -> codes, as they were chosen last."""
MORE = "filter-by-another"


def bar(frame: Frame, *, more: bool = False) -> Filters:
    """The state of the data and the filters as chosen, kept from page to page.

    more  any other question can be made a filter, and every value that is chosen stands below and can be cleared there
    """
    words = frame.words
    _ = words.translate
    row = st.container(key="filters", horizontal=True, gap="small", vertical_alignment="bottom")
    state = frozen.chosen(frame)  # it stands below, as nearly everybody looks at the present
    variables = inventory.filter_variables(
        frame.store, frame.slug, actor=frame.actor, language=words.language, snapshot=state, every=True
    )
    kept: dict[str, list[str]] = session.recall(KEPT) or {}
    shown = [each for each in variables if each.role or each.name in kept]
    others = {each.name: each for each in variables if not each.role and each.name not in kept}
    chosen: dict[str, list[str]] = {}
    with row:
        for variable in shown:
            names = dict(variable.options)
            key = key_of(variable.name)
            if not session.has_widget(key):
                session.set_widget(key, [code for code in kept.get(variable.name, []) if code in names])
            chosen[variable.name] = st.multiselect(
                _short(name_of(variable, words)),
                list(names),
                format_func=names.__getitem__,
                key=key,
                placeholder=_("All"),
                width=230,
                persist_state="session",
            )
        if more and others:
            st.selectbox(
                _("Filter by another question"),
                ["", *others],
                format_func=lambda name: others[name].label if name else "–",
                key=MORE,
                width=230,
                on_change=_add,
            )
    session.remember(KEPT, chosen)
    filters = Filters.of(chosen, snapshot=state)
    if more:
        _chips(filters, variables, words)
    if state:
        frozen.tell(state, frame)
    return filters


def key_of(variable: str) -> str:
    """Key of the list in which a variable's values are chosen."""
    return f"filter_{variable}"


def choose(filters: Filters) -> None:
    """These filters and no others are chosen, before the bar is drawn."""
    wanted = {name: list(codes) for name, codes in filters.by_variable}
    for name in [*wanted, *(session.recall(KEPT) or {})]:
        session.set_widget(key_of(name), wanted.get(name, []))
    session.remember(KEPT, wanted)


def _add() -> None:
    name = session.widget(MORE)
    if name:
        session.remember(KEPT, {**(session.recall(KEPT) or {}), name: []})
        session.set_widget(MORE, "")


def _chips(filters: Filters, variables: Sequence[FilterVariable], words: Words) -> None:
    """What is chosen, each value as a button that clears it, and one that clears all."""
    if not filters.by_variable:
        return
    _ = words.translate
    by_name = {each.name: each for each in variables}
    with st.container(key="chips", horizontal=True, gap="small"):
        for name, codes in filters.by_variable:
            labels = dict(by_name[name].options)
            for code in codes:
                told = f"{_short(name_of(by_name[name], words))}{words.colon}{_short(labels[code])}"
                st.button(
                    f"{told} ✕",
                    key=f"chip_{name}_{code}",
                    help=_("Clear this filter: {filter}", filter=told),
                    on_click=choose,
                    args=(toggled(filters, name, code),),
                )
        st.button(_("Clear all filters"), key="chips-clear", type="tertiary", on_click=choose, args=(Filters(),))


def _short(label: str) -> str:
    return label if len(label) <= CHIP else f"{label[: CHIP - 1].rstrip()}…"


CHIP = 40
"""Signs of a question or an option on a chip."""


def name_of(variable: FilterVariable, words: Words) -> str:
    """A short name for a filter: what it is rather than how the questionnaire asks it."""
    labels = {
        "region": words.translate("Region"),
        "organisation_type": words.translate("Type of organisation"),
        "level": words.translate("Level of work"),
    }
    return labels.get(variable.role, variable.label)


def banner_names(variables: Sequence[FilterVariable], words: Words) -> dict[str, str]:
    """What cards can be compared by -> its words: first who replied, then every other question, with its name."""
    return {
        each.name: name_of(each, words) if each.role else f"{_short(each.label)} ({each.name})" for each in variables
    }


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
    intervals: bool = False,
    internal: bool = False,
    questions: Sequence[str] = (),
    labels: str = "",
) -> str:
    """The same filters, comparisons, method and form of a chart as the query of a download address.

    internal   the file holds internal figures and says so
    questions  these alone; () for all
    labels     language of the file, where it is another than that of the page
    """
    pairs = [("lang", language)] + [("f", f"{name}:{code}") for name, codes in filters.by_variable for code in codes]
    pairs += [("labels", labels)] if labels not in ("", language) else []
    pairs += [("q", each) for each in questions]
    pairs += [("by", each) for each in by]
    pairs += parameters_of(method)
    pairs += [("form", str(form))] if form is not None else []
    pairs += [("intervals", "1")] if intervals else []
    pairs += [("snapshot", filters.snapshot)] if filters.snapshot else []
    return urlencode([*pairs, ("audience", Audience.INTERNAL.value)] if internal else pairs)
