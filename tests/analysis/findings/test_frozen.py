"""A frozen card comes back as it was."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.charts.wording import filter_line
from analysis.disclosure import SUPPRESSED, Audience, Permission
from analysis.findings.card import Base, BatteryItem, Card, CardKind, Cell, Column, Quote, Row, Source
from analysis.findings.frozen import from_json, to_json
from analysis.findings.moves import document
from data.errors import InvalidInput
from survey.translator import Words
from tests.analysis import cards

TEXT = st.text(max_size=12)
COUNTS = st.one_of(st.integers(0, 10_000), st.just(SUPPRESSED))
FIGURES = st.one_of(st.floats(-1, 1, allow_nan=False), st.just(SUPPRESSED))
CELLS = st.builds(Cell, count=COUNTS, share=FIGURES, low=st.none() | FIGURES, high=st.none() | FIGURES)
BASES = st.builds(Base, replies=COUNTS, answered=COUNTS, missing=st.dictionaries(TEXT, COUNTS, max_size=3))
ROWS = st.builds(
    Row,
    code=TEXT,
    label=TEXT,
    cell=CELLS,
    by=st.dictionaries(TEXT, CELLS, max_size=2),
    mean_rank=st.none() | FIGURES,
    first=st.none() | CELLS,
)
ITEMS = st.builds(
    BatteryItem,
    name=TEXT,
    label=TEXT,
    base=BASES,
    rows=st.lists(ROWS, max_size=2).map(tuple),
    net=st.none() | FIGURES,
    mean=st.none() | FIGURES,
)
ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
SOURCES = st.builds(
    Source,
    consultation=TEXT,
    title=TEXT,
    fictional=st.booleans(),
    as_of=st.datetimes(timezones=ZONES, min_value=datetime(2020, 1, 2), max_value=datetime(2030, 1, 1)),  # noqa: DTZ001
    snapshot=TEXT,
)
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)
CARDS = st.builds(
    Card,
    question=TEXT,
    kind=st.sampled_from(CardKind),
    label=TEXT,
    section=TEXT,
    base=BASES,
    audience=st.sampled_from(Audience),
    source=SOURCES,
    language=TEXT,
    filters=st.dictionaries(TEXT, st.lists(TEXT, max_size=2).map(tuple), max_size=2),
    filter_labels=PAIRS,
    by=TEXT,
    columns=st.lists(st.builds(Column, code=TEXT, label=TEXT, base=BASES), max_size=2).map(tuple),
    rows=st.lists(ROWS, max_size=3).map(tuple),
    scale=PAIRS,
    items=st.lists(ITEMS, max_size=2).map(tuple),
    mean=st.none() | FIGURES,
    median=st.none() | FIGURES,
    quotes=st.lists(
        st.builds(
            Quote,
            response_id=st.integers(1),
            question=TEXT,
            text=TEXT,
            language=TEXT,
            region=TEXT,
            attribution=TEXT,
            permission=st.sampled_from(Permission),
        ),
        max_size=2,
    ).map(tuple),
)


@given(CARDS)
def test_any_card_comes_back_equal_through_json_text(card: Card) -> None:
    assert from_json(json.loads(json.dumps(to_json(card)))) == card


@pytest.mark.parametrize("card", cards.ALL, ids=lambda card: card.label)
def test_every_kind_of_card_comes_back_equal(card: Card) -> None:
    assert from_json(to_json(card)) == card


def test_a_suppressed_figure_is_a_word_in_json() -> None:
    assert to_json(cards.single())["rows"][2]["cell"] == {
        "count": "suppressed",
        "share": "suppressed",
        "low": None,
        "high": None,
        "standard_error": None,
    }


def test_figures_of_a_state_have_the_fields_that_states_were_frozen_with() -> None:
    """A field more, and every state of before reads as one whose figures are others now."""
    (told,) = json.loads(document([cards.single()], []))["cards"]
    assert set(told) == {
        "against",
        "audience",
        "base",
        "by",
        "by_label",
        "columns",
        "combinations",
        "facing",
        "filter_labels",
        "filters",
        "form",
        "items",
        "kind",
        "label",
        "language",
        "mean",
        "median",
        "opinions",
        "overlapping",
        "profile",
        "question",
        "remark",
        "rows",
        "scale",
        "section",
        "statistics",
    }


def test_a_text_that_reads_suppressed_stays_a_text() -> None:
    assert from_json(to_json(cards.single(label="suppressed"))).label == "suppressed"


def test_a_database_may_write_whole_numbers_without_a_point() -> None:
    frozen = to_json(cards.number(mean=23.0))
    mean = from_json({**frozen, "mean": 23}).mean
    assert mean == 23.0
    assert isinstance(mean, float)


def test_the_time_keeps_its_zone() -> None:
    assert from_json(to_json(cards.single())).source.as_of == datetime(2026, 11, 23, 19, 5, tzinfo=UTC)


def test_fields_that_were_added_later_take_their_defaults() -> None:
    frozen = to_json(cards.single())
    del frozen["quotes"]
    assert from_json(frozen) == cards.single()


@pytest.mark.parametrize("damage", [{"kind": "pie"}, {"base": None}, {"rows": [1]}, {"label": 3}])
def test_what_is_no_card_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=r"card\.not_frozen"):
        from_json({**to_json(cards.single()), **damage})


def test_freezing_does_not_change_the_card() -> None:
    card = cards.battery()
    to_json(card)
    assert card == replace(card)
    assert card == cards.battery()


def test_causes_that_older_cards_named_by_their_code_among_the_values_of_a_filter_stand_apart() -> None:
    frozen = to_json(cards.single())
    del frozen["filter_causes"]
    told = [["Region", "South, Not applicable"], ["Community led?", "Yes, refused, dont_know, refused"]]
    card = from_json({**frozen, "filter_labels": told})
    assert card.filter_labels == (("Region", "South, Not applicable"), ("Community led?", "Yes"))
    assert card.filter_causes == ((), ("refused", "dont_know"))
    french = filter_line(card, Words("fr"))
    assert "Yes, ne souhaite pas répondre, ne sait pas" in french
    assert "refused" not in french


def test_older_cards_whose_filters_let_through_no_cause_come_back_as_they_were() -> None:
    card = cards.single(filter_labels=(("Region", "South"),))
    frozen = to_json(card)
    del frozen["filter_causes"]
    assert from_json(frozen) == card
