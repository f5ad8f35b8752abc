"""Repeats: instances, references into and out of them, paths, counts, what is kept and what is sent."""

# ruff: noqa: E501 - forms stand here as Markdown tables

import math
import operator
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvalidInput
from survey.logic.compiled_form import compile_form
from survey.logic.expression import ExpressionError
from survey.logic.form_nodes import CellNode
from survey.logic.form_state import MAX_ALL_INSTANCES, MAX_INSTANCES, FormState, open_form
from survey.logic.instances import name_of, prefix_of, split
from survey.logic.values import Scalar, compares, equal, unequal
from survey.questionnaire import Answer, Text
from survey.xlsform.reader import read
from survey.xlsform.sheets import from_markdown
from tests.effort import calls

FORM = """
| survey |
| | type                 | name      | label            | relevant       | constraint        | calculation                         | default | choice_filter  | repeat_count |
| | text                 | head      | Head             |                |                   |                                     |         |                |              |
| | begin repeat         | member    | Member           |                |                   |                                     |         |                |              |
| | text                 | name      | Name             |                |                   |                                     |         |                |              |
| | integer              | age       | Age              |                | . >= 0            |                                     | 30      |                |              |
| | text                 | school    | School           | ${age} < 18    |                   |                                     |         |                |              |
| | calculate            | place     |                  |                |                   | position(..)                        |         |                |              |
| | calculate            | greeting  |                  |                |                   | concat(${head}, '/', ${name})       |         |                |              |
| | begin repeat         | pet       | Pet              | ${age} > 5     |                   |                                     |         |                |              |
| | text                 | petname   | Name             |                |                   |                                     |         |                |              |
| | calculate            | owner     |                  |                |                   | ${name}                             |         |                |              |
| | end repeat           |           |                  |                |                   |                                     |         |                |              |
| | calculate            | pets      |                  |                |                   | count(${pet})                       |         |                |              |
| | end repeat           |           |                  |                |                   |                                     |         |                |              |
| | calculate            | members   |                  |                |                   | count(${member})                    |         |                |              |
| | calculate            | total     |                  |                |                   | sum(${age})                         |         |                |              |
| | calculate            | oldest    |                  |                |                   | max(/data/member/age)               |         |                |              |
| | calculate            | names     |                  |                |                   | join(', ', ${name})                 |         |                |              |
| | calculate            | adults    |                  |                |                   | count(/data/member[age >= 18])      |         |                |              |
| | calculate            | second    |                  |                |                   | indexed-repeat(${name}, ${member}, 2) |       |                |              |
| | calculate            | allpets   |                  |                |                   | count(${petname})                   |         |                |              |
| | integer              | wanted    | How many?        |                |                   |                                     |         |                |              |
| | begin repeat         | project   | Project          |                |                   |                                     |         |                | ${wanted}    |
| | text                 | title     | Title            |                |                   |                                     |         |                |              |
| | end repeat           |           |                  |                |                   |                                     |         |                |              |
"""


def opened(form: str = FORM, answers: Mapping[str, Answer] | None = None) -> FormState:
    questionnaire = read(from_markdown(form))[0]
    now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    return open_form(questionnaire, answers, language="en", today=date(2026, 11, 23), now=now)


def family() -> FormState:
    state = opened()
    state.set("head", "Ana")
    for prefix, name, age in (("member[1]/", "Ben", 40), (state.add_instance("member"), "Cem", 7)):
        state.set(f"{prefix}name", name)
        state.set(f"{prefix}age", age)
    state.set(f"{state.add_instance('member')}name", "Dan")
    return state


def value(state: FormState, key: str) -> Answer | None:
    return state.answers.get(key)


@pytest.mark.parametrize(
    ("key", "name", "around"),
    [
        ("age", "age", ()),
        ("member[2]/age", "age", (("member", 2),)),
        ("member[2]/pet[10]/petname", "petname", (("member", 2), ("pet", 10))),
        ("member[1]/about/age", "about/age", (("member", 1),)),
    ],
)
def test_a_key_tells_name_and_instances(key: str, name: str, around: tuple[tuple[str, int], ...]) -> None:
    assert split(key) == (name, around)
    assert name_of(key) == name
    assert prefix_of(tuple(r for r, _ in around), tuple(n for _, n in around)) + name == key


def test_a_new_form_has_one_instance_with_its_defaults() -> None:
    state = opened()
    assert state.instances("member") == ("member[1]/",)
    assert value(state, "member[1]/age") == 30
    assert state.instances("project") == ()


def test_aggregates_read_every_instance() -> None:
    state = family()
    assert value(state, "members") == 3
    assert value(state, "total") == 77
    assert value(state, "oldest") == 40
    assert value(state, "names") == "Ben, Cem, Dan"
    assert value(state, "adults") == 2
    assert value(state, "second") == "Cem"


def test_inside_an_instance_a_reference_means_the_same_instance() -> None:
    state = family()
    assert [state.state(f"member[{n}]/school").relevant for n in (1, 2, 3)] == [False, True, False]
    assert value(state, "member[2]/greeting") == "Ana/Cem"
    assert value(state, "member[3]/place") == 3
    state.set("head", "Eva")
    assert value(state, "member[3]/greeting") == "Eva/Dan"


def test_a_change_of_one_instance_leaves_the_others() -> None:
    state = family()
    state.set("member[1]/age", 10)
    assert [state.state(f"member[{n}]/school").relevant for n in (1, 2, 3)] == [True, True, False]
    assert value(state, "total") == 47


def test_repeats_inside_repeats() -> None:
    state = family()
    prefix = state.add_instance("member[2]/pet")
    state.set(f"{prefix}petname", "Rex")
    assert prefix == "member[2]/pet[2]/"
    assert value(state, "member[2]/pets") == 2
    assert value(state, "member[1]/pets") == 1
    assert value(state, f"{prefix}owner") == "Cem"
    state.set("member[2]/age", 3)
    assert not state.group_relevant("member[2]/pet")
    assert value(state, "allpets") == 2  # one each of the two other members
    assert not any(key.startswith("member[2]/pet[") for key in state.submission())
    assert value(state, "member[2]/pet[2]/petname") == "Rex"


def test_removing_an_instance_moves_the_later_ones_up() -> None:
    state = family()
    state.set(f"{state.add_instance('member[3]/pet')}petname", "Zoe")
    state.remove_instance("member", 2)
    assert value(state, "names") == "Ben, Dan"
    assert value(state, "member[2]/pet[2]/petname") == "Zoe"
    assert value(state, "member[2]/pets") == 2
    assert value(state, "member[2]/pet[2]/owner") == "Dan"
    assert value(state, "member[2]/place") == 2
    assert not any(key.startswith("member[3]") for key in state.answers)
    state.remove_instance("member", 1)
    state.remove_instance("member", 1)
    assert (value(state, "members"), value(state, "total")) == (0, 0)


def test_a_counted_repeat_follows_its_count_and_keeps_what_was_written() -> None:
    state = opened()
    state.set("wanted", 2)
    state.set("project[2]/title", "Two")
    state.set("wanted", 1)
    assert "project[2]/title" not in state.submission()
    with pytest.raises(InvalidInput, match=r"answer.not_askable"):
        state.set("project[2]/title", "x")
    state.set("wanted", 3)
    assert state.instances("project") == ("project[1]/", "project[2]/", "project[3]/")
    assert state.submission()["project"] == 3
    assert value(state, "project[2]/title") == "Two"
    with pytest.raises(InvalidInput, match=r"answer.not_askable"):
        state.add_instance("project")
    state.set("wanted", 100_000)
    assert len(state.instances("project")) == MAX_INSTANCES


def test_a_number_that_asks_for_too_many_instances_is_a_fault_of_its_question() -> None:
    state = opened()
    state.set("wanted", 201)
    assert [(issue.code, issue.params) for issue in state.state("wanted").issues] == [
        ("answer.too_many_instances", {"limit": MAX_INSTANCES})
    ]
    state.set("wanted", 200)
    assert not state.state("wanted").issues


NESTED = """
| survey |
| | type         | name | label | repeat_count | default |
| | integer      | n    | N     |              |         |
| | integer      | m    | M     |              |         |
| | begin repeat | r    | R     | ${n}         |         |
| | begin repeat | s    | S     | ${n}         |         |
| | begin repeat | t    | T     | ${n}         |         |
| | text         | u    | U     |              | x       |
| | end repeat   |      |       |              |         |
| | end repeat   |      |       |              |         |
| | end repeat   |      |       |              |         |
| | begin repeat | v    | V     | ${m}         |         |
| | text         | w    | W     |              | x       |
| | end repeat   |      |       |              |         |
| | begin repeat | free | Free  |              |         |
| | text         | x    | X     |              |         |
| | end repeat   |      |       |              |         |
"""


def test_repeats_inside_repeats_cannot_multiply_without_end() -> None:
    state = opened(NESTED)
    assert calls(lambda: (state.set("n", 200), state.set("m", 5))) < 10_000_000
    counts = [answer for key, answer in state.answers.items() if name_of(key) in ("r", "s", "t", "v", "free")]
    assert sum(int(str(count)) for count in counts) == MAX_ALL_INSTANCES
    assert [(key, issue.code) for key, issue in state.all_issues()] == [
        ("n", "answer.too_many_instances"),
        ("m", "answer.too_many_instances"),
    ]
    assert state.most_instances("free") == state.answers["free"]
    with pytest.raises(InvalidInput, match=r"answer.too_many_instances"):
        state.add_instance("free")


def test_what_was_cut_grows_again_once_there_is_room() -> None:
    state = opened(NESTED)
    state.set("n", 200)
    state.set("m", 5)
    state.set("n", 2)
    assert not state.all_issues()
    assert state.instances("v") == tuple(f"v[{number}]/" for number in range(1, 6))
    assert value(state, "v[5]/w") == "x"
    assert value(state, "r[2]/s[2]/t[2]/u") == "x"
    assert opened(NESTED, answers=state.answers).answers == state.answers


@pytest.mark.parametrize("count", [-1, 1.5, "many", MAX_INSTANCES + 1])
def test_impossible_counts_are_refused(count: object) -> None:
    with pytest.raises(InvalidInput, match=r"answer.too_many_instances"):
        opened().set("member", count)


def test_what_is_sent_holds_every_instance_and_opens_again() -> None:
    state = family()
    sent = state.submission()
    assert sent["member"] == 3
    assert (sent["member[2]/name"], sent["member[2]/age"]) == ("Cem", 7)
    again = opened(answers=state.answers)
    assert again.answers == state.answers
    assert again.submission() == sent


def test_answers_without_a_count_tell_it() -> None:
    state = opened(answers={"head": "Ana", "member[3]/name": "Dan"})
    assert len(state.instances("member")) == 3
    assert "member[2]/age" not in state.answers  # a default belongs to a new instance


def test_issues_name_the_instance() -> None:
    state = family()
    state.set("member[2]/age", -4)
    assert [(key, issue.code) for key, issue in state.all_issues()] == [("member[2]/age", "answer.constraint")]


def test_words_speak_of_their_instance() -> None:
    state = family()
    assert state.words(Text({"en": "Hello ${name} of ${head}"}), "member[2]/") == "Hello Cem of Ana"
    assert state.words(Text({"en": "Hello ${name}"})) == "Hello Ben, Cem, Dan"


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("count(/data/member)", "", 3.0),
        ("/data/member[2]/name", "", "Cem"),
        ("/data/member[name = 'Dan']/age", "", 30.0),
        ("/data/member[position() = last()]/name", "", "Dan"),
        ("../name", "member[2]/age", "Cem"),
        ("../../head", "member[2]/age", "Ana"),
        ("position(..)", "member[3]/age", 3.0),
        ("sum(../../member[position() < position(current()/..)]/age)", "member[3]/age", 47.0),
        ("count(../../member[age > current()])", "member[2]/age", 2.0),
        ("count-non-empty(${age})", "", 3.0),
        ("count-non-empty(${school})", "", 0.0),
        ("indexed-repeat(${name}, ${member}, position(..) - 1)", "member[3]/age", "Cem"),
        ("indexed-repeat(${name}, ${member}, ${wanted})", "", "Ben"),
        ("indexed-repeat(${name}, ${member}, 9)", "", ""),
        ("${age} = 7", "", True),  # one of them is
        ("${age} != 7", "", True),  # another is not
        ("${age} > 100", "", False),
        ("min(${age})", "", 7.0),
        ("concat(${name})", "", "BenCemDan"),
        ("string(${name})", "", "Ben"),
        ("count(/data/head | /data/member/name | /data/head)", "", 4.0),
        ("count(/data/member/*)", "", 19.0),
        ("boolean(/data/member[age > 100])", "", False),
        ("(/data/member/name)[2]", "", "Cem"),
        ("${age}[. > 20]", "", 40.0),
        (". + 1", "member[2]/age", 8.0),
        ("count(${pet})", "member[2]/age", 1.0),
        ("count(../pet)", "member[2]/age", 1.0),
        ("position(/data/member[3])", "", 3.0),
    ],
)
def test_paths(text: str, key: str, expected: object) -> None:
    assert family().evaluate(text, key) == expected


@pytest.mark.parametrize(
    ("calculation", "code"),
    [
        ("/data/nothing", "questionnaire.expression"),
        ("../member/nothing", "questionnaire.expression"),
        ("/other/head", "questionnaire.expression"),
        ("${bad}", "questionnaire.cycle"),
        ("sum(/data/r/x) + ${bad}", "questionnaire.cycle"),
    ],
)
def test_wrong_paths_and_cycles_are_found_when_a_form_is_loaded(calculation: str, code: str) -> None:
    form = f"| survey |\n| | type | name | label | calculation |\n| | text | head | H | |\n| | begin repeat | r | R | |\n| | text | x | X | |\n| | end repeat | | | |\n| | calculate | bad | | {calculation} |"
    with pytest.raises(InvalidInput) as caught:
        compile_form(read(from_markdown(form))[0])
    assert caught.value.code == code


def test_predicates_in_predicates_come_to_an_end() -> None:
    choices = "\n".join(f"| | big | c{n} | C{n} |" for n in range(600))
    form = f"| survey |\n| | type | name | label |\n| | select_one big | q | Q |\n| choices |\n| | list_name | name | label |\n{choices}"
    state = opened(form)
    with pytest.raises(ExpressionError, match=r"expression.too_many_steps"):
        state.evaluate("count(instance('big')/root/item[count(instance('big')/root/item[label != name]) > 0])")


LISTS = """
| survey |
| | type            | name   | label  | choice_filter                                   | parameters              | calculation                                               |
| | select_one land | land   | Land   |                                                 |                         |                                                           |
| | begin repeat    | visit  | Visit  |                                                 |                         |                                                           |
| | select_one land | where  | Where  | name != ${land} and continent = 'x'             |                         |                                                           |
| | select_one land | after  | After  | name = instance('land')/root/item[1]/name or name = current()/../where | |                                                    |
| | end repeat      |        |        |                                                 |                         |                                                           |
| | select_one land | order  | Order  |                                                 | randomize=true seed=42  |                                                           |
| | calculate       | looked |        |                                                 |                         | instance('land')/root/item[name = ${land}]/continent      |
| | calculate       | said   |        |                                                 |                         | jr:itext(instance('land')/root/item[name = ${land}]/itextId) |
| | calculate       | label  |        |                                                 |                         | jr:choice-name(${land}, '${land}')                        |
| choices |
| | list_name | name | label   | continent |
| | land      | a    | A-land  | x         |
| | land      | b    | B-land  | x         |
| | land      | c    | C-land  | y         |
"""


def test_lists_are_read_by_instance_and_filters_see_their_own_instance() -> None:
    state = opened(LISTS)
    state.set("land", "b")
    assert [value(state, name) for name in ("looked", "said", "label")] == ["x", "B-land", "B-land"]
    state.add_instance("visit")
    state.set("visit[2]/where", "a")
    assert [choice.name for choice in state.state("visit[1]/where").choices] == ["a"]
    assert [choice.name for choice in state.state("visit[2]/after").choices] == ["a"]
    state.set("visit[1]/where", "c")
    assert [choice.name for choice in state.state("visit[1]/after").choices] == ["a", "c"]


def test_a_seed_shuffles_as_every_tool_does() -> None:
    first = [choice.name for choice in opened(LISTS).state("order").choices]
    assert first == [choice.name for choice in opened(LISTS).state("order").choices]
    assert sorted(first) == ["a", "b", "c"]


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(["member", "member[1]/pet", "member[2]/pet"]), st.none()),
        st.tuples(st.just("remove"), st.sampled_from(["member", "member[1]/pet"]), st.integers(0, 4)),
        st.tuples(
            st.just("set"),
            st.sampled_from(
                [
                    "head",
                    "wanted",
                    "member[1]/age",
                    "member[2]/age",
                    "member[2]/name",
                    "project[1]/title",
                    "member[1]/pet[1]/petname",
                ]
            ),
            st.one_of(st.none(), st.integers(-3, 60), st.text(max_size=3)),
        ),
    ),
    max_size=25,
)


@given(OPERATIONS)
def test_whatever_happens_opening_it_again_gives_the_same(operations: list[tuple[str, str, object]]) -> None:
    state = opened()
    for what, key, argument in operations:
        try:
            if what == "add":
                state.add_instance(key)
            elif what == "remove":
                state.remove_instance(key, int(str(argument)))
            else:
                state.set(key, argument)
        except InvalidInput:
            continue
    again = opened(answers=state.answers or {"head": "x"})
    if state.answers:
        assert again.submission() == state.submission()
        assert again.all_issues() == state.all_issues()


MANY = """
| survey |
| | type         | name  | label | calculation                                  | repeat_count |
| | begin repeat | r     | R     |                                              | 200          |
| | begin repeat | s     | S     |                                              | 9            |
| | calculate    | t     |       | concat('t', position(..), '-', position(../..)) |           |
| | calculate    | u     |       | concat('u', position(..), '-', position(../..)) |           |
| | calculate    | n     |       | position(..)                                 |              |
| | end repeat   |       |       |                                              |              |
| | end repeat   |       |       |                                              |              |
| | calculate    | same  |       | ${t} = ${u}                                  |              |
| | calculate    | other |       | ${t} != ${t}                                 |              |
| | calculate    | less  |       | ${n} < ${n}                                  |              |
"""


def test_many_nodes_are_compared_with_many_soon() -> None:
    state = opened(MANY)
    assert (state.answers["same"], state.answers["other"], state.answers["less"]) == ("false", "true", "true")
    half = MANY.replace("| 200 ", "| 100 ")
    assert calls(lambda: opened(MANY)) < 3 * calls(lambda: opened(half)), "the square of it would be four times"


@given(
    st.lists(st.sampled_from(["1", "01", "a", "", 1.0, 2.0, math.nan]), max_size=4),
    st.lists(st.sampled_from(["1", "01", "a", "", 1.0, 2.0, math.nan]), max_size=4),
)
def test_nodes_compare_when_one_of_them_does(left: list[Scalar], right: list[Scalar]) -> None:
    ours, theirs = (tuple(CellNode(each, None) for each in values) for values in (left, right))  # type: ignore[arg-type]
    pairs = [(one, other) for one in left for other in right]
    assert equal(ours, theirs) is any(equal(*pair) for pair in pairs)
    assert unequal(ours, theirs) is any(not equal(*pair) for pair in pairs)
    for holds in (operator.lt, operator.le, operator.gt, operator.ge):
        assert compares(holds)(ours, theirs) is any(compares(holds)(*pair) for pair in pairs)


def test_an_indexed_repeat_names_a_repeat_around_its_question() -> None:
    state = opened()
    for text in (
        "indexed-repeat(${name}, ${name}, 1)",
        "indexed-repeat(${name}, ${nope}, 1)",
        "indexed-repeat(${name}, ${pet}, 1)",
    ):
        with pytest.raises(ExpressionError, match=r"expression\.indexed_repeat"):
            state.evaluate(text)


def test_what_one_change_computes_has_an_end() -> None:
    form = """
    | survey |
    | | type         | name | label | calculation                            | repeat_count |
    | | integer      | n    | N     |                                        |              |
    | | begin repeat | r    | R     |                                        | ${n}         |
    | | calculate    | x    |       | count(/data/r[count(/data/r) > ${n} - 1]) |           |
    | | end repeat   |      |       |                                        |              |
    """
    state = opened(form)
    state.set("n", 200)
    assert state.answers["r[1]/x"] == 200
    assert "r[200]/x" not in state.answers
    state.set("n", 20)
    assert state.answers["r[20]/x"] == 20
