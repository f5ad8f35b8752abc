"""From the rows of a workbook to a Questionnaire, with an issue for everything that could not be taken as written.

Structure only: types, groups, names, lists, languages. Whether expressions make sense is for `survey.xlsform.checker`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from data.errors import InvalidInput
from survey.questionnaire import Choice, Group, Kind, Question, Questionnaire, Text
from survey.xlsform.attachments import stem_of
from survey.xlsform.choice_reader import ListReader
from survey.xlsform.columns import choice_column_of, column_of
from survey.xlsform.expansions import expanded
from survey.xlsform.issues import CheckIssue, Severity
from survey.xlsform.question_types import (
    INHERENT,
    NOT_READ,
    SETTING_TYPES,
    QuestionType,
    Structure,
    bracket_meant,
    question_type_of,
    structure_of,
    type_meant,
)
from survey.xlsform.reports import report_other_list, report_parameters, report_sheets, report_type
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets
from survey.xlsform.wording import OTHER, SPECIFY, Wording, first_cells

NAME = re.compile(r"[^\W\d][\w.-]*")
"""A name that XForms can carry: a letter or underscore, then letters, digits, points, hyphens."""
MAX_DEPTH = 50
"""Groups inside each other; what is deeper stands in the last of them."""
_OWN_SETTINGS = frozenset({"form_title", "form_id", "version", "default_language", "allow_choice_duplicates"})


def read(sheets: Sheets) -> tuple[Questionnaire, tuple[CheckIssue, ...]]:
    """The questionnaire as far as it can be read, and every structural issue on the way.

    With an error among the issues the questionnaire is incomplete: good for looking at, not for asking.
    """
    written_out, issues = expanded(sheets)
    reader = _Reader(written_out)
    questionnaire = reader.questionnaire()
    return questionnaire, (*sheets.findings, *issues, *reader.issues, *report_sheets(sheets, reader.settings))


def read_questionnaire(sheets: Sheets) -> Questionnaire:
    """The questionnaire; raises InvalidInput questionnaire.invalid, with the issues, when one of them is an error."""
    questionnaire, issues = read(sheets)
    errors = tuple(issue for issue in issues if issue.severity == "error")
    if errors:
        raise InvalidInput("questionnaire.invalid", count=len(errors), issues=errors)
    return questionnaire


class _Open:
    """A group whose end is not reached yet, with the rows of the names in it."""

    def __init__(self, group: Group | None) -> None:
        self.group = group
        self.children: list[Group | Question] = []
        self.names: dict[str, int] = {}


class _Reader:
    """Walks over the sheets once and collects issues."""

    def __init__(self, sheets: Sheets) -> None:
        self._sheets = sheets
        self.issues: list[CheckIssue] = []
        self.settings = self._read_settings()
        self._wording = Wording(sheets, self.settings.get("default_language", ""))
        duplicates = self.settings.get("allow_choice_duplicates", "").lower() in ("yes", "true", "true()", "1")
        self._choices = ListReader(sheets, self._wording, self.issues, duplicates=duplicates)
        self._stack = [_Open(None)]
        self._keys: set[str] = set()
        self._repeats: dict[str, int] = {}

    def questionnaire(self) -> Questionnaire:
        """Everything together."""
        children = self._read_survey()
        title = self.settings.get("form_title") or self.settings.get("form_id") or "Questionnaire"
        return Questionnaire(
            title=title,
            form_id=self.settings.get("form_id") or re.sub(r"\W+", "_", title.lower()).strip("_"),
            version=self.settings.get("version", ""),
            languages=self._wording.languages,
            default_language=self._wording.default,
            children=children,
            choice_lists=self._choices.lists,
            tables={stem_of(name): table.records() for name, table in self._sheets.files.items()},
            settings={name: cell for name, cell in self.settings.items() if name not in _OWN_SETTINGS},
        )

    def _read_settings(self) -> dict[str, str]:
        rows = self._sheets["settings"]
        found: dict[str, str] = {}
        for header, cell in (rows[0].cells if rows else {}).items():
            found.setdefault(column_of(header).name, cell)
        for row in self._sheets["survey"]:
            cells = first_cells(row)
            setting = SETTING_TYPES.get("_".join(cells.get("type", "").lower().split()))
            if setting and cells.get("name"):
                found[setting] = cells["name"]
        return found

    # Groups

    def _read_survey(self) -> tuple[Group | Question, ...]:
        for row in self._sheets["survey"]:
            cells = first_cells(row)
            written = cells.get("type", "")
            if not written or written.startswith("#") or cells.get("disabled", "").lower() in ("yes", "true", "true()"):
                if not written and cells.get("name"):
                    self._report(
                        "type.missing", row, "type", f"'{cells['name']}' has no type.", "Write one, for example text."
                    )
                continue
            structure = structure_of(written) or self._bracket_meant(row, written)
            if structure in ("begin group", "begin repeat", "begin loop"):
                self._stack.append(_Open(self._group(row, cells, repeats=structure == "begin repeat")))
            elif structure is not None:
                self._end(row, structure)
            elif "_".join(written.lower().split()) not in SETTING_TYPES:
                self._stack[-1].children += self._questions(row, cells)
        while len(self._stack) > 1:
            group = self._stack[-1].group
            if group is not None:
                kind = "repeat" if group.repeats else "group"
                self._report(
                    "group.not_closed",
                    Row(group.row, {}),
                    "type",
                    f"The {kind} '{group.name}' is never closed.",
                    f"Add a row 'end {kind}' after its last question.",
                )
            self._close()
        return tuple(self._stack[0].children)

    def _bracket_meant(self, row: Row, written: str) -> Structure | None:
        """The bracket that a misspelt type was meant to be, so that its fault is told once."""
        meaning = question_type_of(written)
        if meaning.kind is not None or meaning.written in NOT_READ:
            return None
        if "_".join(written.lower().split()) in SETTING_TYPES:
            return None
        structure = bracket_meant(written)
        if structure:
            self._report("type.unknown", row, "type", f"There is no type '{written}'.", f"Did you mean '{structure}'?")
        return structure

    def _group(self, row: Row, cells: Mapping[str, str], *, repeats: bool) -> Group:
        if len(self._stack) == MAX_DEPTH + 1:
            self._report(
                "group.too_deep",
                row,
                "type",
                f"More than {MAX_DEPTH} groups stand inside each other.",
                "Close groups before you open others.",
            )
        name = self._name(row, cells, required=True) or f"group_in_row_{row.number}"
        node = name.rpartition("/")[2]
        if repeats and node in self._repeats:
            self._report(
                "name.duplicate",
                row,
                "name",
                f"The repeat in row {self._repeats[node]} is called '{node}' too.",
                f"Give one of them another name, for example '{node}_2'.",
            )
        elif repeats:
            self._repeats[node] = row.number
        return Group(
            name=name,
            label=self._wording.text(row.cells, "label"),
            hint=self._wording.text(row.cells, "hint"),
            media=self._wording.media(row.cells),
            relevant=_binding(cells.get("relevant", "")),
            appearance=_appearance(cells),
            repeats=repeats,
            repeat_count=cells.get("repeat_count", "") if repeats else "",
            row=row.number,
        )

    def _end(self, row: Row, structure: str) -> None:
        kind = structure.removeprefix("end ")
        group = self._stack[-1].group
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
        self._close()

    def _close(self) -> None:
        closed = self._stack.pop()
        if closed.group is not None and len(self._stack) > MAX_DEPTH:
            self._stack[-1].children += closed.children
        elif closed.group is not None:
            group = replace(closed.group, children=tuple(closed.children))
            self._stack[-1].children.append(_as_battery(group))

    # Questions

    def _questions(self, row: Row, cells: Mapping[str, str]) -> list[Question]:
        """The question of a row, and with or_other the text question that follows it."""
        meaning = question_type_of(cells["type"])
        if meaning.written == "audit" and not cells.get("name"):
            cells = {**cells, "name": "audit"}
        name = self._name(row, cells, required=meaning.kind is not Kind.NOTE)
        if meaning.kind is None:
            self._report_type(row, cells["type"], meaning, name)
            return []
        if not name:
            if meaning.kind is not Kind.NOTE:
                return []
            name = f"note_in_row_{row.number}"
        label = self._wording.text(row.cells, "label")
        parameters = parameters_of(cells.get("parameters", ""))
        if meaning.kind is Kind.TEXT and cells.get("rows"):
            parameters.setdefault("rows", cells["rows"])
        self.issues += report_type(row, meaning, name, labelled=bool(label))
        self.issues += report_parameters(row, parameters, name)
        self.issues += report_other_list(row, cells.get("appearance", ""))
        constraint, hint = INHERENT.get(meaning.written, ("", ""))
        choice_filter = cells.get("choice_filter", "")
        if choice_filter and meaning.or_other:
            choice_filter = f"({choice_filter}) or name = 'other'"
        unsaid = meaning.kind is Kind.METADATA and not meaning.metadata
        question = Question(
            name=name,
            kind=meaning.kind,
            label=label,
            hint=self._wording.text(row.cells, "hint") or (self._wording.own(Text({"en": hint})) if hint else Text()),
            guidance_hint=self._wording.text(row.cells, "guidance_hint"),
            media=self._wording.media(row.cells),
            list_name=self._choices.key(row, meaning, parameters, name),
            required="" if meaning.kind is Kind.METADATA else _binding(cells.get("required", "")),
            required_message=self._wording.text(row.cells, "required_message"),
            relevant=_binding(cells.get("relevant", "")),
            constraint=_binding(cells.get("constraint", constraint)),
            constraint_message=self._wording.text(row.cells, "constraint_message"),
            choice_filter=choice_filter,
            calculation=_binding(cells.get("calculation", "")),
            default=cells.get("default", ""),
            trigger=cells.get("trigger", ""),
            read_only=_binding(cells.get("read_only", "")),
            appearance=_appearance(cells),
            parameters=parameters,
            metadata=meaning.metadata,
            written_type=meaning.written if unsaid or meaning.written in ("barcode", "select_one_external") else "",
            row=row.number,
        )
        return [question, *self._other(row, question)] if meaning.or_other else [question]

    def _other(self, row: Row, question: Question) -> list[Question]:
        choices = self._choices.lists.get(question.list_name, ())
        if not any(choice.name == "other" for choice in choices):
            self._choices.lists[question.list_name] = (*choices, Choice(name="other", label=self._wording.own(OTHER)))
        name = self._name(row, {"name": f"{question.node}_other"}, required=True)
        return [
            Question(
                name=name or f"{question.name}_other_in_row_{row.number}",
                kind=Kind.TEXT,
                label=self._wording.own(SPECIFY),
                relevant=f"selected(${{{question.node}}}, 'other')",
                row=question.row,
            )
        ]

    def _name(self, row: Row, cells: Mapping[str, str], *, required: bool) -> str:
        """The name by which the row is known: its own, or with those of the groups around when it stands elsewhere."""
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
            name = re.sub(r"[\[\]/]", "_", name)  # these part the keys of answers
        beside = self._stack[-1].names
        if name in beside:
            self._report(
                "name.duplicate",
                row,
                "name",
                f"The name '{name}' is used in row {beside[name]} already.",
                f"Give one of them another name, for example '{name}_2'.",
            )
            return ""
        beside[name] = row.number
        if name not in self._keys:
            self._keys.add(name)
            return name
        key = name
        for each in reversed(self._stack[1:]):
            key = f"{each.group.node if each.group else ''}/{key}"
            if key not in self._keys:
                break
        else:
            key = f"/{name}" if f"/{name}" not in self._keys else f"/{key}"
        self._keys.add(key)
        return key

    # Issues

    def _report_type(self, row: Row, written: str, meaning: QuestionType, name: str) -> None:
        if meaning.written in NOT_READ:
            self._report(
                "type.not_supported",
                row,
                "type",
                f"The type '{meaning.written}' is not supported: {NOT_READ[meaning.written]}.",
                "Copy the questions into this workbook."
                if meaning.written == "include"
                else "Use select_one with a choice_filter.",
            )
            return
        lists = {choice_column_of(header).name: header for header in self._sheets.headers.get("choices", ())}
        named = lists.get("list_name", "")
        meant = type_meant(written, {each[named] for each in self._sheets["choices"] if each[named]})
        self._report(
            "type.unknown",
            row,
            "type",
            f"There is no question type '{meaning.written}': '{name}' cannot be asked.",
            meant or "Use one of the types of https://xlsform.org/en/#question-types, for example text or select_one.",
        )

    def _report(
        self, code: str, row: Row, column: str, message: str, fix: str, *, severity: Severity = "error"
    ) -> None:
        self.issues.append(
            CheckIssue(
                code=code, severity=severity, sheet="survey", row=row.number, column=column, message=message, fix=fix
            )
        )


def parameters_of(cell: str) -> dict[str, str]:
    """`start=1 end=5, step = 1` as a mapping, names in lower case."""
    return {name.lower(): value for name, value in re.findall(r"([\w-]+)\s*=\s*([^\s,;=]+)", cell[:2_000])}


def _appearance(cells: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(cells.get("appearance", "").split())


def _binding(cell: str) -> str:
    """A cell that XForms reads as an expression; the words yes and no in it mean true() and false(), as in pyxform."""
    return {"yes": "true()", "true": "true()", "no": "false()", "false": "false()"}.get(cell.lower(), cell)


def _mended(name: str) -> str:
    mended = re.sub(r"[^\w.-]+", "_", name).strip("_")
    return mended if NAME.fullmatch(mended) else f"q_{mended}".rstrip("_")


def _as_battery(group: Group) -> Group:
    """A grid written by hand, a question that shows the scale and others without labels, as the battery it is."""
    head, *items = group.children or (group,)
    if not isinstance(head, Question) or "label" not in head.appearance or group.repeats or not items:
        return group
    grid = all(
        isinstance(item, Question) and "list-nolabel" in item.appearance and item.list_name == head.list_name
        for item in items
    )
    if not grid:
        return group
    label, hint = (group.label, head.label) if group.label else (head.label, group.hint)
    appearance = (*group.appearance, "table-list")
    return replace(group, label=label, hint=hint, appearance=appearance, children=tuple(items))
