"""Whoever keeps the sets of options of several views, beside the cards, finds no small set between them."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import numpy as np
import pytest

from analysis import ledger, opened_data, review
from analysis.charts.spec import Form
from analysis.dataset.arrays import ANSWERED, Dataset, MultipleColumn
from analysis.disclosure import SUPPRESSED, Audience, Policy, policy
from analysis.disclosure.releases import Release, release
from analysis.disclosure.tables import Table, combinations_table, group_of
from analysis.findings.card import Card
from analysis.findings.contents import answers_of, chosen_option
from analysis.findings.summary import summarise, tables_of
from analysis.opened_data import Filters
from data.store import Store
from survey import demo
from survey.access import OPERATOR
from survey.questionnaire import Choice, Text
from tests import attacker
from tests.analysis.consultations import SOURCE, dataset, responses, with_no_answers

THRESHOLD = 5
NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)
View = dict[str, tuple[str, ...]]
EVERYBODY: View = {}
SSA: View = {"region": ("ssa",)}
TWO: View = {"region": ("lac", "ssa")}
ALL_SETS = 10**6


@pytest.fixture
def data(demo_store: Store) -> Dataset:
    return opened_data.open_data(demo_store, demo.SLUG, OPERATOR, Audience.INTERNAL).dataset


def cards_of(data: Dataset, question: str, views: Sequence[View], rules: Policy) -> tuple[list[Card], list[Release]]:
    kept: list[Release] = []
    found = []
    for view in views:
        wanted = tables_of(data, question, filters=view, together=True)
        made = release(data, wanted, kept, answers=partial(answers_of, data), rules=rules)
        kept += made
        found.append(
            summarise(
                data,
                question,
                audience=Audience.MEETING,
                language="en",
                filters=view,
                source=SOURCE,
                rules=rules,
                released={each.table: each for each in made},
                together=True,
            )
        )
    return found, kept


def attack(data: Dataset, question: str, views: Sequence[View]) -> list[str]:
    """Sets that fewer than five replies of a view chose, which the attacker narrows to more than none or to fewer.

    Unknown are the counts of every set that anybody chose, by region; regions that no view names are one, "*".
    """
    column = data.columns[question]
    assert isinstance(column, MultipleColumn)
    codes = [code.name for code in data.variables[question].codes]
    answered = column.state == ANSWERED
    sets = [tuple(c for c, on in zip(codes, each, strict=True) if on) for each in column.chosen]
    every = sorted({each for each, there in zip(sets, answered, strict=True) if there})
    never = [(code,) for code in codes if not any(code in each for each in every)]
    regions = sorted({code for view in views for code in view.get("region", ())})
    known, wanted, names = attacker.Knowledge(), [], []

    def named(region: str, held: tuple[str, ...]) -> str:
        return f"{region}/{'+'.join(held)}"

    def terms(inside: Sequence[str], wanted: Sequence[tuple[str, ...]]) -> dict[str, float]:
        return {named(region, held): 1.0 for region in inside for held in wanted}

    for name in terms([*regions, "*"], [*every, *never]):
        known.tell({name: 1.0}, 0, float("inf"))
    cards, _ = cards_of(data, question, views, policy(Audience.MEETING))
    for view, card in zip(views, cards, strict=True):
        inside = view.get("region", (*regions, "*"))
        assert card.combinations is not None
        if isinstance(card.base.answered, int):
            known.tell(terms(inside, [*every, *never]), card.base.answered, card.base.answered)
        for row in card.rows:
            if isinstance(row.cell.count, int):
                holding = [held for held in (*every, *never) if row.code in held]
                known.tell(terms(inside, holding), row.cell.count, row.cell.count)
        for each in card.combinations.told:
            known.tell(terms(inside, [each.codes]), each.count, each.count)
            assert each.count >= THRESHOLD
        rows = data.select(view) & answered
        for held in every:
            count = sum(1 for at in np.flatnonzero(rows) if sets[at] == held)
            if 0 < count < THRESHOLD:
                wanted.append(terms(inside, [held]))
                names.append(f"{view} {held}")
    ranges = known.ranges_of(wanted) if wanted else []
    return [
        f"{name}: {low:.1f}..{high:.1f}"
        for name, (low, high) in zip(names, ranges, strict=True)
        if low > 1e-4 or high < THRESHOLD - 1e-4
    ]


@pytest.mark.parametrize("question", ["fields", "work_level", "networks", "barriers"])
@pytest.mark.parametrize(
    "views", [(EVERYBODY,), (EVERYBODY, SSA), pytest.param((SSA, TWO, EVERYBODY), marks=pytest.mark.long)], ids=str
)
def test_a_sequence_of_views_tells_no_small_set(
    data: Dataset, question: str, views: Sequence[View], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.findings.protection.MOST", ALL_SETS)  # also those that no picture has room for
    assert attack(data, question, views) == []


def consultation(*sets: tuple[str, int]) -> Dataset:
    """Replies to "fields" of the small questionnaire: options by their first letter, how many chose just them."""
    words = {"p": "prev", "c": "care", "o": "other"}
    chosen = [tuple(words[letter] for letter in name) for name, count in sets for _ in range(count)]
    return dataset(responses(*({"region": "n", "publish": "no", "fields": each} for each in chosen)))


def shown(data: Dataset, rules: Policy | None = None) -> tuple[dict[str, int], Card, list[Release]]:
    (card,), kept = cards_of(data, "fields", [EVERYBODY], rules or policy(Audience.MEETING))
    assert card.combinations is not None
    return {"".join(code[0] for code in each.codes): each.count for each in card.combinations.told}, card, kept


def test_a_single_small_set_takes_others_along_that_would_tell_it() -> None:
    sets = (("p", 40), ("c", 30), ("o", 20), ("pc", 12), ("co", 3))
    found, card, kept = shown(consultation(*sets))
    # n and the three options tell one of the sets as soon as all others are shown.
    assert "co" not in found
    assert len(found) < 4
    assert card.combinations is not None and card.combinations.replies == 105 - sum(found.values())
    assert kept[-1].exposed == 0
    assert attack(consultation(*sets), "fields", [EVERYBODY]) == []


def test_sets_that_are_all_large_are_all_shown_and_add_up_to_n() -> None:
    sets = (("p", 40), ("c", 30), ("o", 20), ("pc", 12), ("pco", 9))
    found, card, _ = shown(consultation(*sets))
    assert found == dict(sets)
    assert card.combinations is not None and card.combinations.replies == 0


def test_where_nothing_can_be_shown_no_set_is_listed() -> None:
    found, card, kept = shown(consultation(("p", 40), ("c", 3)))
    # Who chose prevention and who chose care are no more than the two sets.
    assert found == {}
    assert kept[-1].exposed == 0
    assert card.rows[1].cell.count is SUPPRESSED


def test_rounded_counts_are_told_rounded_and_nothing_of_the_rest() -> None:
    rules = Policy(threshold=5, rounding=5)
    found, card, _ = shown(consultation(("p", 41), ("c", 32), ("o", 23), ("pc", 12), ("pco", 9)), rules)
    assert found
    assert all(count % 5 == 0 for count in found.values())
    assert card.combinations is not None and card.combinations.replies is SUPPRESSED


@pytest.mark.parametrize(("most", "told"), [(15, ["p", "c", "o"]), (1, ["p"])])
def test_the_order_and_the_choice_of_sets_tell_nothing_that_rounding_hides(
    monkeypatch: pytest.MonkeyPatch, most: int, told: list[str]
) -> None:
    monkeypatch.setattr("analysis.findings.protection.MOST", most)
    counts = itertools.permutations((24, 20, 16))
    seen = [shown(consultation(*zip("pco", each, strict=True)), Policy(threshold=5, rounding=10))[0] for each in counts]
    assert [list(each) for each in seen] == [told] * 6
    assert {count for each in seen for count in each.values()} == {20}


def test_views_by_an_option_of_the_question_leave_no_world_in_which_a_set_lies_outside_its_view() -> None:
    data = consultation(("p", 40), ("c", 30), ("o", 20), ("pc", 12), ("po", 8), ("co", 9), ("pco", 2))
    views: list[View] = [EVERYBODY, {"fields": ("prev",)}]
    cards, kept = cards_of(data, "fields", views, policy(Audience.MEETING))
    assert all(each.exposed == 0 for each in kept)
    words = ("prev", "care", "other")
    known = attacker.Knowledge()
    every = [held for size in (1, 2, 3) for held in itertools.combinations(words, size)]
    for held in every:
        known.tell({"+".join(held): 1.0}, 0, float("inf"))

    def tell(card: Card, wanted: Callable[[tuple[str, ...]], bool], count: object) -> None:
        inside = [held for held in every if wanted(held) and ("prev" in held or not card.filters)]
        if isinstance(count, int):
            known.tell({"+".join(held): 1.0 for held in inside}, count, count)

    for card in cards:
        assert card.combinations is not None
        tell(card, lambda held: True, card.base.answered)
        for row in card.rows:
            tell(card, lambda held, code=row.code: code in held, row.cell.count)  # type: ignore[misc]
        for each in card.combinations.told:
            tell(card, lambda held, codes=each.codes: held == codes, each.count)  # type: ignore[misc]
    low, high = known.range_of({"prev+care+other": 1.0})
    assert (low, high >= THRESHOLD) == (0, True)


def test_views_by_two_choices_of_one_cause_are_one_view() -> None:
    form = with_no_answers()
    more = tuple(Choice(name=name, label=Text({"en": "Prefer not to say"})) for name in ("ns", "ref"))
    form = replace(form, choice_lists={**form.choice_lists, "field": (*form.choice_lists["field"], *more)})
    given = (("prev",), 20), (("care",), 15), (("ns",), 7), (("ref",), 6), (("dk",), 9)
    data = dataset(responses(*({"region": "n", "fields": each} for each, count in given for _ in range(count))), form)
    views: list[View] = [{"fields": ("ns",)}, {"fields": ("ref",)}, {"fields": ("prev", "dk")}]
    cards, kept = cards_of(data, "region", views, policy(Audience.MEETING))
    assert [card.base.answered for card in cards] == [13, 13, 29]
    assert all(each.exposed == 0 for each in kept)


def test_too_many_small_sets_hide_them_all(monkeypatch: pytest.MonkeyPatch, data: Dataset) -> None:
    monkeypatch.setattr("analysis.disclosure.tables.MOST_SECRETS", 20)
    (card,), _ = cards_of(data, "fields", [EVERYBODY], policy(Audience.MEETING))
    assert card.combinations is not None
    assert (card.combinations.told, card.combinations.replies) == ((), 461)


def test_options_are_the_sums_of_their_sets(data: Dataset) -> None:
    plain, sets = answers_of(data, "fields"), answers_of(data, combinations_table("fields"))
    for place, name in enumerate(plain.options):
        members = [sets.parts.index(part) for part in sets.made_of[name]]
        assert np.array_equal(np.isin(sets.part, members), plain.chosen[:, place])
    assert {chosen_option(code.name) for code in data.variables["fields"].codes} == set(sets.made_of)


def test_a_meetings_sets_stand_in_the_ledger_and_are_shown_alike_again(demo_copy: Store) -> None:
    def seen() -> Card:
        return review.drawn_card(
            demo_copy,
            demo.SLUG,
            "networks",
            Form.UPSET,
            actor=OPERATOR,
            audience=Audience.MEETING,
            language="en",
            filters=Filters(),
            now=NOW,
        )

    assert seen() == seen()
    # Other tests may have looked at the demonstration before it was copied.
    kept = [each.question for each in ledger.releases(demo_copy, demo.SLUG, actor=OPERATOR)]
    assert {"networks", combinations_table("networks")} <= set(kept)


def test_a_card_that_was_shown_before_keeps_its_figures_and_the_sets_come_with_it(data: Dataset) -> None:
    answers, rules = partial(answers_of, data), policy(Audience.MEETING)
    own = Table(question="barriers", filters=group_of(SSA))
    (before,) = release(data, [own], (), answers=answers, rules=rules)
    again, sets = release(
        data, tables_of(data, "barriers", filters=SSA, together=True), [before], answers=answers, rules=rules
    )
    assert again == before
    assert sets.exposed == 0
