"""`python -m survey evaluate`, as somebody types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.evaluation import evaluated

ROOT = Path(__file__).parents[2]


def run(text: str, *flags: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "survey", "evaluate", *flags]
    ended = subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, check=False)
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


def test_each_line_gets_its_value_and_type() -> None:
    assert run("1 + 1\n\nselected('a b', 'b')\n'x'\n1 div 0\n") == (
        0,
        "2\tnumber\ntrue\tboolean\nx\tstring\nInfinity\tnumber\n",
    )


def test_an_issue_is_printed_in_its_place_and_changes_the_exit_code() -> None:
    code, printed = run("1\nnope(1)\n2\n")
    assert code == 1
    first, second, third = printed.splitlines()
    assert (first, third) == ("1\tnumber", "2\tnumber")
    assert "There is no function 'nope'" in second and "[expression.unknown_function]" in second


def test_json_is_one_document() -> None:
    code, printed = run("1 + 1\n(1\n", "--json")
    good, bad = json.loads(printed)
    assert code == 1
    assert good == {"expression": "1 + 1", "value": 2, "type": "number"}
    assert (bad["code"], bad["position"]) == ("expression.unbalanced", 0)
    assert bad["fix"]


@pytest.mark.parametrize(
    ("expression", "answers", "value", "kind"),
    [
        ("${age} > 5", {"age": 6}, True, "boolean"),
        ("${age} > 5", {}, False, "boolean"),
        ("${age} > 5", {"age": "6"}, True, "boolean"),
        ("selected(${fields}, 'hr')", {"fields": ["hr", "prev"]}, True, "boolean"),
        ("count-selected(${fields})", {"fields": "hr prev"}, 2, "number"),
        ("sum(${age})", {"member": [{"age": 1}, {"age": 2.5}]}, 3.5, "number"),
        ("count(${member})", {"member": [{"age": 1}, {"name": "x"}]}, 2, "number"),
        ("indexed-repeat(${age}, ${member}, 2)", {"member": [{"age": 1}, {"age": 2}]}, 2, "number"),
        ("/data/about/age", {"about": {"age": 3}}, 3, "number"),
        (". >= 18", {".": 17}, False, "boolean"),
        ("${flag}", {"flag": True}, "true", "string"),
        ("number('')", {}, "NaN", "number"),
        ("${a}", {"a": None}, "", "string"),
    ],
)
def test_answers_come_with_the_expression(expression: str, answers: object, value: object, kind: str) -> None:
    line = json.dumps({"expression": expression, "answers": answers})
    (result,) = evaluated([line], as_json_lines=True)
    assert result == {"expression": expression, "value": value, "type": kind}
    assert type(result["value"]) is type(value)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("no json", "answers.unreadable"),
        ("[1]", "answers.unreadable"),
        ('{"expression": 1}', "answers.unreadable"),
        ('{"expression": "1", "answers": [1]}', "answers.unreadable"),
        ('{"expression": "1", "answers": {"a": [1]}}', "answers.unreadable"),
        ('{"expression": "1", "answers": {"a": "x", "g": {"a": "y"}}}', "questionnaire.duplicate_name"),
        ('{"expression": "yes"}', "expression.bare_name"),
        ('{"expression": "count(/data/x)"}', "expression.unknown_path"),
        ("[" * 100_000, "answers.unreadable"),
    ],
)
def test_a_wrong_line_says_so(line: str, code: str) -> None:
    (result,) = evaluated([line], as_json_lines=True)
    assert result["code"] == code
    assert result["message"]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from([".", "a", "b", "c d", ""]), inside),
    max_leaves=6,
)


@given(
    st.sampled_from(["${a}", "count(${b})", "sum(${a}) + .", "../a", "/data/b[1]/a", "1"]) | st.text(max_size=20), JSON
)
def test_nothing_but_results_comes_out(expression: str, answers: object) -> None:
    line = json.dumps({"expression": expression, "answers": answers})
    (result,) = evaluated([line], as_json_lines=True) if expression.strip() else [{"value": "", "type": ""}]
    assert ("code" in result) != ("type" in result)
