"""Findings are frozen when they are kept; recommendations rest on them, in the order that staff gave."""

from datetime import UTC, datetime

import pytest

from analysis import meetings, recommendations, review
from analysis.charts.spec import Form
from analysis.disclosure import SUPPRESSED, Audience
from analysis.findings import frozen
from analysis.opened_data import Filters
from analysis.recommendations import STATEMENT_LIMIT, TEXT_LIMIT
from data.errors import Conflict, InvalidInput, NotFound
from data.store import Store
from survey import responses, saving
from survey.access import OPERATOR, Actor
from survey.demo import SLUG as DEMO
from tests.small import NOW, REPORT_WRITER, SECRETARIAT, SLUG, publish, refused, send

LATER = datetime(2026, 9, 20, tzinfo=UTC)


@pytest.fixture
def replied(small: Store) -> Store:
    """The small consultation with six replies: five from the south, one from the north."""
    for number in range(6):
        send(
            small,
            org_name=f"Organisation {number}",
            region="n" if number == 0 else "s",
            publish=("no", "anon", "named")[number % 3],
            recommendation=f"Recommendation {number}",
            rec_challenge="c1" if number < 4 else "c2",
            action_local=f"Action {number}",
        )
    return small


def keep(store: Store, statement: str = "Most are southern.", question: str = "region", **changes: object) -> int:
    values: dict[str, object] = {"filters": Filters(), "actor": SECRETARIAT, "now": NOW}
    return recommendations.keep_finding(store, SLUG, question, statement, **{**values, **changes})  # type: ignore[arg-type]


def write(store: Store, text: str = "Fund services.", **changes: object) -> int:
    values: dict[str, object] = {
        "text": text,
        "addressee": "Member States",
        "level": "national",
        "challenge": "c1",
        "finding_ids": (),
        "answers": (),
        "actor": SECRETARIAT,
        "now": NOW,
    }
    slug = str(changes.pop("slug", SLUG))
    return recommendations.write_recommendation(store, slug, **{**values, **changes})  # type: ignore[arg-type]


def response_id(store: Store, organisation: str) -> int:
    with store.read() as kept:
        found = kept.responses(kept.consultation(SLUG).id)
    return next(each.id for each in found if each.submission["org_name"] == organisation)


def written(store: Store) -> tuple[recommendations.Recommendation, ...]:
    return recommendations.recommendations(store, SLUG, actor=SECRETARIAT, language="en")


def kept_findings(
    store: Store, actor: Actor = SECRETARIAT, language: str = "en"
) -> tuple[recommendations.KeptFinding, ...]:
    return recommendations.findings(store, SLUG, actor=actor, language=language)


def finding_ids(store: Store) -> list[int]:
    return [found.record.id for found in kept_findings(store)]


# findings


def test_a_finding_is_kept_with_the_numbers_a_meeting_may_see(replied: Store) -> None:
    key = keep(replied, "  Most are southern.  ", filters=Filters.of({"publish": ("named", "anon", "no")}))
    (found,) = kept_findings(replied, REPORT_WRITER)
    assert (found.record.id, found.record.statement, found.record.replies) == (key, "Most are southern.", 6)
    assert (found.record.created_at, found.record.created_by, found.record.filters) == (
        NOW,
        "Secretariat",
        {"publish": ("named", "anon", "no")},
    )
    expected = review.card(
        replied,
        SLUG,
        "region",
        actor=REPORT_WRITER,
        audience=Audience.MEETING,
        language="en",
        filters=Filters.of({"publish": ("named", "anon", "no")}),
        now=NOW,
    )
    assert found.card == expected
    # Few from the north, whom the five from the south would tell.
    assert {row.code: row.cell.count for row in found.card.rows} == {"n": SUPPRESSED, "s": SUPPRESSED}


def test_later_replies_do_not_change_a_kept_finding(replied: Store) -> None:
    keep(replied)
    (before,) = kept_findings(replied, SECRETARIAT)
    for number in range(5):
        send(replied, org_name=f"Later {number}", region="n", now=LATER)
    (after,) = kept_findings(replied, SECRETARIAT)
    assert after == before
    keep(replied, now=LATER)
    newest = kept_findings(replied, SECRETARIAT)[-1]
    assert (newest.record.replies, [row.cell.count for row in newest.card.rows]) == (11, [6, 5])


def test_a_kept_text_question_keeps_no_answers(replied: Store) -> None:
    keep(replied, question="recommendation")
    (found,) = kept_findings(replied, SECRETARIAT)
    assert (found.card.quotes, found.card.base.answered) == ((), 6)
    assert str(frozen.to_json(found.card)).count("Recommendation ") == 0


def test_a_finding_is_frozen_in_every_language_of_the_questionnaire(replied: Store) -> None:
    keep(replied)
    labels = [[row.label for row in kept_findings(replied, language=tag)[0].card.rows] for tag in ("en", "fr", "zh")]
    assert labels == [["North", "South"], ["Nord", "Sud"], ["North", "South"]]


@pytest.mark.parametrize(
    ("statement", "code"), [("", "finding.empty"), (" \n", "finding.empty"), ("x" * 501, "finding.too_long")]
)
def test_a_statement_has_bounds(replied: Store, statement: str, code: str) -> None:
    with refused(InvalidInput, code):
        keep(replied, statement)
    key = keep(replied, "x" * STATEMENT_LIMIT)
    with refused(InvalidInput, code):
        recommendations.reword_finding(replied, key, statement, revision=1, actor=SECRETARIAT, now=NOW)


def test_a_finding_rests_on_a_question_that_exists(replied: Store) -> None:
    with refused(NotFound, "card.unknown_question"):
        keep(replied, question="nothing")


def test_a_finding_is_reworded_unless_somebody_else_did(replied: Store) -> None:
    key = keep(replied)
    recommendations.reword_finding(replied, key, "Nearly all.", revision=1, actor=SECRETARIAT, now=LATER)
    with refused(Conflict, "record.changed_elsewhere"):
        recommendations.reword_finding(replied, key, "All.", revision=1, actor=SECRETARIAT, now=LATER)
    (found,) = kept_findings(replied, SECRETARIAT)
    assert (found.record.statement, found.record.revision, found.record.created_at) == ("Nearly all.", 2, NOW)


def test_a_dropped_finding_takes_its_links_along_and_leaves_a_trace(replied: Store) -> None:
    first, second = keep(replied, "One"), keep(replied, "Two")
    write(replied, finding_ids=(first, second))
    recommendations.drop_finding(replied, first, actor=SECRETARIAT, now=NOW)
    (found,) = written(replied)
    assert [finding.record.statement for finding in found.findings] == ["Two"]
    with replied.read() as kept:
        newest = kept.log()[0]
    assert (newest.action, newest.details) == ("finding.dropped", {"statement": "One"})
    with refused(NotFound, "finding.unknown"):
        recommendations.drop_finding(replied, first, actor=SECRETARIAT, now=NOW)


# recommendations


def test_a_recommendation_stands_with_what_is_behind_it(replied: Store) -> None:
    finding = keep(replied)
    answers = tuple((response_id(replied, f"Organisation {number}"), "recommendation") for number in (2, 1, 0))
    key = write(replied, finding_ids=(finding,), answers=answers)
    (found,) = written(replied)
    assert (found.record.id, found.record.text, found.record.level, found.challenge_label) == (
        key,
        "Fund services.",
        "national",
        "Health",
    )
    assert [kept.record.id for kept in found.findings] == [finding]
    assert [(each.response_id, each.quote.text if each.quote else None) for each in found.answers] == [
        (answers[0][0], "Recommendation 2"),
        (answers[1][0], "Recommendation 1"),
        (answers[2][0], "Recommendation 0"),
    ]


def test_a_report_writer_reads_linked_answers_as_their_authors_permit(replied: Store) -> None:
    answers = tuple((response_id(replied, f"Organisation {number}"), "recommendation") for number in (0, 1, 2))
    write(replied, answers=answers)
    (found,) = recommendations.recommendations(replied, SLUG, actor=REPORT_WRITER, language="fr")
    assert found.challenge_label == "Santé"
    assert [(each.quote.text, each.quote.attribution) if each.quote else None for each in found.answers] == [
        None,
        ("Recommendation 1", ""),
        ("Recommendation 2", "Organisation 2"),
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": " "}, "recommendation.empty"),
        ({"text": "x" * (TEXT_LIMIT + 1)}, "recommendation.too_long"),
        ({"level": "galactic"}, "recommendation.level"),
        ({"challenge": "c9"}, "recommendation.unknown_challenge"),
        ({"finding_ids": (77,)}, "finding.unknown_link"),
        ({"answers": ((77, "recommendation"),)}, "recommendation.unknown_answer"),
        ({"answers": ((1, "nothing"),)}, "recommendation.unknown_answer"),
        ({"answers": ((1, "contact_email"),)}, "recommendation.unknown_answer"),
    ],
)
def test_a_recommendation_that_cannot_stand_is_refused(replied: Store, changes: dict[str, object], code: str) -> None:
    with refused(InvalidInput, code):
        write(replied, **changes)
    assert written(replied) == ()


def test_links_do_not_cross_consultations(replied: Store) -> None:
    publish(replied, slug="other")
    send(replied, slug="other", org_name="Elsewhere")
    other = recommendations.keep_finding(
        replied, "other", "region", "There", filters=Filters(), actor=OPERATOR, now=NOW
    )
    with refused(InvalidInput, "finding.unknown_link"):
        write(replied, finding_ids=(other,))
    with replied.read() as kept:
        (elsewhere,) = kept.responses(kept.consultation("other").id)
    with refused(InvalidInput, "recommendation.unknown_answer"):
        write(replied, answers=((elsewhere.id, "finding"),))


def test_a_recommendation_is_changed_unless_somebody_else_did(replied: Store) -> None:
    key = write(replied, finding_ids=(keep(replied),))
    write(replied, "Fund them now.", level="local", challenge="", recommendation_id=key, revision=1, now=LATER)
    with refused(Conflict, "record.changed_elsewhere"):
        write(replied, "Too late.", recommendation_id=key, revision=1)
    (found,) = written(replied)
    assert (found.record.text, found.record.level, found.record.revision, found.challenge_label) == (
        "Fund them now.",
        "local",
        2,
        "",
    )
    assert (found.findings, found.record.created_at) == ((), NOW)


def test_a_recommendation_of_another_consultation_is_not_changed_from_here(replied: Store) -> None:
    publish(replied, slug="other")
    key = write(replied)
    with refused(NotFound, "recommendation.unknown"):
        recommendations.write_recommendation(
            replied,
            "other",
            text="Moved",
            addressee="",
            level="local",
            challenge="",
            finding_ids=(),
            answers=(),
            actor=SECRETARIAT,
            now=NOW,
            recommendation_id=key,
            revision=1,
        )
    assert [found.record.text for found in written(replied)] == ["Fund services."]


def test_a_dropped_recommendation_is_gone_and_its_findings_stay(replied: Store) -> None:
    finding = keep(replied)
    key = write(replied, finding_ids=(finding,))
    recommendations.drop_recommendation(replied, key, actor=SECRETARIAT, now=NOW)
    assert (written(replied), finding_ids(replied)) == ((), [finding])


# order


@pytest.mark.parametrize(
    ("moved", "steps", "expected"),
    [(2, -1, [0, 2, 1]), (0, 1, [1, 0, 2]), (0, 9, [1, 2, 0]), (2, -9, [2, 0, 1]), (1, 0, [0, 1, 2])],
)
def test_findings_and_recommendations_are_put_in_order(
    replied: Store, moved: int, steps: int, expected: list[int]
) -> None:
    found = [keep(replied, f"Finding {number}") for number in range(3)]
    wrote = [write(replied, f"Recommendation {number}") for number in range(3)]
    recommendations.move(replied, SLUG, "findings", found[moved], steps, actor=SECRETARIAT, now=NOW)
    recommendations.move(replied, SLUG, "recommendations", wrote[moved], steps, actor=SECRETARIAT, now=NOW)
    agenda = meetings.agenda(replied, SLUG, actor=REPORT_WRITER, language="en")
    assert [item.record.id for item in agenda.items] == [
        *(found[place] for place in expected),
        *(wrote[place] for place in expected),
    ]


@pytest.mark.parametrize("kind", ["findings", "recommendations"])
def test_what_is_not_there_cannot_be_moved(replied: Store, kind: str) -> None:
    with refused(NotFound, f"{kind.removesuffix('s')}.unknown"):
        recommendations.move(replied, SLUG, kind, 77, 1, actor=SECRETARIAT, now=NOW)


# what respondents asked for


def asked(store: Store, part: str, actor: object = SECRETARIAT, **more: object) -> list[str]:
    values: dict[str, object] = {"actor": actor, "language": "en", "filters": Filters()}
    found = recommendations.asked_for(store, SLUG, part, **{**values, **more})  # type: ignore[arg-type]
    return [quote.text for quote in found]


def test_what_respondents_asked_for_is_listed_by_challenge_and_search(replied: Store) -> None:
    assert asked(replied, "recommendation") == [f"Recommendation {number}" for number in range(6)]
    assert asked(replied, "recommendation", challenge="c2") == ["Recommendation 4", "Recommendation 5"]
    assert asked(replied, "local", search="ACTION 3") == ["Action 3"]
    assert asked(replied, "local", limit=2, offset=1) == ["Action 1", "Action 2"]
    assert asked(replied, "national") == []


def test_a_report_writer_reads_only_what_may_be_published(replied: Store) -> None:
    assert asked(replied, "local", REPORT_WRITER) == ["Action 1", "Action 2", "Action 4", "Action 5"]


def test_a_draft_asks_for_nothing(replied: Store) -> None:
    code = responses.begin(replied, SLUG, language="en", channel="web", now=NOW)
    saving.save(replied, code, {"recommendation": "Unsent"}, seen={}, section="s2", language="en", now=NOW)
    assert asked(replied, "recommendation", search="Unsent") == []


def test_a_recommendation_says_no_number_of_its_findings_that_a_meeting_may_not_see(replied: Store) -> None:
    finding = keep(replied)
    with refused(InvalidInput, "recommendation.hidden_number") as caught:
        write(replied, "Look at the 1 reply of the north.", finding_ids=[finding])
    assert caught.value.params == {"number": "1"}
    assert write(replied, "Look at the 1 reply of the north.")  # of no table that it rests on
    assert write(replied, "All 6 count.", finding_ids=[finding])


def test_neither_does_it_say_how_many_chose_a_hidden_set_of_options(demo_copy: Store) -> None:
    asked = {"filters": Filters.of({"region": ["lac"]}), "actor": OPERATOR, "now": NOW}
    sets, options = (
        recommendations.keep_finding(demo_copy, DEMO, "networks", "Networks.", form=form, **asked)  # type: ignore[arg-type]
        for form in (Form.UPSET, None)
    )
    inside, shown = (
        review.drawn_card(demo_copy, DEMO, "networks", Form.UPSET, **asked, audience=audience, language="en")  # type: ignore[arg-type]
        for audience in (Audience.INTERNAL, Audience.MEETING)
    )
    assert inside.combinations is not None
    assert shown.combinations is not None
    elsewhere = {each.count for each in shown.combinations.told} | {row.cell.count for row in inside.rows}
    hidden = min(each.count for each in inside.combinations.told if each.count not in elsewhere)
    text = f"Help the {hidden} that chose them."
    told = {"slug": DEMO, "challenge": "", "actor": OPERATOR}
    with refused(InvalidInput, "recommendation.hidden_number"):
        write(demo_copy, text, finding_ids=[sets], **told)
    assert write(demo_copy, text, finding_ids=[options], **told)
