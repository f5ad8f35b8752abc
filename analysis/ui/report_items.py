"""The form in which one item of a report is written: what it shows, its words, and how they read now."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from analysis import card_notes, inventory, overview, recommendations, reports
from analysis.card_notes import NO_NOTE
from analysis.charts import method_words
from analysis.charts.description import form_name
from analysis.charts.spec import Form
from analysis.disclosure import Audience
from analysis.findings.card import CardKind
from analysis.findings.method import PLAIN, Interval
from analysis.findings.offered import Offered
from analysis.report.outline import HOLDS, Item, ItemKind
from analysis.ui import filters as filter_bar
from analysis.ui import methods, report_numbers
from analysis.ui.frame import Frame, now
from analysis.ui.report_words import marked, problem_list
from survey.translator import direction
from survey.ui import session

PREFIX = "item_"
"""How the keys of the form's inputs begin; they are dropped when another item is opened."""
_NOTE = "note-in-remark"
TEXT, TITLE = f"{PREFIX}text", f"{PREFIX}title"


def fill(item: Item) -> None:
    """Lays an item into the inputs of the form, before they are drawn."""
    session.drop_widgets((PREFIX, "number_"))
    session.forget(_NOTE)
    session.set_widget(TITLE, item.title)
    session.set_widget(TEXT, item.text)


def form(frame: Frame, item: Item, language: str) -> Item:
    """The item as it stands in the form; `language` is that of the report."""
    _ = frame.words.translate
    holds = HOLDS[item.kind]
    offered = inventory.offered(frame.store, frame.slug, actor=frame.actor, language=frame.words.language)
    changes: dict[str, object] = {}
    if "picture" in holds:
        changes["picture"] = _picture(frame, item)
    if "question" in holds:
        changes["question"] = _question(frame, item, offered)
    if "finding_id" in holds:
        changes["finding_id"] = _finding(frame, item)
    if "filters" in holds:
        changes["filters"] = _filters(frame, item)
    if "by" in holds:
        changes |= _comparison(frame, item, offered)
    if "form" in holds:
        changes["form"] = _chart(frame, replace(item, **changes), language)  # type: ignore[arg-type]
    if "by" in holds:
        _take_note(frame, item, str(changes["question"]))
    if "title" in holds:
        own = item.kind in (ItemKind.HEADING, ItemKind.TEXT)
        label = _("Heading") if own else _("Title (empty: its own)")
        changes["title"] = st.text_input(label, key=TITLE)
    if "text" in holds:
        label = _("Text") if item.kind is ItemKind.TEXT else _("Remark below it")
        height = 220 if item.kind is ItemKind.TEXT else 100
        changes["text"] = st.text_area(label, key=TEXT, height=height)
        report_numbers.offer(frame, offered, TEXT, language)
    found = replace(item, **changes)  # type: ignore[arg-type]
    _reading(frame, found, language)
    return found


def _take_note(frame: Frame, item: Item, question: str) -> None:
    """The note under the card of a question that is chosen anew stands in the remark, unless something else does."""
    before, taken = session.recall(_NOTE) or (item.question, "")
    if question == before:
        return
    notes = card_notes.notes(
        frame.store, frame.slug, actor=frame.actor, audience=Audience.MEETING, now=now(), of=(question,)
    )
    text = notes.get(question, NO_NOTE).text
    if (session.widget(TEXT) or "") == taken:
        session.set_widget(TEXT, text)
        session.remember(_NOTE, (question, text))
    else:
        session.remember(_NOTE, (question, taken))


def _reading(frame: Frame, item: Item, language: str) -> None:
    """How the words read with their numbers, and what is wrong with them."""
    for text in item.words:
        if "{{" not in text:
            continue
        found = reports.preview_text(frame.store, frame.slug, text, language=language, actor=frame.actor, now=now())
        st.html(f'<div class="sd-muted">{html.escape(frame.words.translate("It reads:"))}</div>')
        st.html(marked(found.filled, direction(language)) + problem_list(found.problems, frame.words))


def _question(frame: Frame, item: Item, offered: Sequence[Offered]) -> str:
    wordy = item.kind is ItemKind.QUOTES
    there = {each.name: each for each in offered if each.name == each.card and (each.kind is CardKind.TEXT) == wordy}
    names = list(there)
    return (
        st.selectbox(
            frame.words.translate("Question"),
            names,
            index=names.index(item.question) if item.question in there else None,
            format_func=lambda name: f"{there[name].label} ({name})",
            placeholder=frame.words.translate("Type to search"),
            key=f"{PREFIX}question",
        )
        or ""
    )


def _picture(frame: Frame, item: Item) -> str:
    titles = dict(overview.offered(frame.store, frame.slug, actor=frame.actor, words=frame.words, now=now()))
    names = list(titles)
    return (
        st.selectbox(
            frame.words.translate("Chart"),
            names,
            index=names.index(item.picture) if item.picture in titles else None,
            format_func=titles.__getitem__,
            placeholder=frame.words.translate("Type to search"),
            key=f"{PREFIX}picture",
        )
        or ""
    )


def _finding(frame: Frame, item: Item) -> int:
    kept = recommendations.findings(frame.store, frame.slug, actor=frame.actor, language=frame.words.language)
    statements = {each.record.id: f"{number}. {each.record.statement}" for number, each in enumerate(kept, start=1)}
    keys = list(statements)
    chosen = st.selectbox(
        frame.words.translate("Finding"),
        keys,
        index=keys.index(item.finding_id) if item.finding_id in statements else None,
        format_func=statements.__getitem__,
        placeholder=frame.words.translate("Type to search"),
        key=f"{PREFIX}finding",
    )
    return chosen or 0


def _chart(frame: Frame, item: Item, language: str) -> str:
    """The form of its chart; "" for the one that it has by itself."""
    forms = reports.forms_offered(frame.store, frame.slug, item, language=language, actor=frame.actor, now=now())
    if len(forms) < 2:
        return ""
    chosen: Form = st.selectbox(
        frame.words.translate("Chart"),
        forms,
        index=next((at for at, form in enumerate(forms) if form == item.form), 0),
        format_func=lambda form: form_name(form, frame.words),
        key=f"{PREFIX}form",
    )
    return "" if chosen is forms[0] else chosen.value


def _filters(frame: Frame, item: Item) -> Mapping[str, tuple[str, ...]]:
    variables = inventory.filter_variables(frame.store, frame.slug, actor=frame.actor, language=frame.words.language)
    chosen = {name: codes for name, codes in item.filters.items() if name not in {each.name for each in variables}}
    with st.container(horizontal=True, gap="small"):
        for variable in variables:
            names = dict(variable.options)
            picked = st.multiselect(
                filter_bar.name_of(variable, frame.words),
                list(names),
                default=[code for code in item.filters.get(variable.name, ()) if code in names],
                format_func=names.__getitem__,
                key=f"{PREFIX}filter_{variable.name}",
                placeholder=frame.words.translate("All"),
                width=230,
            )
            if picked:
                chosen[variable.name] = tuple(picked)
    return chosen


def _comparison(frame: Frame, item: Item, offered: Sequence[Offered]) -> dict[str, object]:
    _ = frame.words.translate
    variables = {each.name: f"{each.label} ({each.name})" for each in offered if each.filters}
    names = ["", *variables]
    left, right = st.columns(2)
    with left:
        by = st.selectbox(
            _("Compare by"),
            names,
            index=names.index(item.by) if item.by in variables else 0,
            format_func=lambda name: variables.get(name, _("no comparison")),
            key=f"{PREFIX}by",
        )
    kinds, kept = methods.intervals(frame), item.method.get("interval", PLAIN.interval)
    with right:
        interval = st.selectbox(
            _("Interval"),
            kinds,
            index=kinds.index(kept) if kept in kinds else 0,
            format_func=lambda kind: method_words.interval_name(Interval(kind), frame.words),
            key=f"{PREFIX}interval",
        )
    method = {**item.method, "interval": interval}
    if by:
        letters = st.checkbox(_("Letters: which groups differ"), value="letters" in item.method, key=f"{PREFIX}letters")
        method["letters"] = "1" if letters else "0"
    return {"by": by, "method": method}
