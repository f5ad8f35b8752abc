"""The rows in an editable grid; every change is kept at once, checked, and can be undone.

The grid goes on showing the rows it was opened with, so that it never jumps while somebody types; its changes are
counted from those. It is opened anew when the rows change in another way.
"""

import copy
import html
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from data.errors import Conflict
from survey import preparation
from survey.preparation import Project
from survey.questionnaire import ANSWER, MISSING, NoAnswer
from survey.ui import messages, session
from survey.ui.project_frame import Work, counts_line, language_choice, now
from survey.ui.project_issues import row_title
from survey.xlsform.columns import TRANSLATABLE, column_of, language_of
from survey.xlsform.editing import header_for, inserted, with_edits
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets, from_json
from survey.xlsform.text_files import all_headers
from survey.xlsform.wording import first_cells

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "survey": (
        "type",
        "name",
        "label",
        "hint",
        "required",
        "relevant",
        "constraint",
        "constraint_message",
        "choice_filter",
        "calculation",
        "appearance",
    ),
    "choices": ("list_name", "name", "label", MISSING),
    "settings": ("form_title", "form_id", "version", "default_language"),
}
TYPES = (
    "text",
    "integer",
    "decimal",
    "select_one",
    "select_multiple",
    "rank",
    "range",
    "date",
    "acknowledge",
    "note",
    "file",
    "calculate",
)

_WIDTHS = {"type": 100, "list_name": 100, "name": 90}
"""What tells a row from another is narrow, so that its words are in view on a telephone."""


def show_grid(work: Work) -> None:
    """The sheet to edit, the tools for order and names, and the form for a new question."""
    _ = work.words.translate
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sheet = str(st.selectbox(_("Sheet"), list(COLUMNS), key="grid-sheet", width=200))
        tag = language_choice(work, "grid-language", _("Words in"))
        everything = st.toggle(_("All columns and languages"), key="grid-all")
    _grid(work, sheet, tag, everything=bool(everything))
    counts_line(work)
    hint = _(
        "Every change is kept at once and checked. Add a row at the end; choose rows at their left edge to delete them."
    )
    st.html(f'<div class="sd-muted">{html.escape(hint)}</div>')
    if sheet != "settings" and work.project.sheets[sheet]:
        _row_tools(work, sheet)
    if sheet == "survey":
        with st.expander(_("Add a question")):
            _new_question(work, tag)


def _headers(sheets: Sheets, sheet: str, tag: str, default: str, *, everything: bool) -> list[str]:
    """The columns to show: the usual ones, whatever else is filled in, words in one language or in all."""
    usual = [header_for(sheets, sheet, column, tag, default=default) for column in COLUMNS[sheet]]
    if everything:
        return list(dict.fromkeys([*usual[:2], *all_headers(sheets, sheet), *usual]))
    filled = {header for row in sheets[sheet] for header in row.cells}
    others = [
        header
        for header in all_headers(sheets, sheet)
        if header in filled
        and (
            (column := column_of(header)).name not in TRANSLATABLE
            or (language_of(column.language).tag if column.language else default) == tag
        )
    ]
    return list(dict.fromkeys([*usual, *others]))


def _grid(work: Work, sheet: str, tag: str, *, everything: bool) -> None:
    grid: dict[str, Any] = session.recall("grid") or {}
    wanted = (work.id, sheet, tag, everything)
    overtaken = grid.get("for") == wanted and grid.get("revision") != work.project.record.revision
    if overtaken and session.widget(f"grid_{grid['opened']}") not in (None, grid["kept"]):
        messages.show(Conflict("record.changed_elsewhere"), work.words)
    if grid.get("for") != wanted or overtaken:
        grid = {
            "for": wanted,
            "base": work.project.workbook,
            "revision": work.project.record.revision,
            "opened": int(session.recall("grids") or 0) + 1,
            "kept": {"edited_rows": {}, "added_rows": [], "deleted_rows": []},
        }
        session.remember("grid", grid)
        session.remember("grids", grid["opened"])
    key = f"grid_{grid['opened']}"
    base = from_json(grid["base"])
    rows = base[sheet]
    if edits := session.widget(key):
        revision = work.revision

        def keep() -> Project:
            new = edited(base, sheet, rows, edits)
            return preparation.replace_rows(
                work.store, work.id, new, act=_act(edits), revision=revision, actor=work.actor, now=now()
            )

        kept = work.change(keep)
        if not kept:
            session.forget("grid")
            _grid(work, sheet, tag, everything=everything)
            return
        session.remember("grid", {**grid, "revision": work.project.record.revision, "kept": copy.deepcopy(dict(edits))})
    default = preparation.questionnaire_of(work.project).default_language
    headers = _headers(base, sheet, tag, default, everything=everything)
    words = ", ".join((*NoAnswer, ANSWER))
    helps = {MISSING: work.words.translate("Why a choice is no answer: {words}. Empty: its name decides.", words=words)}
    table = pd.DataFrame([[row.number, *(row[h] for h in headers)] for row in rows], columns=["#", *headers], dtype=str)
    st.data_editor(
        table,
        hide_index=True,
        num_rows="fixed" if sheet == "settings" else "dynamic",
        key=key,
        height=min(35 * (len(rows) + 2) + 3, 560),
        disabled=["#"],
        column_config={
            "#": st.column_config.TextColumn(width=45),
            **{
                header: st.column_config.TextColumn(
                    width=260 if column_of(header).name in TRANSLATABLE else _WIDTHS.get(header),
                    help=helps.get(header),
                )
                for header in headers
            },
        },
    )


def edited(base: Sheets, sheet: str, rows: tuple[Row, ...], edits: Mapping[str, Any]) -> Sheets:
    """The sheets with what the grid reports: cells by place of the row, new rows, places of rows that were deleted."""
    numbers = [row.number for row in rows]

    def cells(found: Mapping[str, Any]) -> dict[str, str]:
        return {header: "" if cell is None else str(cell) for header, cell in found.items() if header not in ("#", "")}

    return with_edits(
        base,
        sheet,
        changed={
            numbers[int(place)]: cells(found)
            for place, found in (edits.get("edited_rows") or {}).items()
            if int(place) < len(numbers)
        },
        added=[cells(found) for found in edits.get("added_rows") or ()],
        removed={numbers[place] for place in edits.get("deleted_rows") or () if place < len(numbers)},
    )


def _act(edits: Mapping[str, Any]) -> str:
    return "removed" if edits.get("deleted_rows") else "added" if edits.get("added_rows") else "edited"


def _row_tools(work: Work, sheet: str) -> None:
    """Order and names: a row up or down, another name for a question."""
    _ = work.words.translate
    rows = {row.number: row for row in work.project.sheets[sheet]}
    key = f"tool_{work.id}_{sheet}"
    wanted_key, wanted = session.recall("next_tool") or ("", 0)
    if wanted_key == key:
        session.set_widget(key, wanted)
        session.forget("next_tool")
    if session.widget(key) not in rows:
        session.set_widget(key, next(iter(rows)))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox(_("Row"), list(rows), format_func=lambda each: row_title(rows[each]), key=key, width=320)
        for step, label, name in ((-1, _("Move up"), "up"), (1, _("Move down"), "down")):
            if st.button(label, key=f"move-{name}"):
                _move(work, sheet, number, step, key)
        old = first_cells(rows[number]).get("name", "") if sheet == "survey" else ""
        if old:
            with st.popover(_("Rename")):
                st.markdown(_("Every reference to it is renamed with it."))
                new = st.text_input(_("Name"), old, key=f"new-name-{work.id}-{number}-{old}")
                if st.button(_("Rename it"), key="rename-question"):
                    revision = work.revision
                    if work.change(
                        lambda: preparation.rename_question(
                            work.store, work.id, old, new or "", revision=revision, actor=work.actor, now=now()
                        )
                    ):
                        session.forget("grid")
                        st.rerun()


def _move(work: Work, sheet: str, number: int, step: int, key: str) -> None:
    revision = work.revision
    place = [number]

    def move() -> Project:
        project, place[0] = preparation.move_row(
            work.store, work.id, sheet, number, step, revision=revision, actor=work.actor, now=now()
        )
        return project

    if work.change(move):
        session.forget("grid")
        session.remember("next_tool", (key, place[0]))
        st.rerun()


def _new_question(work: Work, tag: str) -> None:
    """A form for one question, put below a row."""
    _ = work.words.translate
    sheets = work.project.sheets
    default = preparation.questionnaire_of(work.project).default_language
    rows = {row.number: row_title(row) for row in sheets["survey"]}
    lists = list(dict.fromkeys(first_cells(row).get("list_name", "") for row in sheets["choices"]))
    with st.form(f"question_{work.id}_{work.project.record.revision}"):
        left, right = st.columns(2)
        kind = left.selectbox(_("Type"), TYPES, key="question-type")
        listed = right.text_input(
            _("List of choices, for a selection or ranking"), key="question-list", placeholder=", ".join(lists[:4])
        )
        name = left.text_input(_("Name, in letters, digits and _"), key="question-name")
        after = right.selectbox(
            _("Below row"),
            list(rows),
            index=len(rows) - 1 if rows else None,
            format_func=rows.__getitem__,
            key="question-after",
            placeholder="",
        )
        label = left.text_input(_("Question as people read it"), key="question-label")
        required = right.checkbox(_("Must be answered"), key="question-required")
        if st.form_submit_button(_("Add it"), type="primary", key="question-add"):
            written = f"{kind} {(listed or '').strip()}" if kind in ("select_one", "select_multiple", "rank") else kind
            cells = {
                header_for(sheets, "survey", "type"): str(written),
                header_for(sheets, "survey", "name"): name or "",
                header_for(sheets, "survey", "label", tag, default=default): label or "",
                header_for(sheets, "survey", "required"): "yes" if required else "",
            }
            new = inserted(sheets, "survey", [cells], after=after or 0)
            revision = work.revision
            if work.change(
                lambda: preparation.replace_rows(
                    work.store, work.id, new, act="added", revision=revision, actor=work.actor, now=now()
                )
            ):
                session.forget("grid")
                st.rerun()
