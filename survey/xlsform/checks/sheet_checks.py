"""What only the sheets show: their names, headers, languages, settings, pictures."""

from collections.abc import Iterator

from survey.xlsform.catalogue import finding
from survey.xlsform.checks.form import Form
from survey.xlsform.columns import (
    CHOICES,
    ELSEWHERE,
    SETTINGS,
    SURVEY,
    TRANSLATABLE,
    WITHOUT_EFFECT,
    Column,
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
        seen: dict[tuple[str, str], str] = {}
        there = {column_of(header).name for header in sheets.headers.get(sheet, ())}
        missing, renamed = _missing(sheets, sheet)
        yield from missing
        for header in sheets.headers.get(sheet, ()):
            column = choice_column_of(header) if sheet == "choices" else column_of(header)
            key = (column.name, language_of(column.language).tag if column.language else "")
            if key in seen:
                same = seen[key] == header or column_of(seen[key]) == column
                yield finding(
                    "column.duplicate",
                    sheet,
                    1,
                    header,
                    f"The column '{header}' stands there twice."
                    if same
                    else f"The columns '{seen[key]}' and '{header}' are of one language; the second is not read.",
                    "Remove one." if same else "Give each language a code of its own, or remove one.",
                )
            seen.setdefault(key, header)
            if column.name in known or column.name in WITHOUT_EFFECT or "::" in column.name:
                continue
            plain = column.name.lower().replace("-", "_").replace(" ", "_")
            meant = ELSEWHERE.get(plain, "") if sheet != "choices" else ""
            near = meant if meant in known - there else nearest(plain, known, likeness=0.8)
            if header in renamed:
                continue  # told as the column that is missing
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


def lacks(sheets: Sheets, column: str) -> bool:
    """True when the sheet survey has rows, but not the column."""
    return bool(sheets["survey"]) and all(
        column_of(header).name != column for header in sheets.headers.get("survey", ())
    )


def _missing(sheets: Sheets, sheet: str) -> tuple[list[CheckIssue], frozenset[str]]:
    """Columns without which a sheet cannot be read, and the headers that stand in their place."""
    needed = {"survey": ("type", "name"), "choices": ("list_name", "name")}.get(sheet, ())
    headers = sheets.headers.get(sheet, ())
    read = choice_column_of if sheet == "choices" else column_of
    there = {read(header).name for header in headers}
    gone = [column for column in needed if column not in there] if sheets[sheet] else []
    if not gone:
        return [], frozenset()
    found: list[CheckIssue] = []
    instead: dict[str, str] = {}
    below = next(
        (
            row.number
            for row in sheets[sheet][:20]
            if {"_".join(each.lower().split()) for each in row.cells.values()} & {*needed}
        ),
        0,
    )
    for column in gone:
        meant = next((each for each in headers if ELSEWHERE.get("_".join(each.lower().split())) == column), "")
        near = (
            ""
            if below
            else meant
            or nearest(column, [each for each in headers if read(each).name not in CHOICES | SURVEY], likeness=0.7)
        )
        instead[column] = near
        found.append(
            finding(
                "column.missing",
                sheet,
                1,
                column,
                f"The sheet has no column '{column}', so its rows cannot be read.",
                f"The headers seem to stand in row {below}: remove the rows above them."
                if below
                else (
                    f"Rename the column '{near}' to '{column}'." if near else f"Write '{column}' into the first row."
                ),
            )
        )
    return (found[:1] if below else found), frozenset(filter(None, instead.values()))


def _languages(sheets: Sheets) -> Iterator[CheckIssue]:
    headers = [(name, header) for name in ("survey", "choices") for header in sheets.headers.get(name, ())]
    told: set[str] = set()
    for sheet, header in headers:
        column = column_of(header)
        spelling = column.language
        if column.name not in TRANSLATABLE or not spelling or spelling in told:
            continue
        told.add(spelling)
        if not has_tag(spelling):
            tag = language_of(spelling).tag
            yield finding(
                "language.no_tag",
                sheet,
                1,
                header,
                f"The language '{spelling}' has no code; it is taken as '{tag}'.",
                f"Write {column.name}::{spelling} ({tag if len(tag) == 2 else 'xx'}), with its two-letter code.",
            )
    if not told:
        return
    for sheet, header in headers:
        column = column_of(header)
        if column.name == "label" and not column.language:
            yield finding(
                "language.mixed",
                sheet,
                1,
                header,
                f"A column '{header}' without language stands beside columns with one.",
                f"Name its language too, for example label::{_language_meant(sheets, sheet)}.",
            )


def _language_meant(sheets: Sheets, sheet: str) -> str:
    """The language in which a label without one probably is: the default one, when its sheet has no label in it."""
    rows = sheets["settings"]
    cells = {column_of(header).name: cell for header, cell in (rows[0].cells if rows else {}).items()}
    survey = sheets.headers.get("survey", ())
    plain_beside = any(column_of(header) == Column("label") for header in survey) and languages_in(survey)
    spelt = () if plain_beside else languages_in([*survey, *sheets.headers.get("choices", ())])
    here = {language_of(each).tag for each in languages_in(sheets.headers.get(sheet, ()))}
    wanted = cells.get("default_language", "")
    known = (*((wanted,) if has_tag(wanted) else ()), *spelt)
    return next((each for each in known if language_of(each).tag not in here), "English (en)")


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
