"""The state of a form: relevance, requirement, constraints, calculations, choice filters, submission."""

# ruff: noqa: E501 - forms stand here as Markdown tables

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyxform.utils import default_is_dynamic

from data.errors import InvalidInput
from survey.logic.compiled_form import compile_form, is_dynamic
from survey.logic.form_state import FormState, Issue, open_form
from survey.questionnaire import Answer, Kind, Text
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import from_markdown

FORM = """
| survey |
| | type                    | name     | label          | required     | relevant            | constraint           | constraint_message | calculation        | choice_filter              | default |
| | begin group             | about    | About you      |              |                     |                      |                    |                    |                            |         |
| | select_one yn           | works    | Do you work?   | yes          |                     |                      |                    |                    |                            |         |
| | integer                 | age      | Age            | ${works}='y' |                     | . >= 18              | Adults only        |                    |                            |         |
| | end group               |          |                |              |                     |                      |                    |                    |                            |         |
| | begin group             | job      | Work           |              | ${works} = 'y'      |                      |                    |                    |                            |         |
| | text                    | title    | Job title      | yes          |                     |                      |                    |                    |                            |         |
| | begin group             | inner    | More           |              | ${title} != ''      |                      |                    |                    |                            |         |
| | decimal                 | hours    | Hours          |              |                     |                      |                    |                    |                            | 40      |
| | end group               |          |                |              |                     |                      |                    |                    |                            |         |
| | end group               |          |                |              |                     |                      |                    |                    |                            |         |
| | calculate               | yearly   |                |              |                     |                      |                    | ${weekly} * 52     |                            |         |
| | calculate               | weekly   |                |              |                     |                      |                    | coalesce(${hours}, 0) |                         |         |
| | select_one region       | region   | Region         |              |                     |                      |                    |                    |                            |         |
| | select_one town         | town     | Town           |              |                     |                      |                    |                    | region = ${region}         |         |
| | rank fruit              | best     | Rank           |              |                     |                      |                    |                    |                            |         |
| | select_multiple fruit   | likes    | Likes          |              |                     | count-selected(.) < 3 |                   |                    | name != 'none' or true()   |         |
| | range                   | sure     | How sure?      |              |                     |                      |                    |                    |                            |         |
| | note                    | thanks   | Thank you, ${title} (${region}) | |                    |                      |                    |                    |                            |         |
| choices |
| | list_name | name  | label  | region |
| | yn        | y     | Yes    |        |
| | yn        | n     | No     |        |
| | region    | north | North  |        |
| | region    | south | South  |        |
| | town      | a     | A-town | north  |
| | town      | b     | B-town | south  |
| | fruit     | apple | Apple  |        |
| | fruit     | pear  | Pear   |        |
| | fruit     | plum  | Plum   |        |
"""


def opened(form: str = FORM, answers: Mapping[str, Answer] | None = None, **more: str) -> FormState:
    questionnaire = read_questionnaire(from_markdown(form))
    now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    return open_form(questionnaire, answers, language="en", today=date(2026, 11, 23), now=now, **more)


def codes(state: FormState) -> list[tuple[str, str]]:
    return [(name, issue.code) for name, issue in state.all_issues()]


def small(rows: str, choices: str = "") -> str:
    header = "| | type | name | label | relevant | calculation | default | trigger | parameters |"
    return f"| survey |\n{header}\n{rows}\n| choices |\n| | list_name | name | label |\n{choices}"


def test_a_new_form_asks_for_what_is_required() -> None:
    assert codes(opened()) == [("works", "answer.required")]


ALONE = """
| survey |
| | type                 | name    | label | constraint                                           | constraint_message |
| | select_multiple kind | kinds   | Kinds |                                                      |                    |
| | select_multiple kind | told    | Told  | not(selected(., 'none') and count-selected(.) > 1)   | Not with none      |
| | select_multiple kind | few     | Few   | count-selected(.) < 3                                | Two at most        |
| | rank kind            | order   | Order |                                                      |                    |
| | select_multiple land | lands   | Lands |                                                      |                    |
| choices |
| | list_name | name  | label      | missing | exclusive |
| | kind      | a     | Anna       |         |           |
| | kind      | b     | Berta      |         |           |
| | kind      | dk    | Don't know |         |           |
| | kind      | none  | None       |         |           |
| | kind      | all   | All        |         | yes       |
| | kind      | ref   | Reference  | answer  |           |
| | kind      | x     | Refused    | refused |           |
| | kind      | y     | No opinion | refused | No        |
| | land      | na    | Namibia    |         |           |
| | land      | de    | Germany    |         |           |
| | land      | fr    | France     |         |           |
| | land      | at    | Austria    |         |           |
"""


@pytest.mark.parametrize(
    ("question", "answer", "alone"),
    [
        ("kinds", "a b", ""),
        ("kinds", "dk", ""),
        ("kinds", "none", ""),
        ("kinds", "a dk", "dk"),
        ("kinds", "none a", "none"),
        ("kinds", "b all", "all"),
        ("kinds", "none dk", "none"),
        ("kinds", "a x", "x"),
        ("kinds", "a ref", ""),
        ("kinds", "a y", ""),
        ("order", "a dk", ""),
        ("lands", "na de", ""),
    ],
)
def test_choices_with_which_no_other_goes_stand_alone(question: str, answer: str, alone: str) -> None:
    state = opened(ALONE)
    state.set(question, answer)
    expected = (Issue(code="answer.exclusive", params={"choice": alone}),) if alone else ()
    assert state.state(question).issues == expected
    assert tuple(issue for _key, issue in state.all_issues()) == expected


def test_the_authors_own_constraint_comes_before_what_stands_alone() -> None:
    state = opened(ALONE)
    for question, answer, codes_told in (
        ("told", "a none", ["answer.constraint"]),
        ("told", "a dk", ["answer.exclusive"]),
        ("few", "a b dk", ["answer.constraint"]),
        ("few", "a dk", ["answer.exclusive"]),
        ("told", "a b zz dk", ["answer.not_a_choice", "answer.exclusive"]),
    ):
        state.set(question, answer)
        assert [issue.code for issue in state.state(question).issues] == codes_told, answer


def test_requirement_may_be_an_expression() -> None:
    state = opened()
    state.set("works", "y")
    assert state.state("age").required
    state.set("works", "n")
    assert not state.state("age").required


def test_relevance_of_a_group_is_inherited() -> None:
    state = opened()
    assert not state.group_relevant("job")
    assert not state.state("title").relevant
    state.set("works", "y")
    assert state.group_relevant("job")
    assert not state.group_relevant("inner")
    state.set("title", "Nurse")
    assert state.state("hours").relevant
    state.set("works", "n")
    assert not state.state("hours").relevant


def test_an_irrelevant_answer_is_kept_reads_as_empty_and_is_not_sent() -> None:
    state = opened(answers={"works": "y", "title": "Nurse", "hours": 10})
    assert state.submission()["yearly"] == 520
    state.set("works", "n")
    assert state.answers["hours"] == 10
    assert state.submission() == {"works": "n", "weekly": 0, "yearly": 0}
    state.set("works", "y")
    assert state.state("hours").value == 10
    assert state.submission()["yearly"] == 520


def test_calculations_follow_dependency_not_row_order() -> None:
    state = opened(answers={"works": "y", "title": "Nurse"})
    state.set("hours", "37,5")
    assert state.state("yearly").value == 1950


def test_defaults_fill_a_new_response_only() -> None:
    assert opened().answers["hours"] == 40
    assert "hours" not in opened(answers={"works": "y"}).answers


def test_a_dynamic_default_is_computed() -> None:
    state = opened(small("| | date | day | Day | | | today() | |"))
    assert state.state("day").value == "2026-11-23"


def test_constraint_is_not_evaluated_on_an_empty_answer() -> None:
    state = opened(answers={"works": "n"})
    assert codes(state) == []
    state.set("age", 17)
    assert state.state("age").issues == (Issue(code="answer.constraint", message=Text({"en": "Adults only"})),)
    state.set("age", None)
    assert codes(state) == []


def test_a_choice_no_longer_offered_is_an_issue_and_is_not_sent() -> None:
    state = opened(answers={"works": "n", "region": "north", "town": "a"})
    assert [choice.name for choice in state.state("town").choices] == ["a"]
    state.set("region", "south")
    assert state.state("town").issues == (Issue(code="answer.not_a_choice", params={"choice": "a"}),)
    assert "town" not in state.submission()
    assert state.answers["town"] == "a"


def test_rank_may_be_partial_but_not_repeated() -> None:
    state = opened(answers={"works": "n"})
    state.set("best", ("pear", "apple"))
    assert codes(state) == []
    state.set("best", "pear pear")
    assert codes(state) == [("best", "answer.duplicate_choice")]
    assert "best" not in state.submission()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("0", "answer.below_minimum"),
        ("11", "answer.above_maximum"),
        ("2.5", "answer.off_step"),
        ("x", "answer.not_a_number"),
    ],
)
def test_range_has_limits_and_steps(answer: str, code: str) -> None:
    state = opened(answers={"works": "n"})
    state.set("sure", answer)
    assert codes(state) == [("sure", code)]


def test_an_answer_of_the_wrong_shape_is_kept_but_reads_as_empty() -> None:
    state = opened(answers={"works": "y", "title": "Nurse"})
    state.set("hours", "many")
    assert state.answers["hours"] == "many"
    assert state.state("yearly").value == 0
    state.set("hours", 1)
    assert state.state("hours").issues == ()


@pytest.mark.parametrize("name", ["nobody", "thanks", "weekly"])
def test_what_is_not_asked_cannot_be_answered(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"answer\.not_askable"):
        opened().set(name, "x")


def test_issues_of_a_section_are_those_of_its_questions() -> None:
    state = opened(answers={"works": "y"})
    assert [name for name, _ in state.section_issues("about")] == ["age"]
    assert [name for name, _ in state.section_issues("job")] == ["title"]
    assert state.section_issues("_yearly") == ()
    with pytest.raises(KeyError):
        state.section_issues("nowhere")


def test_words_show_answers_and_labels_of_choices() -> None:
    state = opened(answers={"works": "y", "title": "Nurse", "region": "north"})
    assert state.words(Text({"en": "Thank you, ${title} (${region})"})) == "Thank you, Nurse (North)"
    assert state.words(Text({"en": "You are **${title}**, _${best}_."})) == "You are **Nurse**, ."


def test_a_trigger_computes_only_when_its_question_changes() -> None:
    rows = "| | text | a | A | | | | | |\n| | text | b | B | | | | | |\n| | calculate | both | | | concat(${a}, ${b}) | | ${a} | |"
    state = opened(small(rows))
    state.set("b", "2")
    assert "both" not in state.answers
    state.set("a", "1")
    assert state.answers["both"] == "12"
    state.set("b", "3")
    assert state.answers["both"] == "12"


TRIGGERS = """
| survey |
| | type      | name    | label | calculation                   | trigger |
| | text      | a       | A     |                               |         |
| | text      | b       | B     | concat(${a}, '-b')            | ${a}    |
| | text      | c       | C     | concat(${b}, '-c')            | ${b}    |
| | text      | emptied | E     |                               | ${a}    |
| | calculate | twice   |       | concat(${a}, ${a})            |         |
| | text      | late    | L     | ${twice}                      | ${a}    |
| | integer   | n       | N     | coalesce(${n}, 0) + 1         | ${a}    |
| | text      | ping    | P     | concat(${pong}, 'x')          | ${pong} |
| | text      | pong    | Q     | concat(${ping}, 'y')          | ${ping} |
"""


def test_a_trigger_runs_on_and_clears_what_has_no_calculation() -> None:
    """As JavaRosa and ODK Web Forms do."""
    state = opened(TRIGGERS)
    state.set("emptied", "dd")
    state.set("a", "1")
    assert state.answers == {"a": "1", "b": "1-b", "c": "1-b-c", "late": "11", "n": 1, "twice": "11"}


def test_the_same_answer_again_triggers_nothing() -> None:
    state = opened(TRIGGERS)
    state.set("a", "1")
    state.set("b", "own")
    state.set("a", "1")
    assert (state.answers["n"], state.answers["b"], state.answers["c"]) == (1, "own", "own-c")
    state.set("a", " 1 ")
    assert state.answers["n"] == 1


def test_triggers_in_a_circle_come_to_an_end() -> None:
    state = opened(TRIGGERS)
    state.set("ping", "1")
    assert (state.answers["ping"], state.answers["pong"]) == ("1", "1y")


def test_a_read_only_question_takes_no_answer() -> None:
    form = """
    | survey |
    | | type | name   | label | read_only    | default |
    | | text | fixed  | F     | yes          | fixed   |
    | | text | locked | L     | ${done} = 'y' |        |
    | | text | done   | D     |              |         |
    """
    state = opened(form)
    state.set("fixed", "fixed")
    state.set("locked", "typed")
    state.set("done", "y")
    for key, answer in (("fixed", "forged"), ("fixed", None), ("locked", "changed")):
        with pytest.raises(InvalidInput, match=r"answer.read_only"):
            state.set(key, answer)
    assert state.submission() == {"fixed": "fixed", "locked": "typed", "done": "y"}
    state.set("fixed", "known", typed=False)
    assert state.answers["fixed"] == "known"


@pytest.mark.parametrize(
    ("kind", "default", "answer"),
    [
        ("integer", "2 * 3", 6),
        ("text", "1 + 1", "2"),
        ("decimal", "10 div 4", 2.5),
        ("date", "today() - 7", "2026-11-16"),
        ("date", "2026-01-31", "2026-01-31"),
        ("decimal", "log10(100)", 2),
        ("text", "base64-decode('aGk=')", "hi"),
        ("text", "male (adult)", "male (adult)"),
        ("text", "see (below) and (above)", "see (below) and (above)"),
        ("geopoint", "-1.5 36 0 0", "-1.5 36 0 0"),
    ],
)
def test_a_default_is_an_expression_where_pyxform_says_so(kind: str, default: str, answer: Answer) -> None:
    assert opened(small(f"| | {kind} | a | A | | | {default} | | |")).answers == {"a": answer}


@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "b-c",
                "2",
                "-3",
                ".5",
                "(",
                ")",
                "f(",
                " ",
                " - ",
                "-",
                "+",
                "*",
                " div ",
                " mod ",
                "'",
                '"',
                "|",
                "2026-01-31",
                "12:30:00",
                "T",
                "/",
                "é",
                "$",
                "}",
                "[",
                ",",
                ":",
            ]
        )
    ),
    st.sampled_from(["text", "date", "dateTime", "geopoint", "integer"]),
)
def test_what_is_dynamic_is_what_pyxform_takes_for_it(parts: list[str], kind: str) -> None:
    default = "".join(parts)
    assert is_dynamic(default, Kind(kind.lower())) == default_is_dynamic(default, kind)


@pytest.mark.parametrize("column", ["default", "calculation"])
def test_days_become_the_date_that_is_asked_for(column: str) -> None:
    cells = {"default": "| | today() + 1 |", "calculation": "| today() + 1 | |"}[column]
    assert opened(small(f"| | date | a | A | {cells} | |")).answers == {"a": "2026-11-24"}


def test_once_keeps_the_first_value() -> None:
    form = small("| | text | a | A | | | | | |\n| | calculate | first | | | once(${a}) | | | |")
    state = opened(form)
    state.set("a", "early")
    state.set("a", "late")
    assert state.answers["first"] == "early"
    assert opened(form, answers=state.answers).answers["first"] == "early"


def test_random_stays_the_same_within_a_response() -> None:
    form = small("| | text | a | A | | | | | |\n| | calculate | luck | | | random() | | | |")
    assert opened(form, seed="r1").answers["luck"] == opened(form, seed="r1").answers["luck"]
    assert opened(form, seed="r1").answers["luck"] != opened(form, seed="r2").answers["luck"]


def test_choices_are_shuffled_when_the_form_says_so() -> None:
    choices = "\n".join(f"| | l | c{number} | C{number} |" for number in range(9))
    form = small("| | select_one l | a | A | | | | | randomize=true |", choices)
    names = [choice.name for choice in opened(form, seed="r1").state("a").choices]
    assert names != sorted(names) == [f"c{number}" for number in range(9)]


def test_metadata_comes_from_outside() -> None:
    form = small("| | start | begun | | | | | | |\n| | deviceid | device | | | | | | |\n| | text | a | A | | | | | |")
    questionnaire = read_questionnaire(from_markdown(form))
    now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    state = open_form(questionnaire, language="en", today=now.date(), now=now, metadata={"deviceid": "d1"})
    assert state.submission() == {"begun": "2026-11-23T09:30:00.000+00:00", "device": "d1"}


@pytest.mark.parametrize(
    "rows",
    [
        "| | calculate | a | | | ${b} + 1 | | | |\n| | calculate | b | | | ${a} + 1 | | | |",
        "| | text | a | A | ${a} = 'x' | | | | |",
        "| | begin group | g | G | ${a} = 'x' | | | | |\n| | text | a | A | | | | | |\n| | end group | | | | | | | |",
    ],
)
def test_a_circle_is_refused_at_load(rows: str) -> None:
    with pytest.raises(InvalidInput, match=r"questionnaire\.cycle"):
        opened(small(rows))


@pytest.mark.parametrize(
    ("relevant", "code"),
    [
        ("${nobody} = 1", "questionnaire.unknown_reference"),
        ("a = 1", "questionnaire.expression"),
        ("(", "questionnaire.expression"),
    ],
)
def test_an_expression_without_meaning_is_refused_at_load(relevant: str, code: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(code)):
        opened(small(f"| | text | a | A | {relevant} | | | | |"))


_ANSWERS: dict[str, list[Answer | None]] = {
    "works": [None, "y", "n"],
    "age": [None, 17, 18, "x"],
    "title": [None, "Nurse"],
    "hours": [None, 1.5, 40],
    "region": [None, "north", "south"],
    "town": [None, "a", "b"],
    "likes": [None, ("apple",), ("apple", "pear", "plum")],
    "sure": [None, 1, 11],
}
_STEPS = st.lists(
    st.sampled_from(sorted(_ANSWERS)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(_ANSWERS[name]))),
    max_size=12,
)
_COMPILED = compile_form(read_questionnaire(from_markdown(FORM)))


@given(_STEPS)
def test_step_by_step_gives_the_same_as_all_at_once(steps: list[tuple[str, Answer | None]]) -> None:
    now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    state = open_form(_COMPILED, {"works": "n"}, language="en", today=now.date(), now=now)
    for name, answer in steps:
        state.set(name, answer)
    again = open_form(_COMPILED, state.answers, language="en", today=now.date(), now=now)
    assert again.submission() == state.submission()
    assert again.all_issues() == state.all_issues()


# Found by the fuzz: what is kept must be judged alike when the response is opened again.


@pytest.mark.parametrize(
    ("key", "given", "kept", "code"),
    [
        ("works", ["y", "n"], "y n", "answer.not_a_choice"),
        ("age", [1, "a"], "1 a", "answer.not_a_number"),
        ("age", "1\x002\ud800x", "12x", "answer.not_a_number"),
        ("age", {"a": 1}, None, "answer.not_text"),
        ("title", ["y", "y"], None, "answer.not_text"),
    ],
)
def test_an_answer_of_the_wrong_shape_is_kept_only_as_something_that_is_refused_again(
    key: str, given: object, kept: Answer | None, code: str
) -> None:
    state = opened()
    state.set("works", "y")
    state.set(key, given)
    assert (state.answers.get(key), [issue.code for issue in state.state(key).issues]) == (kept, [code])
    again = opened(answers=state.answers)
    assert again.submission() == state.submission()
    if kept is not None:
        assert again.state(key).issues == state.state(key).issues


def test_a_default_that_is_too_long_is_a_fault_and_not_the_end_of_the_form() -> None:
    state = opened("| survey |\n| | type | name | label | default |\n| | text | a | A | " + "x" * 30_000 + " |\n")
    assert [issue.code for issue in state.state("a").issues] == ["answer.too_long"]
    assert state.submission() == {}


def test_what_a_trigger_computes_takes_the_place_of_a_refused_answer() -> None:
    state = opened(
        "| survey |\n| | type | name | label | calculation | trigger |\n| | integer | a | A | | |\n"
        "| | integer | b | B | ${a} + 1 | ${a} |\n"
    )
    state.set("b", "x")
    state.set("a", 1)
    assert state.submission() == {"a": 1, "b": 2}


@pytest.mark.parametrize("wanted", [True, (), b"2", {"a": 1}, float("nan"), "x", 10**400, -1])
def test_nothing_but_a_number_tells_how_many_instances_there_are(wanted: object) -> None:
    state = opened(
        "| survey |\n| | type | name | label |\n| | begin repeat | r | R |\n| | text | t | T |\n| | end repeat | | |\n"
    )
    with pytest.raises(InvalidInput, match=r"answer\.too_many_instances"):
        state.set("r", wanted)
    assert state.instances("r") == ("r[1]/",)


def test_a_moment_beyond_the_calendar_in_utc_has_no_date() -> None:
    state = opened(small("| | dateTime | d | D | |\n| | calculate | day | | date(${d}) |"))
    state.set("d", "0001-01-01T00:00:00+14:00")
    assert "day" not in state.answers


FILTERS = """
| survey |
| | type            | name  | label | relevant   | choice_filter |
| | select_one item | one   | One   |            |               |
| | select_one item | two   | Two   |            | name != ${one} and not(selected(${some}, name)) |
| | select_multiple item | some | Some |        |               |
| | text            | word  | Word  |            |               |
| | select_one item | typed | Typed |            | name != ${word} |
| | select_one item | dated | Dated |            | name != today() |
| | begin repeat    | again | Again |            |               |
| | select_one item | near  | Near  |            |               |
| | select_one item | far   | Far   |            | name != ${near} |
| | end repeat      |       |       |            |               |
| choices |
| | list_name | name | label |
| | item      | a    | A     |
| | item      | b    | B     |
| | item      | c    | C     |
"""


def test_a_filter_of_answers_by_choices_is_asked_once_for_the_same_answers() -> None:
    form = compile_form(read_questionnaire(from_markdown(FILTERS)))
    reads = {name: form.questions[name].filter_reads for name in ("two", "typed", "dated", "far")}
    assert reads == {"two": ("one", "some"), "typed": None, "dated": None, "far": None}
    now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

    def offered(**answers: Answer) -> list[str]:
        state = open_form(form, answers, language="en", today=now.date(), now=now)
        return [choice.name for choice in state.state("two").choices]

    assert offered(one="a") == offered(one="a", word="else") == ["b", "c"]
    assert list(form.offered) == [("two", ("a", ""))]
    assert offered(one="a", some=("b",)) == ["c"]
    assert offered() == ["a", "b", "c"]
    assert len(form.offered) == 3


def test_nobodys_own_text_is_remembered_with_what_filters_let_through() -> None:
    form = compile_form(read_questionnaire(from_markdown(FILTERS)))
    now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    for answers, wrong in (({"one": "a", "two": "own-text"}, True), ({"one": "b" * 1000, "two": "b"}, False)):
        state = open_form(form, answers, language="en", today=now.date(), now=now).state("two")
        assert bool(state.issues) is wrong
    assert list(form.offered) == [("two", ("a", ""))]
    assert not any("own-text" in str(key) for key in form.accepted)
    assert not any("bbb" in str(key) for key in (*form.accepted, *form.offered))
