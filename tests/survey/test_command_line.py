"""The commands check and preview."""

# ruff: noqa: E501 - forms stand here as Markdown tables

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from survey.__main__ import main

FORM = """
| survey |
| | type | name | label::English (en) | label::French (fr) | required | relevant | constraint | constraint_message::English (en) | constraint_message::French (fr) |
| | select_one yn | works | Do you work? | Travaillez-vous ? | yes | | | | |
| | integer | age | Age | Âge | | ${works} = 'y' | . > 17 | Adults only | Adultes seulement |
| choices |
| | list_name | name | label::English (en) | label::French (fr) |
| | yn | y | Yes | Oui |
| | yn | n | No | Non |
"""


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "form.md"
    path.write_text(FORM, encoding="utf-8")
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.md"
    path.write_text(FORM.replace("= 'y'", "== 'y'"), encoding="utf-8")
    return path


def previewed(
    form: Path, answers: object, capsys: pytest.CaptureFixture[str], *more: str
) -> dict[str, dict[str, object]]:
    path = form.with_name("answers.json")
    path.write_text(json.dumps(answers), encoding="utf-8")
    main(["preview", str(form), "--answers", str(path), "--json", *more])
    return {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)["questions"]}


def test_check_of_a_faultless_form_succeeds(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(form), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(form), "issues": []}


def test_check_lists_issues_with_place_and_fix(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(broken), "--json"]) == 1
    (issue,) = json.loads(capsys.readouterr().out)["issues"]
    assert issue == {
        "code": "expression.double_equals",
        "severity": "error",
        "sheet": "survey",
        "row": 3,
        "column": "relevant",
        "message": "'==' is not an operator, near '${works} == 'y''.",
        "fix": "Write a single '='.",
    }


def test_check_of_several_forms_gives_a_list(form: Path, broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(form), str(broken), "--json"]) == 1
    assert [document["file"] for document in json.loads(capsys.readouterr().out)] == [str(form), str(broken)]


def test_check_against_a_version_tells_what_means_something_else(
    form: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new.md"
    new.write_text(FORM.replace("| yn | n | No | Non |", "| yn | n | Perhaps later | Plus tard |"), encoding="utf-8")
    assert main(["check", str(new), "--against", str(form), "--json"]) == 0
    (issue,) = json.loads(capsys.readouterr().out)["issues"]
    assert (issue["code"], issue["sheet"], issue["row"]) == ("version.choice_meaning", "choices", 3)
    assert main(["check", str(new), "--against", str(tmp_path / "nothing.xlsx")]) == 2
    assert "nothing.xlsx" in capsys.readouterr().err


def test_check_without_json_is_readable(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(broken)]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"{broken}: 1 errors, 0 warnings, 0 notes"
    assert second.split()[:5] == ["error", "survey", "row", "3", "relevant:"]


def test_an_unreadable_file_is_told_on_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(b"no workbook")
    assert main(["check", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"{path}: ")


def test_a_file_that_cannot_be_read_is_an_issue_with_reason_and_remedy(
    form: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    misspelt = tmp_path / "misspelt.md"
    misspelt.write_text("| surveys |\n| | type | name |\n| | text | a |\n", encoding="utf-8")
    missing = tmp_path / "nothing.xlsx"
    assert main(["check", str(missing), str(misspelt), str(form), "--json"]) == 2
    first, second, third = json.loads(capsys.readouterr().out)
    (issue,) = first["issues"]
    assert issue == {
        "code": "workbook.unreadable",
        "severity": "error",
        "sheet": "",
        "row": 0,
        "column": "",
        "message": "The file cannot be read: No such file or directory.",
        "fix": "Look at the path and the ending of its name.",
    }
    assert first["error"] == "workbook.unreadable"
    assert second["issues"][0]["fix"] == "Did you mean 'surveys'? Name it survey."
    assert "error" not in third
    assert main(["check", str(form), "--against", str(missing), "--json"]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["issues"] == [issue]
    assert captured.err == f"{missing}: {issue['message']} {issue['fix']} [workbook.unreadable]\n"


def test_a_reader_that_goes_away_ends_the_program_quietly(form: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "survey", "check", str(form), "--json"],
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def test_wrong_usage_ends_with_two() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check"])
    assert caught.value.code == 2


def test_preview_applies_answers_in_order(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert previewed(form, [["works", "n"], ["works", "y"], ["age", 17]], capsys) == {
        "works": {
            "name": "works",
            "relevant": True,
            "required": True,
            "value": "y",
            "valid": True,
            "messages": [],
            "codes": [],
            "choices": ["y", "n"],
        },
        "age": {
            "name": "age",
            "relevant": True,
            "required": False,
            "value": 17,
            "valid": False,
            "messages": ["Adults only"],
            "codes": ["answer.constraint"],
            "choices": [],
        },
    }


def test_preview_speaks_the_chosen_language(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = previewed(form, {"works": "y", "age": 17}, capsys, "--language", "fr")
    assert shown["age"]["messages"] == ["Adultes seulement"]


def test_preview_of_no_answers_shows_what_is_asked(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = previewed(form, {}, capsys)
    assert (shown["works"]["messages"], shown["age"]["relevant"]) == (["Please answer this question."], False)


def test_preview_names_an_unknown_question_on_standard_error(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = form.with_name("answers.json")
    answers.write_text('{"nobody": 1}', encoding="utf-8")
    assert main(["preview", str(form), "--answers", str(answers)]) == 1
    assert capsys.readouterr().err == "nobody: There is no such question to answer.\n"


@pytest.mark.parametrize("answers", ["", "3", '[["a"]]', "{"])
def test_preview_refuses_answers_that_are_none(form: Path, answers: str) -> None:
    path = form.with_name("answers.json")
    path.write_text(answers, encoding="utf-8")
    assert main(["preview", str(form), "--answers", str(path)]) == 2


def test_preview_refuses_a_broken_form(broken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.json"
    path.write_text("{}", encoding="utf-8")
    assert main(["preview", str(broken), "--answers", str(path)]) == 2
    assert capsys.readouterr().out == ""


def test_answers_nested_without_end_are_no_answers(
    form: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "deep.json").write_text("[" * 100_000, encoding="utf-8")
    assert main(["preview", str(form), "--answers", str(tmp_path / "deep.json")]) == 2
    assert "deep.json" in capsys.readouterr().err
