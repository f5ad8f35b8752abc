"""The engines start, take answers, and agree on forms and on the expressions that everybody uses."""

import pytest

from tests.oracles.comparing import alike, shown
from tests.oracles.differences import DIFFERENCES
from tests.oracles.engines import NAMES, Engine, FormRefused, Given, Observed, Refused, form_from_markdown
from tests.oracles.expressions import ANSWERS, LISTED

pytestmark = pytest.mark.long

HOUSEHOLD_TABLE = """
| survey |
|  | type | name | label | relevant | constraint | required | calculation | choice_filter |
|  | select_one yesno | here | Here? |  |  |  |  |  |
|  | integer | size | Size? | ${here} = 'yes' | . > 0 and . < 30 | true() |  |  |
|  | select_one country | country | Where? |  |  |  |  |  |
|  | select_one city | city | City? |  |  |  |  | country=${country} |
|  | begin_repeat | member | Member |  |  |  |  |  |
|  | text | called | Name? |  |  |  |  |  |
|  | integer | age | Age? |  | . < 150 |  |  |  |
|  | text | school | School? | ${age} < 18 |  | ${age} > 5 |  |  |
|  | calculate | place |  |  |  |  | position(..) |  |
|  | begin_repeat | pet | Pet |  |  |  |  |  |
|  | text | sort | Sort? |  |  |  |  |  |
|  | end_repeat |  |  |  |  |  |  |  |
|  | end_repeat |  |  |  |  |  |  |  |
|  | calculate | total |  |  |  |  | sum(${age}) |  |
|  | calculate | people |  |  |  |  | count(${member}) |  |
|  | calculate | second |  |  |  |  | indexed-repeat(${called}, ${member}, 2) |  |
| choices |
|  | list_name | name | label | country |
|  | yesno | yes | Yes |  |
|  | yesno | no | No |  |
|  | country | ke | Kenya |  |
|  | country | pe | Peru |  |
|  | city | nbo | Nairobi | ke |
|  | city | mba | Mombasa | ke |
|  | city | lim | Lima | pe |
"""
HOUSEHOLD = form_from_markdown(HOUSEHOLD_TABLE)


def observed(value: str = "", **changed: object) -> Observed:
    """A question that is relevant and optional, with a valid answer when it has one."""
    plain = {"relevant": True, "required": False, "valid": True if value else None, "choices": None}
    return Observed(value=value, **{**plain, **changed})  # type: ignore[arg-type]  # each test names its own


def test_an_engine_says_what_it_sees_at_the_beginning(each_engine: Engine) -> None:
    seen = each_engine.values(HOUSEHOLD)
    assert list(seen)[:9] == [
        "/data/here",
        "/data/size",
        "/data/country",
        "/data/city",
        "/data/member[1]/called",
        "/data/member[1]/age",
        "/data/member[1]/school",
        "/data/member[1]/place",
        "/data/member[1]/pet[1]/sort",
    ]
    assert seen["/data/here"] == observed(choices=("yes", "no"))
    assert seen["/data/size"].relevant is False
    assert seen["/data/city"] == observed(choices=())


def test_relevance_constraints_and_offered_choices_follow_the_answers(each_engine: Engine) -> None:
    seen = each_engine.values(
        HOUSEHOLD, [("/data/here", "yes"), ("/data/size", "31"), ("/data/country", "ke"), ("/data/city", "mba")]
    )
    assert seen["/data/size"] == observed("31", required=True, valid=False)
    assert seen["/data/city"] == observed("mba", choices=("nbo", "mba"))
    back = each_engine.values(HOUSEHOLD, [("/data/here", "yes"), ("/data/size", "3"), ("/data/here", "no")])
    assert (back["/data/size"].value, back["/data/size"].relevant) == ("", False)


def test_instances_of_a_repeat_are_added_answered_and_removed(each_engine: Engine) -> None:
    steps = [
        ("/data/member[2]/called", "Bo"),
        ("/data/member[2]/age", "9"),
        ("/data/member[1]/called", "Ada"),
        ("/data/member[1]/age", "40"),
        ("/data/member[2]/pet[2]/sort", "cat"),
    ]
    seen = each_engine.values(HOUSEHOLD, steps)
    assert seen["/data/member[1]/school"].relevant is False
    assert seen["/data/member[2]/school"] == observed(required=True)
    assert [seen[f"/data/member[{number}]/place"].value for number in (1, 2)] == ["1", "2"]
    assert seen["/data/member[2]/pet[2]/sort"] == observed("cat")
    assert [seen[f"/data/{name}"].value for name in ("total", "people", "second")] == ["49", "2", "Bo"]
    fewer = each_engine.values(HOUSEHOLD, [*steps, ("/data/member", "1")])
    assert [fewer[f"/data/{name}"].value for name in ("total", "people", "second")] == ["40", "1", ""]
    assert "/data/member[2]/age" not in fewer


def test_a_step_to_nowhere_is_refused(each_engine: Engine) -> None:
    with pytest.raises(FormRefused):
        each_engine.values(HOUSEHOLD, [("/data/nowhere", "1")])


def test_a_refused_expression_spoils_no_other_one(each_engine: Engine) -> None:
    found = each_engine.evaluate(["1 + 1", "frobnicate(1)", "${x} * 2", "3 3", "'end'"], [Given("x", "integer", "4")])
    assert [each if isinstance(each, str) else Refused for each in found] == ["2", Refused, "8", Refused, "end"]


def test_the_engines_agree_on_common_expressions_but_for_the_known_ones(engines: dict[str, Engine]) -> None:
    results = {name: engines[name].evaluate(LISTED, ANSWERS) for name in NAMES}
    apart = []
    for number, expression in enumerate(LISTED):
        row = [results[name][number] for name in NAMES]
        if not all(alike(row[0], each) for each in row) and expression not in DIFFERENCES:
            apart.append((expression, *map(shown, row)))
    assert len(LISTED) >= 60
    assert apart == []
