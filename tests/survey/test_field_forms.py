"""Real questionnaires and expressions of the field, where the shared folder is at hand."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from survey.__main__ import main
from survey.logic.expression import EvaluationContext, ExpressionError, Value, compile_expression, parse
from survey.logic.form_state import open_form
from survey.logic.values import to_boolean, to_number, to_text
from survey.questionnaire import UNASKED_KINDS
from survey.xlsform.checker import check, is_usable
from survey.xlsform.reader import read, read_questionnaire
from survey.xlsform.sheets import from_json, read_sheets, to_json

SHARED = Path(__file__).parents[2].parent / "shared"
FORMS = sorted((SHARED / "field-data/01_xlsforms").glob("*/*.xls*"))
WAY_FORWARD = SHARED / "consultations/way_forward_2029.xlsx"
EXPRESSIONS = SHARED / "field-data/02_xpath/xpath_sample.json"

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the shared folder with field data is not beside the repository"
)

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

# Cases that we answer otherwise on purpose.
EXCEPTIONS = {
    **dict.fromkeys(
        ["xs-0075", "xs-0076", "xs-0077", "xs-0078", "xs-0079", "xs-0080", "xs-0081", "xs-0086", "xs-0087"],
        "an unknown function or a wrong argument count is refused when read, also where it would never run",
    ),
    "xs-0055": "a number becomes a day; Enketo remembers the time of day and the zone it came from",
    **dict.fromkeys(
        ["xs-0059", "xs-0061", "xs-0062"],
        "Enketo counts from local midnight at UTC-7; we count dates as JavaRosa at UTC",
    ),
}


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_field_form_is_read_checked_and_kept(path: Path) -> None:
    sheets = read_sheets(path)
    questionnaire, _ = read(sheets)
    assert list(questionnaire.questions())
    assert from_json(to_json(sheets)) == sheets
    assert is_usable(check(sheets)) is (path.parent.name == "forms" and path.stem in USABLE)


USABLE = {
    "good_eats_multilang",
    "groups_in_repeats",
    "photo_in_repeat",
    "pyxform_case_insensitivity",
    "pyxform_choice_filter",
    "pyxform_field_list",
    "pyxform_or_other",
    "pyxform_table_list",
    "pyxform_widgets",
    "pyxform_xlsform_spec_test",
    "pyxform_xml_escaping",
    "socio_economic_survey_en_fr",
    "tutorial_arabic_labels",
}
"""The others name files that are not beside them, or are broken."""


REFUSED = {
    "broken_duplicate_columns": {"column.duplicate"},
    "broken_group_not_closed": {"group.not_closed"},
    "broken_no_label": {"label.missing"},
    "odk_all_question_types": {"file.missing"},
    "pyxform_pulldata": {"file.missing"},
    "unhcr_rms_capi_v2": {"file.missing"},
}


@pytest.mark.parametrize("path", [path for path in FORMS if path.stem not in USABLE], ids=lambda path: path.stem)
def test_a_field_form_is_refused_for_the_right_reason(path: Path) -> None:
    issues = check(read_sheets(path))
    assert {issue.code for issue in issues if issue.severity == "error"} == REFUSED[path.stem]


COMPANIONS = {
    "odk_all_question_types": {
        "cities.geojson": b'{"type": "FeatureCollection", "features": [{"id": "a", "properties": {"title": "A"}}]}'
    },
    "pyxform_pulldata": {"fruits.csv": b"name_key,name\nmango,Mango\n"},
    "unhcr_rms_capi_v2": {"admin_level.csv": b"name,label,filter\na,A,KEN\n"},
}


@pytest.mark.parametrize("stem", COMPANIONS)
def test_a_field_form_is_usable_with_the_files_it_names(stem: str) -> None:
    path = next(path for path in FORMS if path.stem == stem)
    issues = check(read_sheets(path.read_bytes(), path.name, attachments=COMPANIONS[stem]))
    assert [issue for issue in issues if issue.severity == "error"] == []


@pytest.mark.parametrize("path", [path for path in FORMS if path.stem in USABLE], ids=lambda path: path.stem)
def test_a_usable_field_form_can_be_opened(path: Path) -> None:
    questionnaire = read_questionnaire(read_sheets(path))
    state = open_form(questionnaire, language=questionnaire.default_language, today=NOW.date(), now=NOW)
    repeats = questionnaire.repeats_of()
    for question in questionnaire.questions():
        if not repeats[question.name]:
            state.state(question.name)


def test_question_counts_agree_with_those_of_pyxform() -> None:
    expected = json.loads((SHARED / "field-data/01_xlsforms/expected_xlsforms.json").read_text(encoding="utf-8"))
    differing = {}
    for form in expected["forms"]:
        questionnaire, issues = read(read_sheets(SHARED / "field-data/01_xlsforms" / form["file"]))
        refused = {issue.row for issue in issues if issue.code in ("type.not_supported", "name.duplicate")}
        lost = len(refused - {question.row for question in questionnaire.questions()})
        read_questions = sum(question.kind not in UNASKED_KINDS for question in questionnaire.questions()) + lost
        if read_questions != form["visible_questions"]:
            differing[Path(form["file"]).stem] = (read_questions, form["visible_questions"])
    assert differing == {
        "pyxform_or_other": (3, 2),  # or_other adds a question of its own
        "pyxform_case_insensitivity": (2, 3),  # buildings of OpenStreetMap are not asked in a browser
        # The head of a grid, which shows the scale and is not answered, is no question here.
        "pyxform_widgets": (30, 32),
        "pyxform_xlsform_spec_test": (26, 27),
        # 392 rows less 54 of groups, 6 of repeats, 16 notes, 112 calculates, 3 metadata are 201; 2 heads of grids.
        "unhcr_rms_capi_v2": (199, 200),
    }


def test_the_consultation_of_the_demo_has_no_fault() -> None:
    issues = check(read_sheets(WAY_FORWARD))
    assert [(issue.severity, issue.code) for issue in issues] == [
        ("info", "type.not_collected"),
        ("info", "choice.missing_by_name"),  # dk is "Don't know"
        ("info", "choice.missing_by_name"),  # ns is "Prefer not to say"
        ("info", "setting.no_effect"),
    ]


def test_the_consultation_of_the_demo_reads_whole() -> None:
    questionnaire = read_questionnaire(read_sheets(WAY_FORWARD))
    assert sum(question.kind not in UNASKED_KINDS for question in questionnaire.questions()) == 71
    assert [group.name for group in questionnaire.sections()] == [f"s{number}" for number in range(9)]
    assert [group.name for group in questionnaire.batteries()] == ["m_prog", "m_serv", "m_part"]


def test_the_consultation_of_the_demo_can_be_answered() -> None:
    questionnaire = read_questionnaire(read_sheets(WAY_FORWARD))
    state = open_form(questionnaire, language="en", today=NOW.date(), now=NOW)
    assert [name for name, _ in state.all_issues()] == ["consent"]
    state.set("consent", "decline")
    assert state.all_issues() == ()
    state.set("consent", "agree")
    for name, answer in {
        "publish": "named",
        "org_name": "Example",
        "country": "KEN",
        "region": "ssa",
        "org_type": "nngo",
        "work_level": "national regional",
        "fields": "prev",
        "work_challenges": "c01",
        "ecosoc": "none",
        "prio_1": "c01",
        "part_done": "no",
        "finding": "One",
        "recommendation": "Two",
    }.items():
        state.set(name, answer)
    left = [(name, issue.code) for name, issue in state.all_issues()]
    assert left == []
    assert state.state("pos_africa").relevant
    assert not state.state("pos_ap").relevant
    assert "c01" not in [choice.name for choice in state.state("prio_2").choices]


def cases() -> list[Any]:
    if not EXPRESSIONS.is_file():
        return []
    found: list[Any] = json.loads(EXPRESSIONS.read_text(encoding="utf-8"))["cases"]
    return [pytest.param(case, id=case["id"]) for case in found if case["id"] not in EXCEPTIONS]


def result(text: str) -> Value:
    context = EvaluationContext(today=date(2026, 11, 23), now=NOW)
    return compile_expression(parse(text))(context)


@pytest.mark.parametrize("case", cases())
def test_expression_agrees_with_the_engines_of_the_field(case: Mapping[str, Any]) -> None:
    if case["type"] == "error":
        with pytest.raises(ExpressionError):
            result(case["expr"])
        return
    value, expected = result(case["expr"]), case["expected"]
    match case["type"]:
        case "boolean":
            assert to_boolean(value) is expected
        case "number" if expected == "NaN":
            assert math.isnan(to_number(value))
        case "number":
            assert to_number(value) == pytest.approx(float(expected), rel=1e-9, abs=1e-9)
        case "number-rounded":
            factor = case["round_factor"]
            assert round(to_number(value) * factor) / factor == expected
        case "regex":
            assert re.search(expected["regex"], to_text(value))
        case _:
            assert to_text(value) == expected


def test_no_exception_is_named_that_is_not_needed() -> None:
    known = {case["id"]: case for case in json.loads(EXPRESSIONS.read_text(encoding="utf-8"))["cases"]}
    assert set(EXCEPTIONS) <= set(known)
    assert len(known) - len(EXCEPTIONS) == len(cases())


@pytest.mark.parametrize("path", [path for path in FORMS if path.parent.name == "forms"], ids=lambda path: path.stem)
def test_every_form_of_the_field_can_be_previewed(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text("{}", encoding="utf-8")
    assert main(["preview", str(path), "--answers", str(answers), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["questions"]
