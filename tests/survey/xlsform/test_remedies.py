"""What the checker tells an author to write in place of what other languages and programs have."""

import pytest

from survey.xlsform.checker import check
from survey.xlsform.issues import CheckIssue
from survey.xlsform.sheets import from_markdown

FORM = """
| survey |
| | type | name | label | {column} | constraint_message |
| | select_one yn | member | Are you a member? | | |
| | select_multiple hrs | fields | Which fields? | | |
| | integer | staff | How many staff? | | |
| | text | mail | Which address? | | |
| | date | day | Which day? | | |
| | {kind} | x | X? | {text} | Mend it |
| choices |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
| | hrs | hr | Human rights |
| | hrs | env | Environment |
"""


def issues_of(text: str, column: str = "relevant", kind: str = "text") -> list[CheckIssue]:
    """The issues of one expression on the last row."""
    form = FORM.format(column=column, text=text.replace("|", "\\|"), kind=kind)
    return [issue for issue in check(from_markdown(form)) if issue.column == column]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("${member} = 'yes' AND ${staff} > 3", "Write 'and' in small letters."),
        ("${member} = 'yes' Or ${staff} > 3", "Write 'or' in small letters."),
        ("and(${staff} > 2, ${member} = 'yes')", "Write 'and' between the conditions: a and b."),
        ("${member} = 'yes' && ${staff} > 3", "Write 'and' between the conditions."),
        ("${staff} = 1 || ${staff} > 3", "Write 'or' between the conditions."),
        ("${member} == 'yes'", "Write a single '='."),
        ("${member} <> 'yes'", "Write '!='."),
        ("${staff} => 3", "Write '>='."),
        ("${staff} ≤ 3", "Write '<='."),
        ("${member}＝'yes'", "Write the plain sign: =."),
        ("${staff} – 2 > 1", "Write a plain hyphen: '-'."),
        ("${staff} × 2 > 1", "Write '*'."),
        ("${staff} / 2 > 1", "To divide write 'div'."),
        ("(${staff} + 1)/2 > 1", "To divide write 'div'."),
        ("${staff} % 2 = 1", "For what is left of a division write 'mod'; 20 % is 0.2."),
        ("${staff}^2 > 9", "Write pow(number, exponent)."),
        ("${staff}div2 > 9", "Put spaces around div."),
        ("not ${member} = 'yes'", "Put what must not hold into parentheses: not(...)."),
        ("!(${member} = 'yes')", "Put what must not hold into parentheses: not(...)."),
        ("if(${staff} > 2; 1; 0) = 1", "Put a comma between what a function gets."),
        ("concat('a' & 'b') = ''", "To join texts write concat(a, b); between conditions write 'and'."),
        ("${member} = `yes`", "Write the quotation mark '."),
        ("${member} is null", "For an answer that is missing write = ''."),
        ("${member} != NULL", "For an answer that is missing write = '', for one that was given != ''."),
        ("{member} = 'yes'", "Write ${member}."),
        ("#{member} = 'yes'", "Write ${member}."),
        ("$(member) = 'yes'", "Write ${member}."),
        ("$member = 'yes'", "Write ${member}."),
        ("[member] = 'yes'", "Write ${member}."),
        ("${member = 'yes'", "Close the brace: ${member}."),
        ("${staff} > 1,000", "Write numbers without a comma: 1000."),
        ("${staff} > 1,5", "Write the decimals after a point: 1.5."),
        ("${staff} > ٣", "Write the plain sign: 3."),
        ("${staff} between 1 and 5", "Write both limits: ${question} >= 1 and ${question} <= 5."),
        ("${staff} > 1 and < 5", "Say again what is compared: . > 1 and . < 5."),
        ("${member} = 'yes' ${staff} > 3", "Put an operator such as 'and' or '=', or a comma, between the two parts."),
        ("${day} > 31/12/2026", "Write a date as date('2026-12-31')."),
        ("${mail} = 'don't'", 'Put a text with an apostrophe between double quotation marks: "don\'t".'),
        ("=${staff} + 1", "Leave the = at the beginning away."),
        ("regex(${mail}, ^[a-z]+$)", "Put the pattern between quotation marks."),
        ("vlookup(${staff}, 'a')", "Write pulldata('file', 'column', 'key column', key)."),
        ("isblank(${mail})", "Write ${question} = ''."),
        ("IF(${staff} > 2, 1, 0) = 1", "Did you mean if()?"),
        ("selected(${fields}, hr)", "Write selected(${fields}, 'hr')."),
        ("${fields} != hr", "Write not(selected(${fields}, 'hr'))."),
        ("${member} = yes", "Write ${member} = 'yes'."),
        ("${member} = Yes", "Write ${member} = 'yes'."),
        ("${member} = perhaps", "The choices of 'member' are: yes, no."),
        ("member = 'yes'", "Write ${member}."),
        ("membre = 'yes'", "Did you mean ${member}?"),
        ("${day} <= today", "Write today()."),
    ],
)
def test_a_spelling_of_another_language_has_its_own_remedy(text: str, remedy: str) -> None:
    found = issues_of(text)
    assert [(issue.severity, issue.row, issue.fix) for issue in found] == [("error", 7, remedy)]


@pytest.mark.parametrize(
    ("column", "text", "kind", "remedy"),
    [
        ("required", "oui", "text", "Write yes or no, or a condition."),
        ("relevant", "field-list", "text", "Move field-list to the column appearance."),
        ("required", "yes, always", "text", "Write yes or no, or a condition."),
        ("calculation", "hello", "calculate", "For a text write 'hello' between quotation marks."),
        ("calculation", "hello world", "calculate", "For a text write it between quotation marks: 'hello world'."),
    ],
)
def test_words_in_a_column_that_computes_have_a_remedy_for_the_column(
    column: str, text: str, kind: str, remedy: str
) -> None:
    assert [issue.fix for issue in issues_of(text, column, kind)] == [remedy]
