"""`python -m analysis groups`: what the demonstration and a consultation with two camps say."""

import json
from collections.abc import Callable

import pytest

from analysis import opinions
from analysis.__main__ import main
from analysis.disclosure import Audience
from data.settings import Settings
from data.store import Store
from survey.access import OPERATOR
from survey.demo import SLUG
from tests.analysis.batteries import two_camps_published
from tests.small import NOW


@pytest.fixture
def run(
    demo_store: Store,
    environment: Callable[[Settings], None],
    demo_settings: Settings,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., str]:
    """Runs a command on the demonstration and gives what it printed."""
    environment(demo_settings)

    def act(*arguments: str) -> str:
        assert main(list(arguments)) == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        return captured.out

    return act


def test_the_demonstration_has_one_group_of_opinion_and_says_why(run: Callable[..., str]) -> None:
    told = run("groups", SLUG, "m_part")
    assert "One group of opinion: no division is clearer than what chance makes of shuffled answers" in told
    assert "Fictional data" in told
    assert "Un seul groupe d’opinion" in run("groups", SLUG, "m_part", "--language", "fr")
    document = json.loads(run("groups", SLUG, "m_part", "--json"))
    assert (document["verdict"], document["groups"], document["points"]) == ("one_group", [], [])
    assert document["audience"] == "meeting"


def test_a_question_that_is_no_battery_is_an_error(
    demo_store: Store,
    environment: Callable[[Settings], None],
    demo_settings: Settings,
    capsys: pytest.CaptureFixture[str],
) -> None:
    environment(demo_settings)
    assert main(["groups", SLUG, "region"]) == 1
    assert "There is no question region." in capsys.readouterr().err


def test_two_camps_are_found_by_command_and_computed_once(
    store: Store,
    environment: Callable[[Settings], None],
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    two_camps_published(store)
    environment(settings)
    assert main(["groups", "views", "views", "--audience", "internal"]) == 0
    told = capsys.readouterr().out
    assert "Groups of opinion: 2" in told
    assert "What sets Group 1" in told
    assert "– Agree: group 1" in told
    assert "As of" in told

    def asked(audience: Audience, language: str) -> int:
        found = opinions.opinions(
            store, "views", "views", actor=OPERATOR, audience=audience, language=language, now=NOW
        )
        return len(found.groups)

    asked(Audience.INTERNAL, "en")
    monkeypatch.setattr(opinions, "divide", lambda *_: pytest.fail("computed twice"))
    assert asked(Audience.MEETING, "ar") == asked(Audience.PUBLIC, "en") == 2
