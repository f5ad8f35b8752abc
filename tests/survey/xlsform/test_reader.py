"""From rows to a questionnaire."""

# ruff: noqa: E501 - forms stand here as Markdown tables

import pytest

from data.errors import InvalidInput
from survey.questionnaire import Choice, Group, Kind, Language, Question, Questionnaire, Text
from survey.xlsform.question_types import question_type_of, structure_of
from survey.xlsform.reader import parameters_of, read, read_questionnaire
from survey.xlsform.sheets import from_markdown


def questionnaire(text: str) -> Questionnaire:
    return read_questionnaire(from_markdown(text))


def test_a_whole_form_becomes_a_questionnaire() -> None:
    read_form = questionnaire("""
        | survey |
        | | type | name | label::English (en) | label::Français (fr) | required | relevant | appearance | parameters | hint::English (en) |
        | | begin group | g | Group | Groupe | | | field-list | | |
        | | select_one yn | a | Agree? | D'accord ? | yes | FALSE | likert quick | randomize=true, seed = 7 | Think |
        | | end_group | | | | | | | | |
        | | integer | n | Number | Nombre | | ${a} = 'y' | | | |
        | choices |
        | | list name | name | label::English (en) | label::Français (fr) | region |
        | | yn | y | Yes | Oui | north |
        | settings |
        | | form_title | form_id | version | default_language |
        | | My form | my_form | 3 | French |
        """)
    assert read_form == Questionnaire(
        title="My form",
        form_id="my_form",
        version="3",
        languages=(Language(tag="en", name="English"), Language(tag="fr", name="Français")),
        default_language="fr",
        children=(
            Group(
                name="g",
                label=Text({"en": "Group", "fr": "Groupe"}),
                appearance=("field-list",),
                row=2,
                children=(
                    Question(
                        name="a",
                        kind=Kind.SELECT_ONE,
                        label=Text({"en": "Agree?", "fr": "D'accord ?"}),
                        hint=Text({"en": "Think"}),
                        list_name="yn",
                        required="true()",
                        relevant="false()",
                        appearance=("likert", "quick"),
                        parameters={"randomize": "true", "seed": "7"},
                        row=3,
                    ),
                ),
            ),
            Question(
                name="n",
                kind=Kind.INTEGER,
                label=Text({"en": "Number", "fr": "Nombre"}),
                relevant="${a} = 'y'",
                row=5,
            ),
        ),
        choice_lists={
            "yn": (Choice(name="y", label=Text({"en": "Yes", "fr": "Oui"}), attributes={"region": "north"}),)
        },
    )


def test_default_language_is_found_by_tag_and_by_name() -> None:
    for written in ("fr", "Français", "Français (fr)", "FR"):
        form = f"| survey |\n| | type | name | label::English (en) | label::Français (fr) |\n| | text | a | A | A |\n| settings |\n| | default_language |\n| | {written} |"
        assert questionnaire(form).default_language == "fr"


def test_words_without_language_belong_to_the_default_one() -> None:
    form = "| survey |\n| | type | name | label | label::French (fr) |\n| | text | a | A | Un |\n| settings |\n| | default_language |\n| | English (en) |"
    read_form = questionnaire(form)
    assert read_form.question("a").label == Text({"en": "A", "fr": "Un"})
    assert [language.tag for language in read_form.languages] == ["en", "fr"]


def test_a_form_without_languages_is_taken_as_english() -> None:
    read_form = questionnaire("| survey |\n| | type | name | label |\n| | text | a | A |")
    assert read_form.languages == (Language(tag="en", name="English"),)
    assert read_form.question("a").label == Text({"en": "A"})


def test_or_other_adds_a_choice_and_a_question_in_the_forms_languages() -> None:
    read_form = questionnaire("""
        | survey |
        | | type | name | label::Русский (ru) | label::Deutsch (de) |
        | | select_one f or_other | a | А | A |
        | choices |
        | | list_name | name | label::Русский (ru) | label::Deutsch (de) |
        | | f | x | Икс | X |
        """)
    assert read_form.choice_lists["f"][-1] == Choice(name="other", label=Text({"ru": "Другое", "de": "Other"}))
    assert read_form.question("a_other").relevant == "selected(${a}, 'other')"
    assert read_form.question("a_other").kind is Kind.TEXT


def test_choice_duplicates_are_kept_when_the_settings_allow_them() -> None:
    form = "| survey |\n| | type | name | label |\n| | select_one f | a | A |\n| choices |\n| | list_name | name | label | r |\n| | f | x | X | 1 |\n| | f | x | X | 2 |\n"
    assert read(from_markdown(form))[1][0].code == "choice.duplicate"
    allowed = f"{form}| settings |\n| | allow_choice_duplicates |\n| | yes |"
    assert len(questionnaire(allowed).choice_lists["f"]) == 2


def test_disabled_rows_and_comments_are_left_out() -> None:
    form = "| survey |\n| | type | name | label | disabled |\n| | text | a | A | |\n| | text | b | B | yes |\n| | # text | c | C | |"
    assert [question.name for question in questionnaire(form).questions()] == ["a"]


@pytest.mark.parametrize(
    ("cell", "kind", "list_name", "or_other"),
    [
        ("Select_One  yn", Kind.SELECT_ONE, "yn", False),
        ("select one from yn", Kind.SELECT_ONE, "yn", False),
        ("select1 yn", Kind.SELECT_ONE, "yn", False),
        ("select all that apply from yn or_other", Kind.SELECT_MULTIPLE, "yn", True),
        ("select_multiple yn or specify other", Kind.SELECT_MULTIPLE, "yn", True),
        ("rank yn", Kind.RANK, "yn", False),
        ("int", Kind.INTEGER, "", False),
        ("dateTime", Kind.DATETIME, "", False),
        ("string", Kind.TEXT, "", False),
        ("trigger", Kind.ACKNOWLEDGE, "", False),
        ("photo", Kind.IMAGE, "", False),
        ("phone number", Kind.TEXT, "", False),
        ("add date prompt", Kind.DATE, "", False),
        ("today", Kind.METADATA, "", False),
        ("colour", None, "", False),
        ("select_one_from_file a.csv", Kind.SELECT_ONE, "a.csv", False),
    ],
)
def test_every_spelling_of_a_type_is_understood(cell: str, kind: Kind | None, list_name: str, or_other: bool) -> None:
    meaning = question_type_of(cell)
    assert (meaning.kind, meaning.list_name, meaning.or_other) == (kind, list_name, or_other)


@pytest.mark.parametrize(
    ("cell", "structure"),
    [("begin_group", "begin group"), ("End Group", "end group"), ("begin  repeat", "begin repeat"), ("text", None)],
)
def test_brackets_of_groups_are_understood(cell: str, structure: str | None) -> None:
    assert structure_of(cell) == structure


def test_parameters_are_read_in_any_spacing() -> None:
    assert parameters_of("Start=1 end = 5,step=0.5;x") == {"start": "1", "end": "5", "step": "0.5"}


def test_an_invalid_form_is_refused_with_its_issues() -> None:
    with pytest.raises(InvalidInput) as caught:
        questionnaire("| survey |\n| | type | name | label |\n| | colour | a | A |")
    assert caught.value.code == "questionnaire.invalid"
    assert [issue.code for issue in caught.value.params["issues"]] == ["type.unknown"]  # type: ignore[attr-defined]
