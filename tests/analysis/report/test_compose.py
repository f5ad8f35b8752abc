"""A report is composed once, and is a value."""

from datetime import datetime

import pytest

from analysis.disclosure import Audience
from analysis.report.compose import compose, part
from analysis.report.tree import Figure, Heading, Quotes, RecommendationPart, Report
from data.errors import InvalidInput
from tests.analysis import cards
from tests.analysis.cards import ENGLISH
from tests.analysis.report.test_powerpoint import FINDING, FINDING_CARD, RECOMMENDATION


def told(report: Report) -> list[str]:
    """Each part in a word or two."""
    names = []
    for each in report.parts:
        match each:
            case Heading():
                names.append(f"{each.level} {each.text}")
            case Figure():
                names.append(f"figure {each.spec.title}")
            case Quotes():
                names.append(f"quotes {each.title}")
            case RecommendationPart():
                names.append(f"recommendation {each.number}")
    return names


def test_findings_come_first_then_recommendations_then_cards_under_their_sections() -> None:
    shown = (cards.single(section="Work"), cards.text(section="Work"), cards.multiple(section="Views"))
    report = compose(
        shown,
        title="All",
        words=ENGLISH,
        findings=[(FINDING, FINDING_CARD)],
        recommendations=[RECOMMENDATION],
    )
    assert told(report) == [
        "1 Findings",
        "figure Two in three took part.",
        "1 Recommendations",
        "recommendation 2",
        "1 Work",
        "figure Most respondents (63%, n = 400) chose “Yes”.",
        "quotes What is the most positive development?",
        "1 Views",
        "figure Main fields of work",
    ]


def test_the_cover_tells_consultation_time_and_replies_and_the_report_its_state() -> None:
    report = compose([cards.single()], title="All", words=ENGLISH)
    assert report.cover == (
        "Civil society consultation: the way forward to 2029",
        "As of 23 November 2026, 19:05 UTC",
        "Replies: 400",
    )
    assert report.mark == "Fictional data: organisations and answers are invented."
    assert (report.as_of, report.internal) == (datetime.fromisoformat("2026-11-23T19:05:00+00:00"), "")
    assert '"consultation":"way-forward"' in report.provenance


def test_a_report_of_internal_figures_says_so_on_its_cover() -> None:
    report = compose([cards.single(audience=Audience.INTERNAL)], title="All", words=ENGLISH)
    assert report.cover[-1] == report.internal == "Internal figures: not for publication."


def test_a_question_without_answers_that_may_be_read_has_no_part() -> None:
    assert part(cards.text(quotes=()), ENGLISH) is None
    assert told(compose([cards.text(quotes=())], title="All", words=ENGLISH)) == []


def test_a_sentence_of_staff_becomes_the_title_and_the_question_moves_below() -> None:
    figure = part(cards.single(), ENGLISH, title="Two in three took part.", remark="Remarkable.")
    assert isinstance(figure, Figure)
    assert (figure.spec.title, figure.remark) == ("Two in three took part.", "Remarkable.")
    assert (figure.spec.question, figure.spec.measure) == (
        "Has your organisation taken part?",
        "% of those who answered",
    )


def test_a_report_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"report\.empty"):
        compose([], title="x", words=ENGLISH, recommendations=[RECOMMENDATION])
