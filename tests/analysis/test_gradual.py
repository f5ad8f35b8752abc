"""Cards made beside the page: the same as those made at once, in their order, given up when nobody looks any more."""

from datetime import UTC, datetime
from typing import Any

import pytest

from analysis import gradual, review, snapshots
from analysis.disclosure import Audience, Suppressed
from analysis.findings.card import Card
from analysis.gradual import UnderWay, under_way
from analysis.opened_data import Filters
from data.errors import NotAllowed, NotFound
from data.store import Store
from survey import consultation_rules, erasure
from survey.access import OPERATOR
from survey.demo import SLUG
from tests.small import REPORT_WRITER, SECRETARIAT, refused

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
ASKED: dict[str, Any] = {"language": "en", "now": NOW}
BATTERIES = ("m_prog", "m_serv", "m_part", "m_norm")


def asked(store: Store, questions: tuple[str, ...], **more: Any) -> UnderWay:
    whole = {"actor": OPERATOR, "audience": Audience.INTERNAL, "filters": Filters(), **ASKED, **more}
    return under_way(store, SLUG, questions, **whole)


@pytest.mark.parametrize("audience", [Audience.INTERNAL, Audience.MEETING])
def test_cards_made_beside_the_page_are_those_made_at_once(demo_store: Store, audience: Audience) -> None:
    names = ("led_by", "finding", "work_level")
    found = asked(demo_store, names, audience=audience, by="work_level")
    made = [found.card(place) for place in range(len(names))]
    plain = review.one_by_one(
        demo_store, SLUG, names, by="work_level", actor=OPERATOR, audience=audience, filters=Filters(), **ASKED
    )
    assert made == list(plain)
    assert (found.ready, found.total, found.is_over) == (3, 3, True)


def test_the_same_request_is_made_once_and_tells_the_minute_in_which_it_is_looked_at(demo_store: Store) -> None:
    first = asked(demo_store, ("led_by",)).card(0)
    later = NOW.replace(hour=14, minute=5, second=7)
    again = asked(demo_store, ("led_by",), now=later)
    assert again.ready == 1
    second = again.card(0, patience=0)
    assert first is not None and first.source is not None and second is not None and second.source is not None
    assert (first.source.as_of, second.source.as_of) == (NOW, later.replace(second=0))


def test_what_a_visitor_asked_for_before_is_given_up_unless_another_looks_at_it(demo_store: Store) -> None:
    compared = {"audience": Audience.MEETING, "by": "org_type"}
    left = asked(demo_store, BATTERIES, visitor="ann", filters=Filters.of({"region": ["weu"]}), **compared)
    shared = asked(demo_store, ("led_by",), visitor="bob", filters=Filters.of({"region": ["lac"]}))
    asked(demo_store, ("led_by",), visitor="ann", filters=Filters.of({"region": ["lac"]}))
    assert left.card(len(BATTERIES) - 1) is None
    assert (left.is_over, left.ready < left.total) == (True, True)
    asked(demo_store, ("led_by",), visitor="ann")
    assert shared.card(0) is not None
    again = asked(demo_store, BATTERIES[:1], visitor="ann", filters=Filters.of({"region": ["weu"]}))
    assert again.card(0) is not None


def test_what_nobody_asks_for_any_more_is_not_made(demo_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradual, "UNASKED_SECONDS", 0.0)
    found = asked(demo_store, BATTERIES, audience=Audience.MEETING, by="language")
    assert found.card(0, patience=0) is None


def test_a_card_that_fails_says_why_in_its_place_and_the_others_are_made(demo_store: Store) -> None:
    found = asked(demo_store, ("led_by", "no_such_question", "work_level"))
    with refused(NotFound, "card.unknown_question"):
        found.card(1)
    assert found.card(0) is not None
    assert found.card(2) is not None


def test_who_may_not_see_figures_does_not_see_those_that_others_had_made(demo_store: Store) -> None:
    asked(demo_store, ("led_by",)).card(0)
    with refused(NotAllowed, "access.denied"):
        asked(demo_store, ("led_by",), actor=REPORT_WRITER)


def hidden(card: Card | None) -> int:
    assert card is not None
    return sum(isinstance(row.cell.count, Suppressed) for row in card.rows)


def test_cards_of_a_frozen_state_follow_the_rules_of_today(demo_copy: Store) -> None:
    frozen = snapshots.take(demo_copy, SLUG, actor=SECRETARIAT, now=NOW).record
    filters = Filters(snapshot=frozen.sha256)
    before = hidden(asked(demo_copy, ("prio_1",), audience=Audience.MEETING, filters=filters).card(0))
    consultation_rules.set_policies(
        demo_copy, SLUG, {"meeting_threshold": "40", "public_threshold": "40"}, actor=SECRETARIAT, now=NOW
    )
    after = hidden(asked(demo_copy, ("prio_1",), audience=Audience.MEETING, filters=filters).card(0))
    plain = review.card(demo_copy, SLUG, "prio_1", actor=OPERATOR, audience=Audience.MEETING, filters=filters, **ASKED)
    assert before < after == hidden(plain)


def test_cards_are_those_of_the_state_that_they_are_kept_under(
    demo_copy: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_before = gradual.open_data

    def meanwhile(*args: Any) -> Any:
        found = opened_before(*args)
        with demo_copy.read() as kept:
            first = kept.responses(kept.consultation(SLUG).id)[0].reference
        erasure.erase_by_reference(demo_copy, SLUG, first, actor=SECRETARIAT, now=NOW)
        return found

    monkeypatch.setattr(gradual, "open_data", meanwhile)
    assert (card := asked(demo_copy, ("led_by",)).card(0)) is not None
    monkeypatch.setattr(gradual, "open_data", opened_before)
    assert (later := asked(demo_copy, ("led_by",)).card(0)) is not None
    assert later.base != card.base
