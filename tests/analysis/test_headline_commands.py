"""`python -m analysis headlines`: what the questions of the demonstration say."""

import json
from collections.abc import Callable

import pytest

from analysis.__main__ import main
from data.settings import Settings
from data.store import Store
from survey.demo import SLUG


@pytest.fixture
def run(
    demo_store: Store,
    environment: Callable[[Settings], None],
    demo_settings: Settings,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., str]:
    """Runs the command on the demonstration and gives what it printed."""
    environment(demo_settings)

    def act(*arguments: str) -> str:
        assert main(["headlines", SLUG, *arguments]) == 0
        return capsys.readouterr().out

    return act


def test_every_question_of_which_something_can_be_said_is_told_with_its_sentence(run: Callable[..., str]) -> None:
    told = run().splitlines()
    asked = told.index("Has your organisation taken part in a policy process on drugs since 2019?")
    assert told[asked + 1] == "    Most respondents (69%, n = 461) chose “Yes”."
    assert told[-2] == "Fictional data: organisations and answers are invented."
    assert told[-1].startswith("Source: ")


def test_the_strongest_findings_are_told_with_their_claims_and_none_is_about_the_respondents(
    run: Callable[..., str],
) -> None:
    found = json.loads(run("--strongest", "5", "--language", "fr", "--json"))
    assert len(found) == 5
    assert not {each["question"] for each in found} & {"region", "org_type", "publish", "consent", "led_by"}
    told = found[0]["headline"].replace("\u00a0", " ")
    assert told == "La majorité des répondants (91 %, n = 377) ont choisi « Non »."
    (claim,) = found[0]["claims"]
    assert (claim["says"], claim["about"], claim["degree"]) == ("leads", ["no"], "most")


def test_fewer_than_one_finding_cannot_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["headlines", SLUG, "--strongest", "0"])
    assert "at least 1" in capsys.readouterr().err
