"""The helper that puts a number into a text: question, answer, figure, filter; the token and what it shows now."""

import html
from collections.abc import Sequence

import streamlit as st

from analysis import reports
from analysis.findings.card import CardKind
from analysis.findings.offered import Offered
from analysis.report.tokens import BY, WHAT, What, figures_of
from analysis.ui.frame import Frame, now
from analysis.ui.report_words import figure_name, problem_list
from survey.ui import session


def offer(frame: Frame, offered: Sequence[Offered], field: str, language: str) -> None:
    """Widgets in which a number is put together; pressing Insert writes its token at the end of the field.

    field     key of the text area
    language  of the report
    """
    _ = frame.words.translate
    countable = {each.name: each for each in offered if each.kind is not CardKind.TEXT}
    with st.expander(_("Insert a number"), key="report_number"):
        name = st.selectbox(
            _("Question"),
            list(countable),
            index=None,
            format_func=lambda each: _label(countable[each]),
            placeholder=_("Type to search"),
            key="number_question",
        )
        if name is None:
            return
        question = countable[name]
        figures = figures_of(question)
        left, right = st.columns(2)
        with left:
            what = st.selectbox(
                _("Figure"),
                figures,
                format_func=lambda each: figure_name(What(each), frame.words),
                key=f"number_figure_{question.kind}",
            )
        option = ""
        if question.options and what in (What.SHARE, What.COUNT, What.RANK, What.FIRST, What.HIGHEST, What.LOWEST):
            labels = dict(question.options)
            with right:
                option = st.selectbox(
                    _("Answer"), list(labels), format_func=labels.__getitem__, key=f"number_option_{name}"
                )
        token = _written(frame, question, What(what), option or "", [each for each in offered if each.filters])
        found = reports.preview_text(frame.store, frame.slug, token, language=language, actor=frame.actor, now=now())
        shown = html.escape(found.filled.text) if not found.problems else "–"
        told = html.escape(_("Now:"))
        st.html(f'<div>{told} <b><bdi>{shown}</bdi></b> · <code dir="ltr">{html.escape(token)}</code></div>')
        if found.problems:
            st.html(problem_list(found.problems, frame.words))
        st.button(_("Insert at the end of the text"), key="number_insert", on_click=_insert, args=(field, token))


def _written(frame: Frame, question: Offered, what: What, option: str, variables: Sequence[Offered]) -> str:
    """The token, with a group compared or a filter where they are chosen."""
    _ = frame.words.translate
    by_name = {each.name: each for each in variables}
    parts = [f"{question.name}.{option}" if option else question.name]
    if what is not (What.RANK if question.kind is CardKind.RANKING else What.SHARE if option else None):
        parts.append(f"{WHAT}={what.value}")
    left, right = st.columns(2)
    if what in (What.HIGHEST, What.LOWEST):
        with left:
            by = st.selectbox(
                _("Compare by"), list(by_name), format_func=lambda each: _label(by_name[each]), key="number_by"
            )
        parts.append(f"{BY}={by}")
    else:
        with left:
            names = {"": _("All replies"), **{each: _label(by_name[each]) for each in by_name}}
            name = st.selectbox(_("Only replies with"), list(names), format_func=names.__getitem__, key="number_filter")
        if name:
            codes = dict(by_name[name].options)
            with right:
                code = st.selectbox(_("Value"), list(codes), format_func=codes.__getitem__, key=f"number_code_{name}")
            parts.append(f"{name}={code}")
    return "{{" + "|".join(parts) + "}}"


def _label(question: Offered) -> str:
    return f"{question.label} ({question.name})"


def _insert(field: str, token: str) -> None:
    text = str(session.widget(field) or "")
    between = "" if not text or text.endswith((" ", "\n")) else " "
    session.set_widget(field, f"{text}{between}{token}")
