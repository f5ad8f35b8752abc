"""The catalogue of issue codes: every code is raised by a case, and docs/xlsform-issues.md tells each as it is raised.

When a message changes, `PYTHONPATH=. python tests/survey/xlsform/test_issue_codes.py` writes the table anew.
"""

# ruff: noqa: E501 - the page stands here with its long lines

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter

from data.errors import InvalidInput
from survey.xlsform.catalogue import CODES
from survey.xlsform.checker import check
from survey.xlsform.expression_checks import _WORDS
from survey.xlsform.issues import CheckIssue
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.refusals import refusal
from survey.xlsform.sheets import Sheets, from_markdown, read_sheets
from tests.survey.xlsform.test_checker import CASES

PAGE = Path(__file__).parents[3] / "docs/xlsform-issues.md"
_RUNNING = {"expression.too_many_steps", "expression.value_too_long"}
"""Faults that only an evaluation has."""


def _spreadsheet() -> Sheets:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("survey")
        sheet.write_row(0, 0, ["type", "name", "label"])
        sheet.write_row(1, 0, ["text", "a", "A\x0bB", "remark"])
        sheet.write_formula("C3", '="A"&"B"', None, "")
        sheet.write_formula("C4", "=1/0", None, "#DIV/0!")
        sheet.merge_range("A5:B5", "note")
        sheet.set_row(5, None, None, {"hidden": True})
        sheet.write_row(5, 0, ["text", "b", "B"])
        book.add_worksheet("choices").hide()
    return read_sheets(content.getvalue(), "form.xlsx")


def _file(name: str, content: bytes, written: str = "") -> Sheets:
    form = f"| survey |\n| | type | name | label |\n| | select_one_from_file {written or name} | a | A |"
    return read_sheets(form.encode(), "form.md", attachments={name: content})


BEFORE = """
| survey |
| | type | name | label |
| | select_one scale | good | How good is it? |
| | select_one colour | colour | Which colour do you like? |
| | text | size | How large is your organisation? |
| | text | topic | What do you work on? |
| | text | gone | What else is there to say? |
| | text | member | Who is a member? |
| choices |
| | list_name | name | label |
| | scale | 1 | Very bad |
| | scale | 2 | Very good |
| | colour | r | Red |
| | colour | b | Blue like the sky |
| | colour | g | Green |
| | colour | x | None of them |
"""
AFTER = """
| survey |
| | type | name | label |
| | select_one scale | good | How good is it? |
| | select_one colour | colour | Which colour do you like? |
| | integer | size | How large is your organisation? |
| | text | topic | Who paid for the journey abroad? |
| | begin repeat | each | Members |
| | text | member | Who is a member? |
| | end repeat | | |
| choices |
| | list_name | name | label | missing |
| | scale | 1 | Very good |
| | scale | 2 | Very bad |
| | colour | r | Red |
| | colour | b | Yellow of lemons |
| | colour | x | None of them | not_applicable |
"""


def every_issue() -> Iterator[CheckIssue]:
    """The issues that all cases raise, those of the wanted code first."""
    for case in CASES:
        yield from (issue for issue in check(from_markdown(case[4])) if issue.code == case[0])
    opened = [
        _spreadsheet(),
        read_sheets("type,name,label\ntext,a,été\n".encode("latin-1"), "survey.csv"),
        _file("a.xml", b"<root>"),
        _file("a.csv", b"code,words\n1,One\n"),
        _file("a.csv", b"name,label\np,One\nq,Two\n,Three\np,Four\n"),
        read_sheets(
            b"| survey |\n| | type | name | label |\n| | text | a | A |",
            "form.md",
            attachments={f"f{number}.csv": b"name,label\na,A\n" for number in range(51)},
        ),
        from_markdown(_nested_loops()),
    ]
    for sheets in opened:
        yield from check(sheets)
    for error in (
        InvalidInput("workbook.unreadable", reason="the workbook is protected with a password"),
        InvalidInput("workbook.too_large", limit=20_000, unit="rows"),
        InvalidInput("workbook.no_survey_sheet", sheets=("surveys", "choices")),
    ):
        yield refusal(error)
    yield from check(from_markdown(AFTER), against=read_questionnaire(from_markdown(BEFORE)))


def _nested_loops() -> str:
    choices = "\n".join(f"| | l | c{number} | C{number} |" for number in range(200))
    loops = "\n".join(f"| | begin loop over l | l{number} | L |" for number in range(3))
    ends = "| | end loop | | |\n" * 3
    return (
        f"| survey |\n| | type | name | label |\n{loops}\n| | text | a | A |\n{ends}"
        f"| choices |\n| | list_name | name | label |\n{choices}"
    )


@pytest.fixture(scope="module")
def raised() -> dict[str, list[CheckIssue]]:
    found: dict[str, list[CheckIssue]] = {}
    for issue in every_issue():
        found.setdefault(issue.code, []).append(issue)
    return found


def test_every_code_of_the_catalogue_is_raised_and_no_other(raised: dict[str, list[CheckIssue]]) -> None:
    assert sorted(set(CODES) - set(raised)) == []
    assert sorted(set(raised) - set(CODES)) == []


def test_every_issue_is_as_grave_as_its_code_says(raised: dict[str, list[CheckIssue]]) -> None:
    wrong = [
        (issue.code, issue.severity)
        for issues in raised.values()
        for issue in issues
        if issue.severity not in (CODES[issue.code].severity, *CODES[issue.code].also)
    ]
    assert wrong == []
    weights = {code: {issue.severity for issue in issues} for code, issues in raised.items()}
    assert [code for code, known in CODES.items() if CODES[code].severity not in weights[code] and not known.also] == []


def test_every_fault_of_an_expression_has_words_and_a_code() -> None:
    assert set(_WORDS) - _RUNNING <= set(CODES)


def test_the_page_of_codes_says_what_the_checker_says(raised: dict[str, list[CheckIssue]]) -> None:
    assert PAGE.read_text(encoding="utf-8").splitlines() == page(raised).splitlines()


def test_a_version_that_keeps_its_meaning_has_no_issue() -> None:
    before = read_questionnaire(from_markdown(BEFORE))
    assert check(from_markdown(BEFORE), against=before) == check(from_markdown(BEFORE))


def test_an_option_that_changes_its_meaning_is_told_at_its_row() -> None:
    after = BEFORE.replace("Blue like the sky", "Yellow of lemons")
    before = read_questionnaire(from_markdown(BEFORE))
    found = [issue for issue in check(from_markdown(after), against=before) if issue.code.startswith("version.")]
    assert [(issue.code, issue.sheet, issue.row) for issue in found] == [("version.choice_meaning", "choices", 5)]


def test_a_choice_that_counts_otherwise_than_before_is_told_at_its_row() -> None:
    before = read_questionnaire(from_markdown(BEFORE))
    head = "| choices |\n| | list_name | name | label |"
    for row, said in (("None of them |", "dont_know"), ("Green |", "Refused")):
        after = BEFORE.replace(head, f"{head} missing |").replace(row, f"{row} {said} |")
        found = [issue for issue in check(from_markdown(after), against=before) if issue.code.startswith("version.")]
        at = next(number for number, line in enumerate(BEFORE.split("choices |")[1].splitlines()) if row in line)
        assert [(issue.code, issue.sheet, issue.row, issue.column) for issue in found] == [
            ("version.choice_missing", "choices", at, "missing")
        ]
    assert found[0].message == (
        "'colour': What the choice g counts as, in the replies to all versions: an answer → no answer wished"
    )


def test_records_of_a_file_that_make_no_choice_of_their_own_are_told() -> None:
    found = check(_file("a.csv", b"name,label\np,One\nq,Two\n,Three\np,Four\n"))
    assert [(issue.code, issue.severity, issue.row, issue.message) for issue in found] == [
        ("file.no_name", "warning", 2, "Records of 'a.csv' without a value in column 'name' are left out: 3."),
        ("file.duplicate", "warning", 2, "Records of 'a.csv' repeat an earlier value of column 'name': 4."),
    ]


def test_choices_of_a_file_are_told_as_those_of_the_sheet_are() -> None:
    def told(content: bytes) -> list[tuple[str, str, int, str]]:
        found = check(_file("lands.csv", content))
        return [(issue.code, issue.sheet, issue.row, issue.column) for issue in found]

    assert told(b"name,label\nat,Austria\nde,Germany\nfr,France\nna,Namibia\n") == [
        ("choice.missing_unread", "survey", 2, "type")
    ]
    assert told(b"name,label\nat,Austria\nde,Germany\nna,Namibia\n") == [
        ("choice.missing_by_name", "survey", 2, "type")
    ]
    assert told(b"name,label,missing\nat,Austria,\nde,Germany,\nna,Namibia,answer\n") == []


def test_a_file_that_cannot_be_read_is_not_called_missing() -> None:
    codes = [issue.code for issue in check(_file("a.xml", b"<root>"))]
    assert "file.unreadable" in codes and "file.missing" not in codes


def page(raised: dict[str, list[CheckIssue]]) -> str:
    """docs/xlsform-issues.md."""
    lines = [_HEAD]
    for code, known in CODES.items():
        issue = raised[code][0]
        weight = ", ".join((known.severity, *known.also))
        cells = (f"`{code}`", weight, known.meaning, issue.fix, issue.message)
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    plain = re.sub(r"a{20,}|(?:\bword ){5,}", "...", " ".join(text.split()))
    return plain.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


_HEAD = """# Issues of a questionnaire

For authors of questionnaires, and for programs that read `python -m survey check FORM.xlsx --json`. An **error**: the questionnaire cannot be used, or an answer
would be lost. A **warning**: it can be used, but hardly as meant. **Info**: worth knowing. A code keeps its meaning for ever.

With `python -m survey check NEW.xlsx --against OLD.xlsx` the codes `version.` tell which answers to the old version the new one would lose or give another meaning.

| code | severity | what it means | what to write instead, for example | an example |
|---|---|---|---|---|"""


if __name__ == "__main__":
    gathered: dict[str, list[CheckIssue]] = {}
    for each in every_issue():
        gathered.setdefault(each.code, []).append(each)
    PAGE.write_text(page(gathered), encoding="utf-8")
