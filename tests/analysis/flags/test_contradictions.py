"""Rules are expressions of the questionnaire; what they cannot read is refused, what they cannot compute is no flag."""

from datetime import UTC, datetime

import pytest

from analysis.flags.contradictions import contradictions, none_and_others, require_rule
from data.errors import InvalidInput
from tests.analysis.consultations import dataset, responses
from tests.small import refused

AT = datetime(2026, 9, 15, 12, tzinfo=UTC)
KNOWN = frozenset(("fields", "staff", "led", "since"))


def broken(expression: str, *answers: dict[str, object]) -> list[int]:
    found = contradictions("r", expression, [(key, AT, each) for key, each in enumerate(answers)])  # type: ignore[misc]
    return [each.response_id for each in found]


def test_a_rule_is_broken_where_its_expression_is_true() -> None:
    rule = "${led} = 'no' and ${staff} > 20"
    assert broken(rule, {"led": "no", "staff": 21}, {"led": "no", "staff": 20}, {"led": "yes", "staff": 99}, {}) == [0]
    assert broken(
        "selected(${fields}, 'none') and ${staff} != ''", {"fields": ("none",), "staff": 0}, {"staff": 3}
    ) == [0]


def test_a_rule_about_dates_is_judged_on_the_day_of_sending() -> None:
    assert broken("date(${since}) > today()", {"since": "2026-09-16"}, {"since": "2026-09-15"}) == [0]


def test_what_cannot_be_computed_is_no_contradiction() -> None:
    assert broken("regex(${led}, '(')", {"led": "no"}) == []


@pytest.mark.parametrize(("expression", "names"), [("${nobody} = 1", "nobody"), ("staff > 1", "staff"), ("1 = 1", "–")])
def test_a_rule_reads_questions_and_nothing_else(expression: str, names: str) -> None:
    require_rule("${staff} > 1", KNOWN)
    with refused(InvalidInput, "review.rule_names") as caught:
        require_rule(expression, KNOWN)
    assert caught.value.params == {"names": names}
    with pytest.raises(InvalidInput):
        require_rule("${staff} >", KNOWN)


def test_none_of_these_beside_others_is_a_contradiction() -> None:
    data = dataset(responses({"fields": ("none", "prev")}, {"fields": ("none",)}, {"fields": ("prev", "care")}))
    found = none_and_others(data)
    assert [(each.response_id, each.rule, each.question) for each in found] == [
        (data.respondents[0].response_id, "", "fields")
    ]
