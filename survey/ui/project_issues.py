"""Issues beside the rows: how many, which, in which row, and the row to mend at once."""

import html
from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st

from survey import preparation
from survey.ui import session
from survey.ui.issue_words import MARKS, issue_html
from survey.ui.project_frame import Work, issue_lines, language_choice, now, severity_words
from survey.xlsform.columns import TRANSLATABLE, column_of, language_of
from survey.xlsform.editing import header_for
from survey.xlsform.issues import CheckIssue, Severity
from survey.xlsform.rows import Row
from survey.xlsform.wording import first_cells

PLAIN = ("type", "name", "required", "relevant", "constraint", "choice_filter", "calculation", "appearance")
"""Columns that every row's form offers."""
WORDED = ("label", "hint", "constraint_message")
SHOWN = 40
"""Issues that are listed at once."""
LINE = 55
"""Longest cell that is shown in one line."""
# Translucent, so that they lie well on light and on dark pages.
_TINTS: Mapping[Severity, str] = {"error": "#e5484d38", "warning": "#f5a62333", "info": "#3a8dcb26"}


def show_issues(work: Work) -> None:
    """Counts, the list of issues, the rows with their marks, and the chosen row."""
    words = work.words
    _ = words.translate
    counts(work)
    _opening_findings(work)
    issues = work.issues
    if not issues:
        st.success(_("No issues: the questionnaire can be published."))
    names = severity_words(words)
    shown: tuple[CheckIssue, ...] = issues
    if issues:
        if words.language != "en":
            st.html(f'<div class="sd-muted">{html.escape(_("Details of issues are in English."))}</div>')
        present = [each for each in names if any(issue.severity == each for issue in issues)]
        chosen = st.pills(
            _("Show"),
            present,
            format_func=lambda each: f"{MARKS[each]} {names[each]}",
            selection_mode="multi",
            default=present,
            key=f"severities_{work.id}_{'_'.join(present)}",
        )
        order = list(names)
        wanted = [issue for issue in issues if issue.severity in (chosen or ())]
        shown = tuple(sorted(wanted, key=lambda issue: order.index(issue.severity)))
        _issue_list(work, shown)
    st.subheader(_("Rows"), anchor=False)
    sheets = [name for name in ("survey", "choices", "settings") if work.project.sheets[name]]
    if not sheets:
        st.info(_("There is no row yet. Add a block of the library, or questions under Edit."))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if session.widget("issue-sheet") not in sheets:
            session.set_widget("issue-sheet", sheets[0])
        sheet = str(st.selectbox(_("Sheet"), sheets, key="issue-sheet", width=200))
        tag = language_choice(work, "issue-language", _("Words in"))
    _row_table(work, sheet, tag, issues)
    _chosen_row(work, sheet, tag, issues)


def counts(work: Work) -> None:
    """How many issues of each severity."""
    names = severity_words(work.words)
    tiles = "".join(
        f'<div class="sd-tile sd-{severity}"><b>{work.words.number(count)}</b><span>{MARKS[severity]} '
        f"{html.escape(name)}</span></div>"
        for severity, name in names.items()
        for count in [sum(issue.severity == severity for issue in work.issues)]
    )
    st.html(f'<div class="sd-tiles sd-counts">{tiles}</div>')


def _opening_findings(work: Work) -> None:
    """What was seen only when the file was opened: merged cells, formulas, files that cannot be read."""
    project_id, findings = session.recall("opening_findings") or (0, ())
    if project_id == work.id and findings:
        with st.expander(work.words.translate("Seen when the file was opened"), expanded=True):
            issue_lines(list(findings), work.words)


def _issue_list(work: Work, issues: tuple[CheckIssue, ...]) -> None:
    """Every issue in full, each with the way to its row."""
    _ = work.words.translate
    everything = len(issues) <= SHOWN or bool(
        st.toggle(_("Show all {count}", count=work.words.number(len(issues))), key=f"issues_all_{work.id}")
    )
    with st.container(height=480 if len(issues) > SHOWN // 4 else "content", border=True, key="issues"):
        for place, issue in enumerate(issues if everything else issues[:SHOWN]):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.html(f'<div class="sd-issue-line sd-{issue.severity}">{issue_html(issue, work.words)}</div>')
                if issue.row and issue.sheet in ("survey", "choices", "settings"):
                    st.button(
                        _("Row {row}", row=issue.row),
                        key=f"issue_{work.id}_{work.project.record.revision}_{place}",
                        on_click=_go_to,
                        args=(work.id, issue),
                        help=_("Mend it below"),
                    )


def _go_to(project_id: int, issue: CheckIssue) -> None:
    session.set_widget("issue-sheet", issue.sheet)
    session.set_widget(f"row_{project_id}_{issue.sheet}", issue.row)


def worst(issues: tuple[CheckIssue, ...], sheet: str) -> dict[int, Severity]:
    """Row number -> the gravest severity in it."""
    found: dict[int, Severity] = {}
    for severity in ("info", "warning", "error"):
        found.update({issue.row: severity for issue in issues if issue.sheet == sheet and issue.severity == severity})
    return found


def _row_table(work: Work, sheet: str, tag: str, issues: tuple[CheckIssue, ...]) -> None:
    rows = work.project.sheets[sheet]
    marks = worst(issues, sheet)
    default = preparation.questionnaire_of(work.project).default_language
    headers = list(dict.fromkeys(header for row in rows for header in row.cells))
    shown = [
        header
        for header in headers
        if (column := column_of(header)).name not in TRANSLATABLE
        or (language_of(column.language).tag if column.language else default) == tag
    ]
    listed = [[MARKS.get(marks.get(row.number, ""), ""), row.number, *(row[h] for h in shown)] for row in rows]  # type: ignore[call-overload]
    table = pd.DataFrame(listed, columns=[" ", work.words.translate("Row"), *shown])
    tints = [_TINTS.get(marks[row.number], "") if row.number in marks else "" for row in rows]
    styled = table.style.apply(
        lambda line: [f"background-color: {tints[int(line.name)]}" if tints[int(line.name)] else ""] * len(line), axis=1
    )
    key = f"rows_{work.id}_{work.project.record.revision}_{sheet}_{tag}"

    def choose() -> None:
        picked = ((session.widget(key) or {}).get("selection") or {}).get("rows") or ()
        if picked:
            session.set_widget(f"row_{work.id}_{sheet}", rows[picked[0]].number)

    st.dataframe(
        styled,
        hide_index=True,
        height=min(35 * len(rows) + 40, 430),
        on_select=choose,
        selection_mode="single-row",
        key=key,
        column_config={" ": st.column_config.TextColumn(width=30), work.words.translate("Row"): {"width": 50}},
    )


def row_title(row: Row) -> str:
    """A row in one line: number, name or type."""
    cells = first_cells(row)
    what = cells.get("name") or cells.get("type") or cells.get("form_title") or ""
    listed = f"{cells['list_name']}: " if cells.get("list_name") else ""
    return f"{row.number} · {listed}{what}"


def _chosen_row(work: Work, sheet: str, tag: str, issues: tuple[CheckIssue, ...]) -> None:
    """The chosen row with its issues and a form to mend it."""
    _ = work.words.translate
    rows = {row.number: row for row in work.project.sheets[sheet]}
    key = f"row_{work.id}_{sheet}"
    if session.widget(key) not in rows:
        marks = {number: mark for number, mark in worst(issues, sheet).items() if number in rows}
        gravest = [number for mark in MARKS for number in sorted(marks) if marks[number] == mark]
        session.set_widget(key, gravest[0] if gravest else next(iter(rows)))
    number = st.selectbox(_("Row"), list(rows), format_func=lambda each: row_title(rows[each]), key=key)
    row = rows[number]
    own = [issue for issue in issues if issue.sheet == sheet and issue.row == number]
    issue_lines(own, work.words)
    default = preparation.questionnaire_of(work.project).default_language
    plain = [header_for(work.project.sheets, sheet, column) for column in PLAIN] if sheet == "survey" else []
    worded = WORDED if sheet == "survey" else ("label",) if sheet == "choices" else ()
    spoken = [header_for(work.project.sheets, sheet, column, tag, default=default) for column in worded]
    filled = [header for header in row.cells if column_of(header).name not in TRANSLATABLE]
    named = [issue.column for issue in own if issue.column]
    headers = list(dict.fromkeys([*plain[:2], *spoken, *plain[2:], *filled, *named]))
    with st.form(f"mend_{work.id}_{work.project.record.revision}_{sheet}_{number}_{tag}"):
        typed = {}
        for place in range(0, len(headers), 2):
            for column, header in zip(st.columns(2), headers[place : place + 2], strict=False):
                tall = len(row[header]) > LINE or "\n" in row[header]
                draw = partial(column.text_area, height=100) if tall else column.text_input
                typed[header] = draw(header, row[header], key=f"cell_{sheet}_{number}_{header}")
        if st.form_submit_button(_("Save the row"), type="primary", key="mend"):
            changes = {header: cell or "" for header, cell in typed.items() if (cell or "") != row[header]}
            revision = work.revision
            kept = work.change(
                lambda: preparation.edit_rows(
                    work.store,
                    work.id,
                    sheet,
                    changed={number: changes},
                    revision=revision,
                    actor=work.actor,
                    now=now(),
                )
            )
            if kept:
                session.drop_widgets("cell_")
                st.rerun()
