"""Forms as authors write them: patterns that the documentation of XLSForm teaches, which have no issue, and mistakes
that come up again and again in forums, with all that the checker says of each."""

# ruff: noqa: E501 - forms stand here as Markdown tables

import re

import pytest

from survey.xlsform.checker import check
from survey.xlsform.sheets import from_markdown

CHOICES = """| choices |
| | list_name | name | label | region |
| | yn | yes | Yes | |
| | yn | no | No | |
| | area | health | Health | |
| | area | food | Food | |
| | area | none | None of these | |
| | area | other | Other | |
| | region | n | North | |
| | region | s | South | |
| | town | a | Alba | n |
| | town | b | Borgo | s |
| | scale | 1 | Bad | |
| | scale | 2 | Fair | |
| | scale | 3 | Good | |"""


def form(text: str) -> str:
    """The survey sheet, with those lists of CHOICES that it uses."""
    lists = set(re.findall(r"(?:select_one|select_multiple|rank) (\w+)", text))
    used = [line for line in CHOICES.splitlines()[2:] if line.split("|")[2].strip() in lists]
    head = CHOICES.splitlines()[:2]
    return "| survey |\n" + text.strip() + ("\n" + "\n".join([*head, *used]) if used else "")


TAUGHT = {
    "age with limits": """
| | type | name | label | constraint | constraint_message |
| | integer | age | How old are you? | . >= 0 and . <= 120 | From 0 to 120 |""",
    "a birthday that is past": """
| | type | name | label | constraint | constraint_message |
| | date | dob | When were you born? | . <= today() and . > date('1900-01-01') | A day that is past |""",
    "an end after the start": """
| | type | name | label | constraint | constraint_message |
| | date | begins | When does it begin? | | |
| | date | ends | When does it end? | . >= ${begins} | Not before it begins |""",
    "years from days": """
| | type | name | label | calculation | relevant |
| | date | dob | When were you born? | | |
| | calculate | age | | int((today() - ${dob}) div 365.25) | |
| | text | school | Which school? | | ${age} < 18 |""",
    "none excludes the rest": """
| | type | name | label | constraint | constraint_message | relevant |
| | select_multiple area | work | What do you work on? | not(selected(., 'none') and count-selected(.) > 1) | None stands alone | |
| | text | more | Which other? | | | selected(${work}, 'other') |""",
    "three at most": """
| | type | name | label | constraint | constraint_message | relevant |
| | select_multiple area | work | Which are the first three? | count-selected(.) <= 3 | At most three | |
| | text | more | Which other? | | | selected(${work}, 'other') |""",
    "a cascade": """
| | type | name | label | choice_filter |
| | select_one region | reg | Which region? | |
| | select_one town | place | Which town? | region = ${reg} |""",
    "a household": """
| | type | name | label | repeat_count | calculation |
| | integer | size | How many people? | | |
| | begin repeat | person | Person | ${size} | |
| | text | called | What is the first letter? | | |
| | integer | years | How many years? | | |
| | end repeat | | | | |
| | calculate | people | | | count(${person}) |
| | calculate | adults | | | count(${person}[years >= 18]) |
| | calculate | names | | | join(', ', ${called}) |""",
    "the number of the instance": """
| | type | name | label | calculation |
| | begin repeat | person | Person | |
| | calculate | nth | | position(..) |
| | text | called | Person ${nth}: which letter? | |
| | end repeat | | | |""",
    "one of the instances": """
| | type | name | label | calculation |
| | begin repeat | person | Person | |
| | text | called | Which letter? | |
| | end repeat | | | |
| | calculate | first | | indexed-repeat(${called}, ${person}, 1) |
| | note | said | The first is ${first} | |""",
    "a score of a scale": """
| | type | name | label | calculation | relevant |
| | select_one scale | one | How is the service? | | |
| | select_one scale | two | How is the staff? | | |
| | calculate | score | | number(${one}) + number(${two}) | |
| | text | why | What went wrong? | | ${score} <= 3 |""",
    "a label of a choice": """
| | type | name | label | calculation |
| | select_one region | reg | Which region? | |
| | calculate | said | | jr:choice-name(${reg}, '${reg}') |
| | note | told | You said ${said} | |""",
    "a postcode": """
| | type | name | label | constraint | constraint_message |
| | text | post | Which postcode? | regex(., '^[0-9]{5}$') | Five digits |""",
    "office hours": """
| | type | name | label | constraint | constraint_message |
| | time | opens | When do you open? | decimal-time(.) >= decimal-time('06:00') | Not before six |""",
    "a group for some": """
| | type | name | label | relevant |
| | select_one yn | member | Are you a member? | |
| | begin group | membership | Membership | ${member} = 'yes' |
| | text | since | Since when? | |
| | end group | | | |""",
    "shares that make a hundred": """
| | type | name | label | constraint | constraint_message |
| | integer | women | What share are women, in per cent? | . >= 0 and . <= 100 | From 0 to 100 |
| | integer | men | What share are men, in per cent? | . + ${women} = 100 | Both together make 100 |""",
    "required if": """
| | type | name | label | required | required_message |
| | select_one yn | member | Are you a member? | yes | Please say yes or no |
| | text | since | Since when? | ${member} = 'yes' | Members please say |""",
    "an empty answer": """
| | type | name | label | relevant |
| | integer | staff | How many staff? | |
| | text | why | Why do you not say? | ${staff} = '' |
| | text | how | How were they counted? | ${staff} != '' and ${staff} > 0 |""",
    "once and never again": """
| | type | name | label | calculation |
| | calculate | code | | once(substr(uuid(), 0, 8)) |
| | note | told | Your code is ${code} | |""",
    "a date in words": """
| | type | name | label | calculation |
| | date | met | When did you meet? | |
| | calculate | said | | format-date(${met}, '%e %b %Y') |
| | note | told | You met on ${said} | |""",
    "a value looked up in a list": """
| | type | name | label | calculation |
| | select_one town | place | Which town? | |
| | calculate | reg | | instance('town')/root/item[name = ${place}]/region |
| | note | told | It is in region ${reg} | |""",
    "a grid": """
| | type | name | label | appearance |
| | begin group | grid | How satisfied are you? | table-list |
| | select_one scale | g1 | With the service | |
| | select_one scale | g2 | With the staff | |
| | end group | | | |""",
}

MISTAKES: dict[str, tuple[str, list[tuple[str, int, str]]]] = {
    "an appearance in the column relevant": (
        """
| | type | name | label | relevant |
| | begin group | g | G | field-list |
| | text | a | A | |
| | end group | | | |""",
        [("expression.bare_name", 2, "relevant")],
    ),
    "or between texts": (
        """
| | type | name | label | relevant |
| | select_one region | reg | Which region? | |
| | text | a | A | ${reg} = 'n' or 's' |""",
        [("expression.constant_condition", 3, "relevant")],
    ),
    "= on several choices": (
        """
| | type | name | label | relevant |
| | select_multiple region | reg | Which regions? | |
| | text | a | A | ${reg} = 'n' |""",
        [("expression.equals_on_multiple", 3, "relevant")],
    ),
    "selected the wrong way round": (
        """
| | type | name | label | relevant |
| | select_multiple region | reg | Which regions? | |
| | text | a | A | selected('n', ${reg}) |""",
        [("expression.swapped_arguments", 3, "relevant")],
    ),
    "a capital in a choice": (
        """
| | type | name | label | relevant |
| | select_one yn | member | Are you a member? | |
| | text | a | A | ${member} = 'Yes' |""",
        [("expression.unknown_choice", 3, "relevant")],
    ),
    "its own name in relevant": (
        """
| | type | name | label | relevant |
| | select_one yn | member | Are you a member? | ${member} = 'yes' |""",
        [("relevance.itself", 2, "relevant")],
    ),
    "a condition where the constraint belongs": (
        """
| | type | name | label | constraint | constraint_message |
| | select_one yn | member | Are you a member? | | |
| | text | a | A | ${member} = 'yes' | Members only |""",
        [("constraint.without_answer", 3, "constraint")],
    ),
    "a constraint without a point": (
        """
| | type | name | label | constraint | constraint_message |
| | integer | age | How old are you? | >= 18 | From 18 |""",
        [("expression.syntax", 2, "constraint")],
    ),
    "limits the wrong way round": (
        """
| | type | name | label | constraint | constraint_message |
| | integer | age | How old are you? | . < 18 and . > 65 | From 18 to 65 |""",
        [("constraint.never", 2, "constraint")],
    ),
    "a plus between texts": (
        """
| | type | name | label | calculation |
| | text | one | Which letter? | |
| | calculate | both | | ${one} + ' and more' |
| | note | told | ${both} | |""",
        [("expression.arithmetic_on_text", 3, "calculation")],
    ),
    "a calculation without a name": (
        """
| | type | name | label | calculation |
| | text | one | Which letter? | |
| | calculate | | | 1 + 1 |""",
        [("name.missing", 3, "name")],
    ),
    "a repeat of words": (
        """
| | type | name | label | repeat_count |
| | text | size | How many people? | |
| | begin repeat | person | Person | ${size} |
| | text | called | Which letter? | |
| | end repeat | | | |""",
        [("repeat_count.not_a_number", 3, "repeat_count")],
    ),
    "an answer of a repeat from outside": (
        """
| | type | name | label | relevant |
| | begin repeat | person | Person | |
| | integer | years | How many years? | |
| | end repeat | | | |
| | text | school | Which school? | ${years} < 18 |""",
        [("reference.into_repeat", 5, "relevant")],
    ),
    "a group closed as a repeat": (
        """
| | type | name | label |
| | begin group | g | G |
| | text | a | A |
| | end repeat | | |""",
        [("group.wrong_end", 4, "type")],
    ),
    "a sign for the column in a filter": (
        """
| | type | name | label | choice_filter |
| | select_one region | reg | Which region? | |
| | select_one town | place | Which town? | ${region} = ${reg} |""",
        [("reference.unknown", 3, "choice_filter")],
    ),
    "quotation marks around the column in a filter": (
        """
| | type | name | label | choice_filter |
| | select_one region | reg | Which region? | |
| | select_one town | place | Which town? | 'region' = ${reg} |""",
        [("expression.unknown_choice", 3, "choice_filter")],
    ),
    "today without parentheses": (
        """
| | type | name | label | constraint | constraint_message |
| | date | dob | When were you born? | . <= today | Past |""",
        [("expression.bare_name", 2, "constraint")],
    ),
    "a day as in letters": (
        """
| | type | name | label | constraint | constraint_message |
| | date | dob | When were you born? | . <= '31/12/2010' | Before 2011 |""",
        [("expression.not_a_date", 2, "constraint")],
    ),
    "an hour compared": (
        """
| | type | name | label | constraint | constraint_message |
| | time | opens | When do you open? | . >= '06:00' | Not before six |""",
        [("comparison.order_of_times", 2, "constraint")],
    ),
    "a pattern of a part": (
        """
| | type | name | label | constraint | constraint_message |
| | text | post | Which postcode? | regex(., '[0-9]{5}') | Five digits |""",
        [("expression.regex_unanchored", 2, "constraint")],
    ),
    "required for everybody, never asked": (
        """
| | type | name | label | required | relevant |
| | select_one yn | member | Are you a member? | yes | |
| | text | why | Why? | yes | ${member} = 'yes' and ${member} = 'no' |""",
        [("relevance.never", 3, "relevant")],
    ),
    "two questions that wait for each other": (
        """
| | type | name | label | relevant |
| | text | a | A | ${b} != '' |
| | text | b | B | ${a} != '' |""",
        [("questionnaire.cycle", 2, "relevant")],
    ),
    "a percentage with a comma": (
        """
| | type | name | label | constraint | constraint_message |
| | decimal | share | Which share? | . <= 0,5 | At most a half |""",
        [("expression.syntax", 2, "constraint")],
    ),
    "curly quotation marks and a capital": (
        """
| | type | name | label | relevant |
| | select_one yn | member | Are you a member? | |
| | text | a | A | ${member} = ‘yes’ AND true() |""",
        [("expression.odd_character", 3, "relevant"), ("expression.syntax", 3, "relevant")],
    ),
    "a Boolean as a text": (
        """
| | type | name | label | calculation | relevant |
| | integer | n | How many? | | |
| | calculate | big | | if(${n} > 10, 'true', 'false') | |
| | text | a | A | | ${big} = 'yes' |""",
        [("comparison.never_computed", 4, "relevant")],
    ),
    "a limit on text": (
        """
| | type | name | label | constraint | constraint_message |
| | text | short | Say it shortly | length(.) < 100 | Shorter, please |""",
        [("expression.unknown_function", 2, "constraint")],
    ),
}


@pytest.mark.parametrize("name", TAUGHT)
def test_what_the_documentation_teaches_has_no_issue(name: str) -> None:
    found = check(from_markdown(form(TAUGHT[name])))
    assert [(issue.code, issue.row, issue.message) for issue in found] == []


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_of_the_forums_is_told_once(name: str) -> None:
    text, expected = MISTAKES[name]
    found = check(from_markdown(form(text)))
    assert [(issue.code, issue.row, issue.column) for issue in found] == expected


def test_a_column_in_quotation_marks_is_told_as_a_column() -> None:
    text, _ = MISTAKES["quotation marks around the column in a filter"]
    assert check(from_markdown(form(text)))[0].fix == "For the column write region without quotation marks."
