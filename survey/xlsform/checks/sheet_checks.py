"""What only the sheets show: their names, headers, languages, settings, pictures."""

from collections.abc import Iterator

from survey.xlsform.catalogue import finding
from survey.xlsform.checks.form import Form
from survey.xlsform.columns import (
    CHOICES,
    SETTINGS,
    SURVEY,
    WITHOUT_EFFECT,
    choice_column_of,
    column_of,
    has_tag,
    language_of,
    languages_in,
)
from survey.xlsform.issues import CheckIssue, nearest
from survey.xlsform.sheets import Sheets

SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")
_MEDIA = frozenset({"image", "big-image", "audio", "video"})


def check_sheets(form: Form) -> Iterator[CheckIssue]:
    """Every issue with sheets, columns, languages and settings."""
    yield from _sheet_names(form.sheets)
    yield from _headers(form.sheets)
    yield from _languages(form.sheets)
    yield from _settings(form)
    yield from _media(form.sheets)


def rows_with_media(sheets: Sheets, sheet: str = "survey") -> set[int]:
    """Rows of the sheet that name a picture, sound or film."""
    return {row.number for row in sheets[sheet] if any(column_of(header).name in _MEDIA for header in row.cells)}


def _sheet_names(sheets: Sheets) -> Iterator[CheckIssue]:
    for name in sheets.rows:
        near = nearest(name, SHEETS, likeness=0.75)
        if name not in SHEETS and near and near not in sheets.rows:
            yield finding("sheet.misspelt", name, 0, "", f"The sheet '{name}' is not read.", f"Rename it '{near}'.")


def _headers(sheets: Sheets) -> Iterator[CheckIssue]:
    for sheet, known in (("survey", SURVEY), ("choices", CHOICES), ("settings", SETTINGS)):
        seen: set[tuple[str, str]] = set()
        for header in sheets.headers.get(sheet, ()):
            column = choice_column_of(header) if sheet == "choices" else column_of(header)
            if (column.name, column.language) in seen:
                yield finding(
                    "column.duplicate", sheet, 1, header, f"The column '{header}' stands there twice.", "Remove one."
                )
            seen.add((column.name, column.language))
            if column.name in known or column.name in WITHOUT_EFFECT or "::" in column.name:
                continue
            near = nearest(column.name.lower(), known, likeness=0.8)
            if sheet != "choices" or near:
                yield finding(
                    "column.unknown",
                    sheet,
                    1,
                    header,
                    f"The column '{header}' is not read.",
                    f"Did you mean '{near}'?" if near else "Nothing to do if it holds your own notes.",
                    severity="warning" if near else "info",
                )


def _languages(sheets: Sheets) -> Iterator[CheckIssue]:
    headers = [header for name in ("survey", "choices") for header in sheets.headers.get(name, ())]
    for spelling in languages_in(headers):
        if not has_tag(spelling):
            tag = language_of(spelling).tag
            yield finding(
                "language.no_tag",
                "survey",
                1,
                f"label::{spelling}",
                f"The language '{spelling}' has no code; it is taken as '{tag}'.",
                f"Write label::{spelling} ({tag if len(tag) == 2 else 'xx'}), with its two-letter code.",
            )
    plain = any(column_of(header).name == "label" and not column_of(header).language for header in headers)
    if plain and languages_in(headers):
        yield finding(
            "language.mixed",
            "survey",
            1,
            "label",
            "A column 'label' without language stands beside columns with one.",
            "Name its language too, for example label::English (en).",
        )


def _settings(form: Form) -> Iterator[CheckIssue]:
    rows = form.sheets["settings"]
    cells: dict[str, str] = {}
    for header, cell in (rows[0].cells if rows else {}).items():
        cells.setdefault(column_of(header).name, cell)
    number = rows[0].number if rows else 0
    chosen = cells.get("default_language", "")
    headers = [header for name in ("survey", "choices") for header in form.sheets.headers.get(name, ())]
    spelt = languages_in(headers)
    known = {word.lower() for each in spelt for word in (each, language_of(each).tag, language_of(each).name)}
    plain = any(column_of(header).name == "label" and not column_of(header).language for header in headers)
    if chosen and spelt and not plain and chosen.lower() not in known | {"default"}:
        near = nearest(chosen, spelt, likeness=0.6)
        yield finding(
            "setting.default_language",
            "settings",
            number,
            "default_language",
            f"No column is in the default language '{chosen}'.",
            f"Write '{near or spelt[0]}', as in the headers of the labels.",
        )
    if len(cells.get("form_id", "").split()) > 1:
        yield finding(
            "setting.form_id",
            "settings",
            number,
            "form_id",
            f"The form_id '{cells['form_id']}' contains a space, which other tools refuse.",
            f"Write '{'_'.join(cells['form_id'].split())}'.",
        )
    if rows and not cells.get("version"):
        yield finding(
            "setting.no_version",
            "settings",
            number,
            "version",
            "The workbook names no version, so copies of it cannot be told apart.",
            "Add a column 'version', for example with the date: 2026-10-31.",
        )


def _media(sheets: Sheets) -> Iterator[CheckIssue]:
    for sheet in ("survey", "choices"):
        for row in sorted(rows_with_media(sheets, sheet))[:1]:
            yield finding(
                "media.not_shown",
                sheet,
                row,
                "image",
                "Pictures, sounds and films of questions and choices are not shown in the browser form.",
                "Say in words what they show.",
            )
