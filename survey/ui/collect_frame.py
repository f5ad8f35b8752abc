"""The contact list on the page Collect: choose a file, say what its columns mean, look at it, take it in."""

import html
from collections.abc import Mapping

import streamlit as st

from data.errors import SoundingsError
from data.records import ConsultationRecord
from data.store import Store
from survey import invitations, published_forms
from survey.access import Actor
from survey.contact_lists import COLUMNS, code_labels, guessed_columns, read_contacts
from survey.invitations import FrameRow
from survey.translator import Words
from survey.ui import messages
from survey.ui.response_frame import now
from survey.ui.tables import cards_table
from survey.uploads import STAFF_FILE_MB

SHOWN = 200
"""Rows of the preview; more would make the page slow, and the counts say the rest."""


def column_names(words: Words) -> dict[str, str]:
    """What the columns of the contact list are called."""
    _ = words.translate
    names = (_("Organisation"), _("Region"), _("Country"), _("Type of organisation"), _("Language"), _("E-mail"))
    return dict(zip(COLUMNS, names, strict=True))


def show_frame(store: Store, consultation: ConsultationRecord, actor: Actor, words: Words) -> None:
    """A file becomes organisations of the contact list once somebody has looked at what it would do."""
    _, slug = words.translate, consultation.slug
    file = st.file_uploader(
        _("Contact list: one organisation a row (CSV or Excel)"),
        type=["csv", "xlsx", "xls"],
        key=f"frame_{slug}",
        max_upload_size=STAFF_FILE_MB,
    )
    if file is None:
        return
    names = column_names(words)
    try:
        table = read_contacts(file.getvalue(), file.name)
        columns = _mapping(slug, table.headers, names, words)
        found = invitations.preview_frame(store, slug, table, columns, actor=actor)
    except SoundingsError as error:
        messages.show(error, words)
        return
    form = published_forms.newest_form(store, consultation).questionnaire
    _show_preview(found, names, code_labels(form, consultation.roles, words.language), words)
    able = [row for row in found if not row.left_out]
    new = [row for row in able if not row.present]
    doubtful = [row for row in new if row.is_doubtful]
    with_doubtful = update = False
    if doubtful:
        with_doubtful = st.checkbox(
            words.plural(
                "Add also {count} organisation that may be there already",
                "Add also {count} organisations that may be there already",
                len(doubtful),
            ),
            key=f"frame_doubtful_{slug}",
        )
    if any(row.changed for row in found):
        update = st.checkbox(
            _("Take over what the file tells anew of organisations on the list"), key=f"frame_update_{slug}"
        )
    chosen = [row for row in able if with_doubtful or not row.is_doubtful]
    if st.button(_("Add to the contact list"), key=f"add_frame_{slug}", type="primary", disabled=not able):
        with messages.explained(words):
            added, present = invitations.import_frame(
                store, slug, [row.cells for row in chosen], actor=actor, now=now(), update=update
            )
            st.success(_("{added} added, {present} were there already.", added=added, present=present))


def _mapping(slug: str, headers: tuple[str, ...], names: dict[str, str], words: Words) -> dict[str, str]:
    guess = guessed_columns(headers)
    chosen = {}
    with st.container(horizontal=True):
        for column in COLUMNS:
            chosen[column] = st.selectbox(
                names[column],
                ["", *headers],
                index=headers.index(guess[column]) + 1 if column in guess else 0,
                format_func=lambda header: header or "–",
                key=f"map_{column}_{slug}",
                width=180,
            )
    return {column: header for column, header in chosen.items() if header}


def _show_preview(
    found: tuple[FrameRow, ...], names: dict[str, str], labels: Mapping[str, Mapping[str, str]], words: Words
) -> None:
    _ = words.translate

    def cell(row: FrameRow, column: str) -> str:
        code = row.cells[column]
        return words.language_name(code) if column == "language" else labels.get(column, {}).get(code, code)

    counts = (
        (_("new"), sum(not row.present and not row.is_doubtful and not row.left_out for row in found)),
        (_("perhaps there already"), sum(row.is_doubtful for row in found)),
        (_("on the list already"), sum(row.present for row in found)),
        (_("with cells that are not understood"), sum(bool(row.unknown) for row in found)),
        (_("left out"), sum(bool(row.left_out) for row in found)),
    )
    tiles = "".join(
        f'<div class="sd-tile"><b>{words.number(count)}</b><span>{html.escape(label)}</span></div>'
        for label, count in counts
    )
    first, *others = names.values()
    heads = (_("Row"), first, _("What becomes of it"), *others)
    # Rows that need a look stand first.
    ordered = sorted(
        found, key=lambda row: (not row.left_out, not row.is_doubtful, not row.unknown, row.present, row.number)
    )
    rows = [
        (
            words.number(row.number),
            row.cells[COLUMNS[0]],
            _fate(row, names, words),
            *(cell(row, column) for column in COLUMNS[1:]),
        )
        for row in ordered[:SHOWN]
    ]
    st.html(f'<div class="sd-tiles">{tiles}</div>{cards_table(heads, rows)}')


def _fate(row: FrameRow, names: dict[str, str], words: Words) -> str:
    _ = words.translate
    if row.left_out:
        return {
            "nameless": _("left out: it names no organisation"),
            "name_too_long": _("left out: the name is too long"),
        }[row.left_out]
    parts = []
    if row.present:
        parts.append(_("on the list already"))
    elif row.similar:
        parts.append(_("nearly the name of {organisation}", organisation=row.similar))
    elif not row.shared:
        parts.append(_("new"))
    if row.shared:
        parts.append(_("same e-mail as {organisation}", organisation=row.shared))
    if row.changed:
        parts.append(_("told anew: {columns}", columns=", ".join(names[column] for column in row.changed)))
    if row.unknown:
        parts.append(_("not understood: {columns}", columns=", ".join(names[column] for column in row.unknown)))
    return words.listed(parts)
