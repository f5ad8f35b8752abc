"""Which questions are about the respondents."""

from collections.abc import Mapping

import pytest

from analysis.dataset.codebook import Codebook, Variable
from analysis.findings.profile import profile_questions
from survey.questionnaire import Kind, Text

NO_WORDS = Text({})


def codebook(roles: Mapping[str, str], *asked: tuple[str, str]) -> Codebook:
    variables = tuple(Variable(name=name, kind=Kind.TEXT, label=NO_WORDS, section=section) for name, section in asked)
    return Codebook(variables=variables, batteries=(), roles=roles, default_language="en")


@pytest.mark.parametrize(
    ("asked", "profile"),
    [
        (
            (("consent", "start"), ("terms", "start"), ("region", "you"), ("size", "you"), ("view", "views")),
            {"consent", "region", "size"},
        ),
        ((("view", "views"), ("region", "you"), ("size", "you")), {"region", "size"}),
        ((("region", "all"), ("view", "all")), {"region"}),
        ((("region", ""), ("view", "")), {"region"}),
        ((("view", "views"),), set()),
    ],
)
def test_sections_that_ask_who_answers_are_no_findings(asked: tuple[tuple[str, str], ...], profile: set[str]) -> None:
    assert profile_questions(codebook({"region": "region", "consent": "consent"}, *asked)) == profile
