"""Which questions become variables, and what their codes mean."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from analysis.dataset.codebook import Cause, Variable, build_codebook
from data.errors import InvalidInput
from survey.questionnaire import Choice, Group, Kind, Language, Question, Questionnaire, Text
from tests.analysis.consultations import ROLES, small_questionnaire

CODEBOOK = build_codebook(small_questionnaire(), ROLES)


def test_every_question_with_answers_is_a_variable_in_questionnaire_order() -> None:
    assert [variable.name for variable in CODEBOOK.variables] == [
        *("publish", "org", "region", "fields", "other", "g1", "g2", "led", "order", "hope", "staff", "budget", "read"),
        *("proof", "since", "wish", "language", "late"),
    ]


def test_contact_questions_are_never_variables() -> None:
    with pytest.raises(KeyError):
        CODEBOOK.variable("email")


def test_a_misspelt_contact_question_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        build_codebook(small_questionnaire(), {"contact": "e_mail"})
    assert caught.value.code == "codebook.unknown_role_question"
    assert caught.value.params == {"question": "e_mail"}


def test_missing_choices_are_known_by_their_name() -> None:
    assert CODEBOOK.variable("g1").missing == {"dk": Cause.DONT_KNOW}
    assert CODEBOOK.variable("led").missing == {"ns": Cause.REFUSED}
    assert [code.name for code in CODEBOOK.variable("g1").codes] == ["1", "2", "3", "4", "5"]


def test_not_applicable_is_an_answer_where_it_is_declared_one() -> None:
    assert CODEBOOK.variable("region").missing == {}
    assert [code.name for code in CODEBOOK.variable("region").codes] == ["n", "s", "na"]


@pytest.mark.parametrize("kind", [Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK])
def test_a_choice_is_no_answer_by_its_name_or_by_its_declaration(kind: Kind) -> None:
    declared = {
        "a": "",
        "na": "",
        "dont_know": " ",
        "ref": "Answer",
        "77": "Don't know",
        "88": "not applicable",
        "x": "?",
    }
    found = _listed(kind, declared)
    assert found.missing == {
        "na": Cause.NOT_APPLICABLE,
        "dont_know": Cause.DONT_KNOW,
        "77": Cause.DONT_KNOW,
        "88": Cause.NOT_APPLICABLE,
    }
    assert [code.name for code in found.codes] == ["a", "ref", "x"]
    assert found.causes == (Cause.NOT_ASKED, Cause.SKIPPED, Cause.NOT_APPLICABLE, Cause.DONT_KNOW)


@pytest.mark.parametrize("codes", ["ao bw cd km ls mg mw mu mz na sc sz tz za zm zw", "dk fi is se", "na za bw zm"])
def test_among_codes_with_two_letters_a_name_says_nothing(codes: str) -> None:
    countries = dict.fromkeys(codes.split(), "")
    assert _listed(Kind.SELECT_ONE, countries).missing == {}
    assert _listed(Kind.SELECT_ONE, {**countries, "refused": ""}).missing == {"refused": Cause.REFUSED}
    assert _listed(Kind.SELECT_ONE, {**countries, "ns": "refused"}).missing == {"ns": Cause.REFUSED}


@pytest.mark.parametrize("others", ["n s", "si no", "yes no un", "si no dk ns", "a1 b2 c3", "si no 77"])
def test_beside_few_names_of_two_letters_na_says_so(others: str) -> None:
    found = _listed(Kind.SELECT_ONE, dict.fromkeys((*others.split(), "na"), "") | {"xx": "refused"})
    assert found.missing["na"] is Cause.NOT_APPLICABLE


def test_a_variable_knows_its_section_and_its_battery() -> None:
    item = CODEBOOK.variable("g2")
    assert (item.section, item.section_label.in_language("fr"), item.battery) == ("s2", "Votre avis", "grid")


def test_a_battery_has_its_items_and_its_scale_without_the_missing_choices() -> None:
    battery = CODEBOOK.battery("grid")
    assert battery.items == ("g1", "g2")
    assert [code.name for code in battery.scale] == ["1", "2", "3", "4", "5"]


def test_the_organisation_question_is_identifying() -> None:
    assert [variable.name for variable in CODEBOOK.variables if variable.identifying] == ["org"]


def test_pseudo_variables_offer_the_languages_and_lateness() -> None:
    assert [code.name for code in CODEBOOK.variable("language").codes] == ["en", "fr"]
    assert [code.name for code in CODEBOOK.variable("late").codes] == ["on_time", "late"]


def test_a_question_named_language_takes_the_place_of_the_pseudo_variable() -> None:
    question = Question(name="language", kind=Kind.TEXT, label=Text({"en": "Which language?"}))
    assert build_codebook(_form(question), {}).variable("language").kind is Kind.TEXT


def test_of_a_repeat_there_is_how_many_and_not_what_stands_inside() -> None:
    inner = Group(name="inner", repeats=True, children=(Question(name="deep", kind=Kind.TEXT),))
    label = Text({"en": "Project", "fr": "Projet"})
    repeat = Group(name="r", label=label, repeats=True, children=(Question(name="inside", kind=Kind.TEXT), inner))
    codebook = build_codebook(_form(Group(name="s", children=(repeat, Question(name="after", kind=Kind.TEXT)))), {})
    assert [variable.name for variable in codebook.variables] == ["after", "r", "language", "late"]
    counted = codebook.variable("r")
    assert (counted.kind, counted.section) == (Kind.INTEGER, "s")
    assert counted.label.by_tag == {"en": "Project (how many)", "fr": "Projet (combien)"}


def _listed(kind: Kind, declared: Mapping[str, str]) -> Variable:
    """The variable of a question over these choices with what is declared of each."""
    choices = tuple(Choice(name=name, label=Text(), attributes={"missing": said}) for name, said in declared.items())
    form = replace(_form(Question(name="q", kind=kind, list_name="l")), choice_lists={"l": choices})
    return build_codebook(form, {}).variable("q")


def _form(*children: Group | Question) -> Questionnaire:
    return Questionnaire(
        title="T",
        form_id="t",
        version="1",
        languages=(Language(tag="en", name="English"),),
        default_language="en",
        children=children,
        choice_lists={},
    )
