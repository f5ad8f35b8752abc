"""The codes of all issues: how grave each is and what it means. docs/xlsform-issues.md tells the remedies.

A code is never renamed and never changes its meaning: programs that read `check --json` rely on it.
"""

from dataclasses import dataclass

from survey.xlsform.issues import CheckIssue, Severity


@dataclass(frozen=True, slots=True)
class Code:
    """What an issue means in a line; `also` are severities that it has where it weighs more or less."""

    severity: Severity
    meaning: str
    also: tuple[Severity, ...] = ()


def finding(
    code: str, sheet: str, row: int, column: str, message: str, fix: str, *, severity: Severity | None = None
) -> CheckIssue:
    """The issue, as grave as its code says unless `severity` says otherwise."""
    known = CODES[code]
    assert severity is None or severity == known.severity or severity in known.also, f"{code} is never {severity}"
    return CheckIssue(
        code=code,
        severity=severity or known.severity,
        sheet=sheet,
        row=row,
        column=column,
        message=message,
        fix=fix,
    )


CODES: dict[str, Code] = {
    # Files and sheets
    "file.duplicate": Code("warning", "A file of choices names a choice twice"),
    "file.encoding": Code("warning", "A CSV file is not UTF-8"),
    "file.missing": Code("error", "A file that the questionnaire names is not attached"),
    "file.no_name": Code("warning", "A record of a file of choices names none"),
    "file.no_column": Code("error", "An attached file of choices lacks a column"),
    "file.too_many": Code("warning", "More files are attached than are read"),
    "file.unreadable": Code("error", "An attached file cannot be read"),
    "file.wrong_ending": Code("error", "A file of choices is neither CSV, XML nor GeoJSON"),
    "sheet.hidden": Code("info", "A hidden sheet is read all the same"),
    "sheet.misspelt": Code("warning", "A sheet is not read because of its name"),
    "sheet.no_effect": Code("warning", "A sheet is known but does nothing here"),
    "row.hidden": Code("info", "Hidden rows are read all the same"),
    "cell.control_characters": Code("warning", "A cell holds characters that cannot be shown"),
    "cell.error": Code("warning", "A formula has an error for a value"),
    "cell.formula_without_value": Code("warning", "A formula was saved without its value"),
    "cell.merged": Code("warning", "Merged cells: only the first is read"),
    "workbook.unreadable": Code("error", "The file cannot be read"),
    "workbook.too_large": Code("error", "The file holds more than is read"),
    "workbook.no_survey_sheet": Code("error", "The workbook has no sheet of questions"),
    "workbook.refused_by_pyxform": Code("error", "The reference converter refuses the workbook"),
    # Columns, languages, settings
    "column.duplicate": Code("error", "A column stands there twice"),
    "column.missing": Code("error", "A column is missing without which a sheet cannot be read"),
    "column.no_effect": Code("info", "A column is known but does nothing here", also=("warning",)),
    "column.no_header": Code("info", "Cells under no header are not read"),
    "column.unknown": Code("warning", "A column is not read; info when no known one is alike", also=("info",)),
    "language.mixed": Code("warning", "Labels with and without a language stand side by side"),
    "language.no_tag": Code("warning", "A language has no code"),
    "setting.default_language": Code("warning", "No column is in the default language"),
    "setting.second_row": Code("warning", "Settings in a second row are not read"),
    "setting.form_id": Code("warning", "The form_id contains a space"),
    "setting.no_effect": Code("info", "A setting is known but does nothing here", also=("warning",)),
    "setting.no_version": Code("info", "The workbook names no version"),
    "media.not_shown": Code("warning", "Pictures, sounds and films are not shown"),
    # Rows
    "survey.empty": Code("error", "There is no question"),
    "type.missing": Code("error", "A row has no type"),
    "type.unknown": Code("error", "There is no such type"),
    "type.not_supported": Code("error", "A type of old forms is not supported"),
    "type.not_collected": Code("warning", "A browser form records nothing for this type", also=("info",)),
    "type.no_input": Code("warning", "A type that asks nothing has a label"),
    "type.replaced": Code("warning", "A type is asked as a text"),
    "group.not_closed": Code("error", "A group or repeat has no end"),
    "group.not_opened": Code("error", "An end without a beginning"),
    "group.too_deep": Code("error", "Too many groups inside each other"),
    "group.wrong_end": Code("error", "A group is closed as a repeat, or the other way round"),
    "group.no_answer": Code("warning", "A column about answers is filled for a group"),
    "loop.no_list": Code("error", "A loop goes over no list"),
    "loop.too_large": Code("error", "Loops make too many rows"),
    "kobo.no_list": Code("error", "A table of KoboToolbox names no list"),
    "kobo.wrong_row": Code("error", "A row in a table of KoboToolbox has no place there"),
    "appearance.search": Code("warning", "The appearance search() fills no list"),
    "appearance.wrong_type": Code("warning", "An appearance does nothing for the type"),
    "appearance.unknown": Code("warning", "Nobody knows this appearance"),
    "parameters.no_effect": Code("info", "A parameter is for devices"),
    "parameters.range": Code("error", "A range cannot be used"),
    "parameters.unknown": Code(
        "warning", "A parameter means nothing for the type; error where other tools refuse it", also=("error",)
    ),
    "parameters.value": Code("error", "A parameter has a value that it cannot have"),
    "form.no_consent": Code("info", "Personal data seem to be asked without consent"),
    # Names
    "name.missing": Code("error", "A row has no name"),
    "name.invalid": Code("error", "A name holds characters that it may not"),
    "name.duplicate": Code("error", "Two rows have one name"),
    "name.case": Code("warning", "Two names differ only by capital letters"),
    "name.reserved": Code("warning", "A name is used by tools for themselves; error for meta", also=("error", "info")),
    "name.too_long": Code("warning", "A name is too long for programs for statistics"),
    # Words
    "label.missing": Code("error", "A question has no words"),
    "label.html": Code("info", "Words hold HTML"),
    "label.script": Code("warning", "Words hold a script"),
    "label.repeated": Code("info", "Two questions of a group have the same label"),
    "label.space": Code("info", "The labels of two questions differ only by spaces"),
    "label.too_long": Code("info", "Label and hint are longer than a phone's screen"),
    "translation.missing": Code("warning", "Words are missing in a language"),
    "translation.copied": Code("info", "A long text is the same in two languages, but perhaps for spaces"),
    # Lists and choices
    "list.from_answers": Code("error", "Choices that are earlier answers are not offered"),
    "list.missing": Code("error", "There is no such list"),
    "list.not_named": Code("error", "A select names no list"),
    "list.single": Code("info", "A list has a single choice"),
    "list.space_in_name": Code("error", "The name of a list contains a space"),
    "list.too_long": Code("info", "More choices are to be put in order than a screen shows"),
    "list.unused": Code("warning", "No question uses a list"),
    "choice.duplicate": Code("error", "A list has a choice twice, perhaps but for spaces around"),
    "choice.exclusive_unknown": Code("warning", "The column exclusive says neither yes nor no"),
    "choice.label_space": Code("warning", "The labels of two choices differ only by spaces"),
    "choice.long_label": Code("info", "The label of a choice is too long for a phone"),
    "choice.missing_by_name": Code(
        "info",
        "A choice is taken for no answer by its name alone; warning beside names of two letters",
        also=("warning",),
    ),
    "choice.missing_unknown": Code("error", "The column missing says nothing that it can say"),
    "choice.missing_unread": Code("warning", "A choice is taken for an answer although its name looks like none"),
    "choice.near_duplicate": Code("warning", "The names of two choices differ only by capitals or marks"),
    "choice.no_label": Code("warning", "A choice has no label"),
    "choice.no_list": Code("error", "A choice belongs to no list"),
    "choice.no_name": Code("error", "A choice has no name"),
    "choice.other_unasked": Code("info", "Nothing asks what 'Other' means"),
    "choice.same_label": Code("warning", "Two choices of a list have the same label"),
    "choice.space_in_name": Code("error", "The name of a choice contains a space"),
    "choice_filter.circle": Code("info", "Choices depend on answers that depend on them"),
    "choice_filter.itself": Code("warning", "The choices of a question depend on its own answer"),
    "choice_filter.no_choices": Code("warning", "A filter of a question without choices"),
    "choice_filter.unknown_value": Code("warning", "A filter wants a value that no choice has"),
    "choice_filter.unreachable": Code("warning", "No answer leads to some choices of a cascade"),
    "choice_filter.unknown_column": Code("warning", "A filter reads a column that no choice has"),
    # Cells of a question
    "calculation.missing": Code("error", "A calculate row computes nothing"),
    "calculation.itself": Code("error", "A value is computed from itself"),
    "message.no_rule": Code("info", "A message without the constraint or required that it is about"),
    "constraint.no_message": Code("warning", "A constraint has no message"),
    "constraint.no_answer": Code("warning", "A constraint where nobody answers; info on a calculate", also=("info",)),
    "constraint.without_answer": Code("warning", "A constraint does not look at its own answer"),
    "constraint.never": Code("warning", "No answer can fulfil the constraint; error if required", also=("error",)),
    "constraint.always": Code("info", "Every answer fulfils the constraint"),
    "required.no_answer": Code("warning", "Required where nobody answers; info on a calculate", also=("info",)),
    "read_only.no_value": Code(
        "warning", "Read-only without a value; error if required, info on a text", also=("error", "info")
    ),
    "trigger.no_calculation": Code("warning", "A trigger has nothing to compute, so it clears the answer"),
    "trigger.unreadable": Code("error", "A trigger names no question"),
    "default.not_a_choice": Code("warning", "A default is not among the choices"),
    "default.not_allowed": Code("warning", "A default breaks the constraint or the range"),
    "default.wrong_type": Code("warning", "A default is no answer of the type"),
    "relevance.never": Code("warning", "A condition can never hold; info when it is a plain false()", also=("info",)),
    "relevance.always": Code("info", "A condition always holds"),
    "relevance.itself": Code("error", "A question is asked only depending on its own answer"),
    "repeat_count.not_a_number": Code("warning", "The number of instances is a text"),
    "repeat_count.none": Code("warning", "A repeat is never asked because of its count"),
    "repeat_count.too_many": Code("warning", "Repeats have more instances than a response holds"),
    "questionnaire.cycle": Code("error", "Conditions or calculations wait for each other"),
    # Reading expressions
    "expression.axis": Code("error", "A path goes a way that is not supported"),
    "expression.bad_reference": Code("error", "A reference is not written as ${name}"),
    "expression.bare_name": Code("error", "A word without quotation marks"),
    "expression.double_equals": Code("error", "== in place of ="),
    "expression.incomplete": Code("error", "An expression ends too early"),
    "expression.indexed_repeat": Code("error", "indexed-repeat() without references"),
    "expression.odd_character": Code("warning", "Typographic quotation marks or spaces"),
    "expression.path": Code("error", "A path cannot be read"),
    "expression.not_nodes": Code("error", "A value stands where only questions, groups or choices can be looked at"),
    "expression.unpaired": Code("error", "weighted-checklist() lacks a weight"),
    "expression.pattern_invalid": Code("error", "The pattern of regex() is not valid"),
    "expression.pattern_too_long": Code("error", "The pattern of regex() is too long"),
    "expression.pattern_unsafe": Code(
        "error", "The pattern of regex() has a part, such as (?= or \\1, whose time has no limit"
    ),
    "expression.syntax": Code("error", "Something stands where it has no place"),
    "expression.too_deep": Code("error", "Too many parentheses inside each other"),
    "expression.too_long": Code("error", "An expression is too long"),
    "expression.unbalanced": Code("error", "A parenthesis has no partner"),
    "expression.unclosed_quote": Code("error", "A quotation mark is not closed"),
    "expression.unknown_character": Code("error", "A character has no meaning"),
    "expression.unknown_function": Code("error", "There is no such function"),
    "expression.unknown_path": Code("error", "A path leads nowhere"),
    "expression.unsupported_function": Code("error", "A function is not offered"),
    "expression.wrong_argument_count": Code("error", "A function gets too many or too few arguments"),
    # What expressions mean
    "reference.unknown": Code("error", "There is no such question"),
    "reference.ambiguous": Code("error", "A reference can mean several rows"),
    "reference.space": Code("error", "Spaces between the braces of a reference"),
    "reference.last_saved": Code("error", "${last-saved#...}: a browser knows no earlier form"),
    "reference.no_answer": Code("warning", "A group or note is compared as if it had an answer"),
    "reference.into_repeat": Code("warning", "An answer of a repeat is read from outside as one value"),
    "instance.unknown": Code("error", "There is no such list or file for instance()"),
    "lookup.unknown_column": Code("warning", "A list or file has no such column"),
    "reference.quoted": Code("warning", "A reference stands in quotation marks and is a mere text"),
    "expression.constant_condition": Code("warning", "A text stands as a condition, which always holds"),
    "expression.swapped_arguments": Code("warning", "A function gets its arguments the other way round"),
    "expression.bare_truth": Code("warning", "A question stands as a condition by itself"),
    "expression.equals_on_multiple": Code("warning", "= compares several choices at once"),
    "expression.arithmetic_on_text": Code("warning", "A sum or product of texts or choices has no result"),
    "expression.date_format": Code("warning", "A format of dates has no %, or one that nobody knows"),
    "expression.not_a_repeat": Code("warning", "A repeat is meant where there is none"),
    "expression.not_a_date": Code("warning", "A date is compared with, or made of, what is none"),
    "expression.regex_unanchored": Code(
        "warning", "A pattern without ^ and $; info outside constraints", also=("info",)
    ),
    "expression.total_of_optional": Code("warning", "sum(), min() or max() of what may be empty"),
    "expression.unknown_choice": Code("warning", "A comparison with a choice that does not exist"),
    "comparison.number_with_text": Code("warning", "A number is compared with a text"),
    "comparison.order_of_text": Code("warning", "Texts have no order: < and > never hold"),
    "comparison.order_of_times": Code("warning", "Times have no order: < and > never hold"),
    "comparison.chained": Code("warning", "Two comparisons in a row: the second one compares true or false"),
    "comparison.never_computed": Code("warning", "A calculation never has the value that it is compared with"),
    "comparison.text_as_number": Code("warning", "A text or choice is compared as a number"),
    # Versions
    "version.choice_meaning": Code("warning", "The name of a choice means something else than before"),
    "version.choice_missing": Code("warning", "A choice counts as an answer now and did not before, or the other way"),
    "version.choice_removed": Code("warning", "A choice is gone that was offered before"),
    "version.question_meaning": Code("warning", "The name of a question means another question than before"),
    "version.removed": Code("warning", "A question is gone that was asked before"),
    "version.repeat": Code("warning", "A question moved into or out of a repeat"),
    "version.scale_flipped": Code("warning", "A scale runs the other way"),
    "version.type": Code("warning", "A question changed its type"),
}
"""Every code that a check may report."""
