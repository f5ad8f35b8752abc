"""`python -m survey evaluate`, as somebody types it."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from subprocess import PIPE

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.__main__ import main
from survey.evaluation import evaluated
from survey.logic.expression import Tree, parse

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
        ("string-length(${a})", {"a": "  pad  "}, 7, "number"),
        ("${a} = ' x'", {"a": " x"}, True, "boolean"),
        ("string-length(${a})", {"a": "x" * 30_000}, 30_000, "number"),
        ("${a}", {"a": ["a", "a"]}, "a a", "string"),
        ("${a}", {"a": 2e15}, 2_000_000_000_000_000, "number"),
        ("sum(${a})", {"r": [{"a": 1}] * 200}, 200, "number"),
        ("concat(${a}, '-', /data/g/a)", {"a": 1, "g": {"a": 2}}, "1-2", "string"),
        ("sum(pow(10, 308), pow(10, 308))", {}, "Infinity", "number"),
        ("date('0001-01-01T00:00:00+14:00')", {}, "", "string"),
        ("date-time('9999-12-31T23:59:59-12:00')", {}, "", "string"),
        ("jr:itext(concat('a-', ${t}))", {"t": "9" * 5000}, "", "string"),
        ("digest('abc', 'MD5', /data/e)", {"e": "hex"}, "900150983cd24fb0d6963f7d28e17f72", "string"),
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
        ('{"expression": "1", "answers": {"a": [1]}}', "answers.not_a_value"),
        ('{"expression": "1", "answers": {"a": 1e400}}', "answers.not_a_value"),
        ('{"expression": "1", "answers": {"a[1]/b": 1}}', "answers.name"),
        ('{"expression": "1", "answers": {"": 1}}', "answers.name"),
        ('{"expression": "1", "answers": {"a": [' + ",".join(["{}"] * 201) + "]}}", "answers.too_many"),
        ('{"expression": "1", "answers": ' + '{"a": ' * 100 + "1" + "}" * 100 + "}", "answers.too_deep"),
        (
            '{"expression": "1", "answers": {"a": {"r": [{"x": 1}]}, "b": {"r": [{"x": 2}]}}}',
            "questionnaire.duplicate_name",
        ),
        ('{"expression": "yes"}', "expression.bare_name"),
        ('{"expression": "count(/data/x)"}', "expression.unknown_path"),
        ("[" * 100_000, "answers.unreadable"),
    ],
)
def test_a_wrong_line_says_so(line: str, code: str) -> None:
    (result,) = evaluated([line], as_json_lines=True)
    assert result["code"] == code
    assert result["message"]


def test_a_name_among_the_references_that_has_no_answer_is_told() -> None:
    (result,) = evaluated(['{"expression": "${typo} + 1", "answers": {"type": 1}}'], as_json_lines=True)
    assert result == {"expression": "${typo} + 1", "value": "NaN", "type": "number", "unknown": ["typo"]}


@pytest.mark.parametrize("flags", [(), ("--json",), ("--jsonl",)])
def test_half_a_character_is_shown_and_stops_nothing(flags: tuple[str, ...]) -> None:
    text = "concat('\\ud800', 1)" if flags != ("--jsonl",) else json.dumps({"expression": "concat('\ud800', 1)"})
    code, printed = run(text + "\n" + text + "\n", *flags)
    assert code == 0
    assert printed.count("ud8001") == 2


def test_a_mark_of_byte_order_before_the_first_line_is_not_part_of_it() -> None:
    assert run("\ufeff1 + 1\n") == (0, "2\tnumber\n")


def test_a_fault_of_the_program_costs_its_own_line_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def faulty(text: str) -> Tree:
        if text == "2":
            raise ZeroDivisionError
        return parse(text)

    monkeypatch.setattr("survey.evaluation.parse", faulty)
    monkeypatch.setattr("sys.stdin", StringIO("1\n2\n3\n"))
    assert main(["evaluate"]) == 1
    first, second, third = capsys.readouterr().out.splitlines()
    assert (first, third) == ("1\tnumber", "3\tnumber")
    assert "ZeroDivisionError" in second


def test_whoever_reads_may_stop_reading() -> None:
    reading = subprocess.Popen(
        [sys.executable, "-m", "survey", "evaluate"], stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=ROOT, text=True
    )
    assert reading.stdin and reading.stdout and reading.stderr
    reading.stdout.close()
    reading.stdin.write("1\n" * 100)
    reading.stdin.close()
    assert reading.wait() == 141
    assert reading.stderr.read() == ""
    reading.stderr.close()


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
