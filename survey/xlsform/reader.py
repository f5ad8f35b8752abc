"""From the rows of a workbook to a Questionnaire, with an issue for everything that could not be taken as written.

Structure only: types, groups, names, lists, languages. Whether expressions make sense is for `survey.xlsform.checker`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from data.errors import InvalidInput
from survey.questionnaire import Choice, Group, Kind, Language, Question, Questionnaire, Text
from survey.xlsform.columns import TRANSLATABLE, choice_column_of, column_of, language_of, languages_in
from survey.xlsform.issues import CheckIssue, Severity, nearest
from survey.xlsform.question_types import (
    NOT_ASKED,
    NOT_COLLECTED,
    QuestionType,
    question_type_of,
    structure_of,
)
from survey.xlsform.sheets import Row, Sheets

NAME = re.compile(r"[^\W\d][\w.-]*")
"""A name that XForms can carry: a letter or underscore, then letters, digits, points, hyphens."""

_OTHER = Text({"ar": "أخرى", "zh": "其他", "en": "Other", "fr": "Autre", "ru": "Другое", "es": "Otro"})
_SPECIFY = Text(
    {
        "ar": "يرجى التحديد",
        "zh": "请说明",
        "en": "Please specify",
        "fr": "Veuillez préciser",
        "ru": "Пожалуйста, уточните",
        "es": "Especifique, por favor",
    }
)


def read(sheets: Sheets) -> tuple[Questionnaire, tuple[CheckIssue, ...]]:
    """The questionnaire as far as it can be read, and every structural issue on the way.

    With an error among the issues the questionnaire is incomplete: good for looking at, not for asking.
    """
    reader = _Reader(sheets)
    return reader.questionnaire(), tuple(reader.issues)


def read_questionnaire(sheets: Sheets) -> Questionnaire:
    """The questionnaire; raises InvalidInput questionnaire.invalid, with the issues, when one of them is an error."""
    questionnaire, issues = read(sheets)
    errors = tuple(issue for issue in issues if issue.severity == "error")
    if errors:
        raise InvalidInput("questionnaire.invalid", count=len(errors), issues=errors)
    return questionnaire


class _Open:
    """A group whose end is not reached yet."""

    def __init__(self, group: Group | None) -> None:
        self.group = group
        self.children: list[Group | Question] = []


class _Reader:
    """Walks over the sheets once and collects issues."""

    def __init__(self, sheets: Sheets) -> None:
        self._sheets = sheets
        self.issues: list[CheckIssue] = []
        self._settings = self._read_settings()
        self._languages, self._default = self._read_languages()
        self._tags = {
            spelling: language_of(spelling).tag
            for name in ("survey", "choices")
            for spelling in languages_in(sheets.headers.get(name, ()))
        }
        self._lists = self._read_choices()

    def questionnaire(self) -> Questionnaire:
        """Everything together."""
        children = self._read_survey()
        title = self._settings.get("form_title") or self._settings.get("form_id") or "Questionnaire"
        return Questionnaire(
            title=title,
            form_id=self._settings.get("form_id") or re.sub(r"\W+", "_", title.lower()).strip("_"),
            version=self._settings.get("version", ""),
            languages=self._languages,
            default_language=self._default,
            children=children,
            choice_lists=self._lists,
        )

    # Settings and languages

    def _read_settings(self) -> dict[str, str]:
        rows = self._sheets["settings"]
        cells = rows[0].cells if rows else {}
        return {column_of(header).name: cell for header, cell in cells.items()}

    def _read_languages(self) -> tuple[tuple[Language, ...], str]:
        headers = [header for name in ("survey", "choices") for header in self._sheets.headers.get(name, ())]
        named = {language.tag: language for language in map(language_of, reversed(languages_in(headers)))}
        languages = tuple(named[tag] for tag in dict.fromkeys(language_of(each).tag for each in languages_in(headers)))
        chosen = self._settings.get("default_language", "")
        if chosen.lower() in ("default", ""):
            default = languages[0] if languages else Language(tag="en", name="English")
        else:
            default = next(
                (each for each in languages if chosen.lower() in (each.tag.lower(), each.name.lower())),
                language_of(chosen),
            )
        if default.tag not in named:
            languages = (default, *languages)
        return languages, default.tag

    def _text(self, row: Row, column: str) -> Text:
        """A translatable cell in all its languages; a column without language counts as the default one."""
        found: dict[str, str] = {}
        for header, cell in row.cells.items():
            meaning = column_of(header)
            if meaning.name == column:
                found.setdefault(self._tags[meaning.language] if meaning.language else self._default, cell)
        return Text(found)

    # Choices

    def _read_choices(self) -> dict[str, tuple[Choice, ...]]:
        lists: dict[str, list[Choice]] = {}
        seen: set[tuple[str, str]] = set()
        repeats_allowed = self._settings.get("allow_choice_duplicates", "").lower() in ("yes", "true", "1")
        for row in self._sheets["choices"]:
            cells = {choice_column_of(header).name: cell for header, cell in row.cells.items()}
            list_name, name = cells.get("list_name", ""), cells.get("name", "")
            if not list_name:
                continue
            if not name:
                self._report(
                    "choice.no_name",
                    row,
                    "name",
                    f"A choice of list '{list_name}' has no name.",
                    "Give it one.",
                    sheet="choices",
                )
                continue
            if not repeats_allowed and (list_name, name) in seen:
                self._report(
                    "choice.duplicate",
                    row,
                    "name",
                    f"List '{list_name}' has the choice '{name}' twice.",
                    "Remove one of them or give it another name.",
                    sheet="choices",
                )
                continue
            attributes = {
                key: cell for key, cell in cells.items() if key not in TRANSLATABLE and key not in ("list_name", "name")
            }
            choice = Choice(name=name, label=self._text(row, "label"), attributes=attributes)
            seen.add((list_name, name))
            lists.setdefault(list_name, []).append(choice)
        return {name: tuple(choices) for name, choices in lists.items()}

    # Survey

    def _read_survey(self) -> tuple[Group | Question, ...]:
        stack = [_Open(None)]
        self._names: dict[str, int] = {}
        for row in self._sheets["survey"]:
            cells: dict[str, str] = {}
            for header, cell in row.cells.items():
                cells.setdefault(column_of(header).name, cell)
            written = cells.get("type", "")
            if not written or written.startswith("#") or cells.get("disabled", "").lower() in ("yes", "true"):
                if not written and cells.get("name"):
                    self._report(
                        "type.missing", row, "type", f"'{cells['name']}' has no type.", "Write one, for example text."
                    )
                continue
            structure = structure_of(written)
            if structure in ("begin group", "begin repeat"):
                stack.append(_Open(self._group(row, cells, repeats=structure == "begin repeat")))
            elif structure is not None:
                self._end(stack, row, structure)
            else:
                stack[-1].children += self._questions(row, cells)
        while len(stack) > 1:
            group = stack[-1].group
            if group is not None:
                kind = "repeat" if group.repeats else "group"
                self.issues.append(
                    _issue(
                        "group.not_closed",
                        "error",
                        group.row,
                        "type",
                        f"The {kind} '{group.name}' is never closed.",
                        f"Add a row 'end {kind}' after its last question.",
                    )
                )
            self._close(stack)
        return tuple(stack[0].children)

    def _group(self, row: Row, cells: Mapping[str, str], *, repeats: bool) -> Group:
        name = self._name(row, cells, required=True) or f"group_in_row_{row.number}"
        if repeats:
            self._report(
                "repeat.not_supported",
                row,
                "type",
                f"The repeat '{name}' cannot be asked in the browser yet.",
                "Write its questions as often as they may be needed, or ask for a list in one text question.",
            )
        return Group(
            name=name,
            label=self._text(row, "label"),
            hint=self._text(row, "hint"),
            relevant=_binding(cells.get("relevant", "")),
            appearance=tuple(cells.get("appearance", "").split()),
            repeats=repeats,
            repeat_count=cells.get("repeat_count", ""),
            row=row.number,
        )

    def _end(self, stack: list[_Open], row: Row, structure: str) -> None:
        kind = structure.removeprefix("end ")
        group = stack[-1].group
        if group is None:
            self._report(
                "group.not_opened",
                row,
                "type",
                f"'{structure}' closes nothing: no {kind} is open here.",
                f"Remove the row, or add 'begin {kind}' before.",
            )
            return
        if group.repeats != (kind == "repeat"):
            opened = "repeat" if group.repeats else "group"
            self._report(
                "group.wrong_end",
                row,
                "type",
                f"'{structure}' stands where the {opened} '{group.name}' is open.",
                f"Write 'end {opened}'.",
            )
        self._close(stack)

    def _close(self, stack: list[_Open]) -> None:
        closed = stack.pop()
        if closed.group is not None:
            stack[-1].children.append(replace(closed.group, children=tuple(closed.children)))

    def _questions(self, row: Row, cells: Mapping[str, str]) -> list[Question]:
        """The question of a row, and with or_other the text question that follows it."""
        meaning = question_type_of(cells["type"])
        name = self._name(row, cells, required=meaning.kind is not Kind.NOTE)
        if meaning.kind is None:
            self._report_type(row, meaning, name)
            return []
        if not name:
            if meaning.kind is not Kind.NOTE:
                return []
            name = f"note_in_row_{row.number}"
        self._report_substitute(row, meaning, name)
        question = Question(
            name=name,
            kind=meaning.kind,
            label=self._text(row, "label"),
            hint=self._text(row, "hint"),
            list_name=self._list(row, meaning),
            required=_binding(cells.get("required", "")),
            required_message=self._text(row, "required_message"),
            relevant=_binding(cells.get("relevant", "")),
            constraint=_binding(cells.get("constraint", "")),
            constraint_message=self._text(row, "constraint_message"),
            choice_filter=cells.get("choice_filter", ""),
            calculation=_binding(cells.get("calculation", "")),
            default=cells.get("default", ""),
            trigger=cells.get("trigger", ""),
            read_only=_binding(cells.get("read_only", "")),
            appearance=tuple(cells.get("appearance", "").split()),
            parameters=parameters_of(cells.get("parameters", "")),
            metadata=meaning.metadata,
            row=row.number,
        )
        return [question, *self._other(question)] if meaning.or_other else [question]

    def _list(self, row: Row, meaning: QuestionType) -> str:
        if meaning.kind not in (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK):
            return ""
        if not meaning.list_name:
            self._report(
                "list.not_named",
                row,
                "type",
                f"'{meaning.written}' names no list of choices.",
                f"Write the list's name after it, for example '{meaning.written} yes_no'.",
            )
        elif meaning.list_name not in self._lists:
            self._report(
                "list.missing",
                row,
                "type",
                f"There is no list '{meaning.list_name}' on the choices sheet.",
                _did_you_mean(meaning.list_name, self._lists) or "Add its choices there, or correct the name.",
            )
        return meaning.list_name

    def _other(self, question: Question) -> list[Question]:
        choices = self._lists.get(question.list_name, ())
        if not any(choice.name == "other" for choice in choices):
            self._lists[question.list_name] = (*choices, Choice(name="other", label=self._in_my_languages(_OTHER)))
        return [
            Question(
                name=f"{question.name}_other",
                kind=Kind.TEXT,
                label=self._in_my_languages(_SPECIFY),
                relevant=f"selected(${{{question.name}}}, 'other')",
                row=question.row,
            )
        ]

    def _in_my_languages(self, words: Text) -> Text:
        return Text({each.tag: words.in_language(each.tag.partition("-")[0], "en") for each in self._languages})

    def _name(self, row: Row, cells: Mapping[str, str], *, required: bool) -> str:
        name = cells.get("name", "")
        if not name:
            if required:
                self._report("name.missing", row, "name", "This row has no name.", "Give it one of its own.")
            return ""
        if not NAME.fullmatch(name):
            self._report(
                "name.invalid",
                row,
                "name",
                f"The name '{name}' cannot be used.",
                f"Use letters, digits and _ and begin with a letter, for example '{_mended(name)}'.",
            )
        if name in self._names:
            self._report(
                "name.duplicate",
                row,
                "name",
                f"The name '{name}' is used in row {self._names[name]} already.",
                f"Give one of them another name, for example '{name}_2'.",
            )
            return ""
        self._names[name] = row.number
        return name

    # Issues

    def _report_type(self, row: Row, meaning: QuestionType, name: str) -> None:
        if meaning.written in NOT_COLLECTED:
            self._report(
                "type.not_collected",
                row,
                "type",
                f"'{meaning.written}' is not recorded by the browser form.",
                "Nothing to do unless you rely on it.",
                severity="warning",
            )
        elif meaning.written in NOT_ASKED:
            self._report(
                "type.not_supported",
                row,
                "type",
                f"The type '{meaning.written}' is not supported: '{name}' cannot be asked.",
                "Use select_one with a list on the choices sheet."
                if "select" in meaning.written
                else "Use text or geopoint, or leave the question out.",
            )
        else:
            self._report(
                "type.unknown",
                row,
                "type",
                f"There is no question type '{meaning.written}': '{name}' cannot be asked.",
                "Use one of the types of https://xlsform.org/en/#question-types, for example text or select_one.",
            )

    def _report_substitute(self, row: Row, meaning: QuestionType, name: str) -> None:
        if meaning.written == "barcode":
            self._report(
                "type.replaced",
                row,
                "type",
                f"'{name}' is asked as a text: a browser form reads no barcodes.",
                "Nothing to do if typing the code is acceptable.",
                severity="warning",
            )
        if meaning.kind is Kind.METADATA and self._text(row, "label"):
            self._report(
                "type.no_input",
                row,
                "type",
                f"The type '{meaning.written}' records something by itself; nothing is asked.",
                "To ask for it, use the type text.",
                severity="warning",
            )

    def _report(
        self,
        code: str,
        row: Row,
        column: str,
        message: str,
        fix: str,
        *,
        severity: Severity = "error",
        sheet: str = "survey",
    ) -> None:
        self.issues.append(_issue(code, severity, row.number, column, message, fix, sheet))


def parameters_of(cell: str) -> dict[str, str]:
    """`start=1 end=5, step = 1` as a mapping, names in lower case."""
    return {name.lower(): value for name, value in re.findall(r"([\w-]+)\s*=\s*([^\s,;=]+)", cell[:2_000])}


def _binding(cell: str) -> str:
    """A cell that XForms reads as an expression; the words yes and no in it mean true() and false(), as in pyxform."""
    return {"yes": "true()", "true": "true()", "no": "false()", "false": "false()"}.get(cell.lower(), cell)


def _issue(
    code: str, severity: Severity, row: int, column: str, message: str, fix: str, sheet: str = "survey"
) -> CheckIssue:
    return CheckIssue(code=code, severity=severity, sheet=sheet, row=row, column=column, message=message, fix=fix)


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint when a known name differs by case, or by a sign at most."""

    near = nearest(name, known, likeness=0.75)
    return f"Did you mean '{near}'?" if near else ""


def _mended(name: str) -> str:
    mended = re.sub(r"[^\w.-]+", "_", name).strip("_")
    return mended if NAME.fullmatch(mended) else f"q_{mended}".rstrip("_")
