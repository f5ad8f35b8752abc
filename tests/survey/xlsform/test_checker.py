"""The checker: one small form for every code, and the place it names."""

# ruff: noqa: E501 - forms stand here as Markdown tables

import re

import pytest

from survey.xlsform.checker import check, is_usable
from survey.xlsform.sheets import from_markdown

YN = "| choices |\n| | list_name | name | label |\n| | yn | yes | Yes |\n| | yn | no | No |"


def survey(header: str, *rows: str, choices: str = "", settings: str = "") -> str:
    lines = ["| survey |", f"| | {header} |", *(f"| | {row} |" for row in rows), choices, settings]
    return "\n".join(line for line in lines if line)


def condition(column: str, text: str) -> str:
    """A form with one expression, in row 4, on a select_multiple `m`, a select_one `s` and a text `t`."""
    return survey(
        f"type | name | label | {column} | constraint_message",
        "select_one yn | s | S | |",
        "select_multiple yn | m | M | |",
        f"text | t | T | {text} | Message",
        choices=YN,
    )


TNL = "type | name | label"
TWO = "type | name | label::English (en) | label::French (fr)"

CASES = [
    # sheets, columns, languages
    ("sheet.misspelt", "warning", "choice", 0, survey(TNL, "text | a | A", choices="| choice |\n| | name |\n| | a |")),
    ("column.unknown", "warning", "survey", 1, survey(f"{TNL} | relevnt", "text | a | A |")),
    ("column.unknown", "info", "survey", 1, survey(f"{TNL} | my remarks", "text | a | A |")),
    ("column.unknown", "warning", "choices", 1, survey(TNL, "select_one l | a | A", choices="| choices |\n| | list_name | name | label | lable |\n| | l | x | X | |")),
    ("column.duplicate", "error", "survey", 1, survey(f"{TNL} | LABEL", "text | a | A | B")),
    ("language.no_tag", "warning", "survey", 1, survey("type | name | label::Swahili", "text | a | A")),
    ("language.mixed", "warning", "survey", 1, survey(f"{TNL} | label::French (fr)", "text | a | A | Un")),
    ("translation.missing", "warning", "survey", 2, survey(TWO, "text | a | A |")),
    ("translation.missing", "warning", "choices", 2, survey(TWO, "select_one l | a | A | Un", choices="| choices |\n| | list_name | name | label::English (en) | label::French (fr) |\n| | l | x | X | |")),
    ("translation.missing", "warning", "survey", 2, survey(f"{TWO} | constraint | constraint_message::English (en)", "text | a | A | Un | . != 'x' | Not x")),
    # rows and names
    ("survey.empty", "error", "survey", 0, survey(TNL, "start | s |")),
    ("type.missing", "error", "survey", 2, survey(TNL, "| a | A", "text | b | B")),
    ("type.unknown", "error", "survey", 2, survey(TNL, "colour | a | A", "text | b | B")),
    ("type.not_supported", "error", "survey", 2, survey(TNL, "include | a | A", "text | b | B")),
    ("type.not_collected", "warning", "survey", 2, survey(TNL, "audit | audit |", "text | b | B")),
    ("type.replaced", "warning", "survey", 2, survey(TNL, "barcode | a | A")),
    ("type.no_input", "warning", "survey", 2, survey(TNL, "email | a | Your e-mail", "text | b | B")),
    ("name.missing", "error", "survey", 2, survey(TNL, "text | | A", "text | b | B")),
    ("name.invalid", "error", "survey", 2, survey(TNL, "text | 1st name | A")),
    ("name.duplicate", "error", "survey", 3, survey(TNL, "text | a | A", "integer | a | B")),
    ("label.missing", "error", "survey", 2, survey(TNL, "text | a |")),
    ("calculation.missing", "error", "survey", 2, survey(TNL, "calculate | c |", "text | a | A")),
    ("media.not_shown", "warning", "survey", 2, survey(f"{TNL} | image", "text | a | A | a.png")),
    ("group.not_closed", "error", "survey", 2, survey(TNL, "begin group | g | G", "text | a | A")),
    ("group.not_opened", "error", "survey", 3, survey(TNL, "text | a | A", "end group | |")),
    ("group.wrong_end", "error", "survey", 4, survey(TNL, "begin group | g | G", "text | a | A", "end repeat | |")),
    # lists and choices
    ("list.not_named", "error", "survey", 2, survey(TNL, "select_one | a | A")),
    ("list.missing", "error", "survey", 2, survey(TNL, "select_one yesno | a | A", choices=YN)),
    ("list.unused", "warning", "choices", 2, survey(TNL, "text | a | A", choices=YN)),
    ("choice.duplicate", "error", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn | yes | Sure |".replace("| | yn | no | No |\n", "| | yn | no | No |\n"))),
    ("choice.no_name", "error", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn | | Sure |")),
    ("choice.space_in_name", "error", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn | not sure | Not sure |")),
    ("choice.no_label", "warning", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn | maybe | |")),
    ("default.not_a_choice", "warning", "survey", 2, survey(f"{TNL} | default", "select_one yn | a | A | maybe", choices=YN)),
    # appearance and parameters
    ("appearance.unknown", "warning", "survey", 2, survey(f"{TNL} | appearance", "text | a | A | multilne")),
    ("parameters.unknown", "warning", "survey", 2, survey(f"{TNL} | parameters", "text | a | A | start=1")),
    ("parameters.range", "error", "survey", 2, survey(f"{TNL} | parameters", "range | a | A | start=1 end=5 step=0")),
    ("parameters.range", "error", "survey", 2, survey(f"{TNL} | parameters", "range | a | A | start=one")),
    # expressions
    ("constraint.no_message", "warning", "survey", 2, survey(f"{TNL} | constraint", "text | a | A | . != 'x'")),
    ("reference.unknown", "error", "survey", 4, condition("relevant", "${nobody} = 'x'")),
    ("reference.unknown", "error", "survey", 2, survey(TNL, "note | a | Dear ${nobody}")),
    ("expression.unknown_function", "error", "survey", 4, condition("relevant", "select(${m}, 'yes')")),
    ("expression.unsupported_function", "error", "survey", 4, condition("calculation", "extract-signed('a', 'b')")),
    ("file.missing", "error", "survey", 4, condition("calculation", "pulldata('a', 'b', 'c', 'd')")),
    ("instance.unknown", "error", "survey", 4, condition("calculation", "instance('ny')/root/item[name = 'yes']/label")),
    ("expression.unknown_path", "error", "survey", 4, condition("calculation", "../nothing")),
    ("expression.indexed_repeat", "error", "survey", 4, condition("calculation", "indexed-repeat('s', ${m}, 1)")),
    ("expression.axis", "error", "survey", 4, condition("calculation", "preceding::s")),
    ("expression.wrong_argument_count", "error", "survey", 4, condition("constraint", "count-selected(., 3)")),
    ("expression.unbalanced", "error", "survey", 4, condition("relevant", "(${s} = 'yes'")),
    ("expression.double_equals", "error", "survey", 4, condition("relevant", "${s} == 'yes'")),
    ("expression.unclosed_quote", "error", "survey", 4, condition("relevant", "${s} = 'yes")),
    ("expression.bad_reference", "error", "survey", 4, condition("relevant", "$s = 'yes'")),
    ("expression.unknown_character", "error", "survey", 4, condition("relevant", "${s} = 'yes' & true()")),
    ("expression.path", "error", "survey", 4, condition("relevant", "//s = 'yes'")),
    ("expression.syntax", "error", "survey", 4, condition("relevant", "${s} 'yes'")),
    ("expression.incomplete", "error", "survey", 4, condition("relevant", "${s} =")),
    ("expression.too_deep", "error", "survey", 4, condition("relevant", "(" * 50 + "1" + ")" * 50)),
    ("expression.bare_name", "error", "survey", 4, condition("relevant", "${s} = yes")),
    ("expression.pattern_invalid", "error", "survey", 4, condition("constraint", "regex(., '[a')")),
    ("expression.pattern_unsafe", "error", "survey", 4, condition("constraint", "regex(., '^(a+)+$')")),
    ("expression.odd_character", "warning", "survey", 4, condition("relevant", "${s} = ‘yes’")),
    ("expression.unknown_choice", "warning", "survey", 4, condition("relevant", "${s} = 'maybe'")),
    ("expression.unknown_choice", "warning", "survey", 4, condition("relevant", "not(selected(${m}, 'maybe'))")),
    ("expression.equals_on_multiple", "warning", "survey", 4, condition("relevant", "${m} = 'yes'")),
    ("choice_filter.unknown_column", "warning", "survey", 2, survey(f"{TNL} | choice_filter", "select_one yn | a | A | region = 'x'", choices=YN)),
    ("questionnaire.cycle", "error", "survey", 2, survey(f"{TNL} | relevant", "text | a | A | ${b} = 1", "text | b | B | ${a} = 1")),
    ("workbook.refused_by_pyxform", "error", "survey", 0, survey(f"{TNL} | parameters", "text | a | A | ", "image | b | B | max-pixels=many")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "severity", "sheet", "row", "form"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)]
)
def test_fault_is_found_at_its_place(code: str, severity: str, sheet: str, row: int, form: str) -> None:
    issues = check(from_markdown(form))
    found = [(issue.severity, issue.sheet, issue.row) for issue in issues if issue.code == code]
    assert found == [(severity, sheet, row)]
    assert all(issue.message and issue.fix for issue in issues)
    assert not any(
        re.search(r"(?<!\$)\{(near|found|function|suggestion)\}", issue.message + issue.fix) for issue in issues
    )


def test_a_faultless_form_has_no_issue() -> None:
    assert check(from_markdown(condition("relevant", "${s} = 'yes' and selected(${m}, 'no')"))) == ()


def test_all_issues_come_at_once_in_the_order_of_the_sheets() -> None:
    form = survey(
        f"{TNL} | relevant | my notes",
        "colour | a | A | |",
        "text | b | B | ${nobody} = 1 |",
        "select_one yn | c | | ${b} == 1 |",
        choices=f"{YN}\n| | yn | no | No |",
    )
    assert [(issue.sheet, issue.row, issue.code) for issue in check(from_markdown(form))] == [
        ("survey", 1, "column.unknown"),
        ("survey", 2, "type.unknown"),
        ("survey", 3, "reference.unknown"),
        ("survey", 4, "label.missing"),
        ("survey", 4, "expression.double_equals"),
        ("choices", 4, "choice.duplicate"),
    ]


def test_a_fix_says_what_to_write() -> None:
    def fix(form: str) -> str:
        return next(issue.fix for issue in check(from_markdown(form)))

    assert fix(condition("relevant", "${m} = 'yes'")) == "Write selected(${m}, 'yes')."
    assert fix(condition("relevant", "${m} != 'yes'")) == "Write not(selected(${m}, 'yes'))."
    assert fix(condition("relevant", "${S} = 'yes'")) == "Did you mean ${s}?"
    assert fix(condition("relevant", "count_selected(${m}) = 1")) == "Did you mean count-selected()?"
    assert fix(condition("relevant", "${s} = 'yess'")) == "Did you mean 'yes'?"


def test_warnings_leave_a_form_usable() -> None:
    assert is_usable(check(from_markdown(condition("relevant", "${m} = 'yes'"))))
    assert not is_usable(check(from_markdown(condition("relevant", "${m} == 'yes'"))))
