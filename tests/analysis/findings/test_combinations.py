"""Which answers were given together: exact counts of sets of options; what a meeting sees is in disclosure/."""

import itertools
from collections import Counter

import numpy as np
import pytest

from analysis import review
from analysis.charts import choose, image
from analysis.charts.spec import Form
from analysis.disclosure import SUPPRESSED, Audience
from analysis.findings.card import Card, Combinations
from analysis.findings.combinations import MOST
from analysis.findings.contents import distinct_sets
from analysis.findings.summary import summarise
from analysis.opened_data import Filters
from data.store import Store
from survey.demo import SLUG
from survey.translator import Words
from tests.analysis.consultations import SOURCE, dataset, responses
from tests.small import NOW, SECRETARIAT


def card(store: Store, audience: Audience = Audience.INTERNAL, by: str = "", **filters: tuple[str, ...]) -> Card:
    return review.card(
        store,
        SLUG,
        "fields",
        together=True,
        actor=SECRETARIAT,
        audience=audience,
        language="en",
        filters=Filters.of(filters),
        now=NOW,
        by=by,
    )


@pytest.mark.parametrize("regions", [(), ("ssa", "lac")])
def test_the_sets_are_those_of_the_answers_counted_one_by_one(demo_store: Store, regions: tuple[str, ...]) -> None:
    with demo_store.read() as kept:
        answers = [each.submission for each in kept.responses(kept.consultation(SLUG).id)]
    seen = [each for each in answers if each.get("fields") and (not regions or each["region"] in regions)]
    counted = Counter(frozenset(each["fields"]) for each in seen)
    found = card(demo_store, region=regions).combinations if regions else card(demo_store).combinations
    assert found is not None
    assert len(found.told) == MOST
    assert all(counted[frozenset(each.codes)] == each.count for each in found.told)
    assert [each.count for each in found.told] == sorted(counted.values(), reverse=True)[:MOST]
    assert (found.others, found.replies) == (len(counted) - MOST, len(seen) - sum(e.count for e in found.told))


def test_of_equal_sets_that_of_the_earlier_options_comes_first(demo_store: Store) -> None:
    found = card(demo_store)
    assert found.combinations is not None
    places = {row.code: place for place, row in enumerate(found.rows)}
    told = [(-each.count, [places[code] for code in each.codes]) for each in found.combinations.told]
    assert [count for count, _ in told] == sorted(count for count, _ in told)
    for (count, first), (other, second) in itertools.pairwise(told):
        assert count != other or min(first) <= min(second)


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_others_are_told_sets_of_five_and_more_and_what_is_left_of_n(demo_copy: Store, audience: Audience) -> None:
    found, whole = card(demo_copy, audience), card(demo_copy)
    assert found.combinations is not None
    assert whole.combinations is not None
    assert set(found.combinations.told) <= set(whole.combinations.told)
    assert min(each.count for each in found.combinations.told) >= 5
    assert found.combinations.others is None
    assert found.combinations.replies == 461 - sum(each.count for each in found.combinations.told)


def test_a_card_that_is_not_asked_for_them_tells_none(demo_store: Store) -> None:
    asked = {"actor": SECRETARIAT, "audience": Audience.INTERNAL, "language": "en", "filters": Filters(), "now": NOW}
    assert review.card(demo_store, SLUG, "fields", **asked).combinations is None  # type: ignore[arg-type]
    assert review.card(demo_store, SLUG, "prio_1", together=True, **asked).combinations is None  # type: ignore[arg-type]


def of_the_south(answering: int, audience: Audience) -> Card:
    """Of three replies of the South, so many say which fields they work in."""
    south = [{"region": "s", "fields": ("prev",)} if at < answering else {"region": "s"} for at in range(3)]
    north = [{"region": "n", "fields": ("prev", "care")}] * 12 + [{"region": "n"}] * 9
    return summarise(
        dataset(responses(*south, *north)),
        "fields",
        audience=audience,
        language="en",
        filters={"region": ("s",)},
        source=SOURCE,
        together=True,
    )


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_where_nobody_answered_others_see_the_same_as_where_few_did(audience: Audience) -> None:
    none, one = of_the_south(0, audience), of_the_south(1, audience)
    assert none.base.answered is SUPPRESSED
    assert none.combinations == one.combinations == Combinations(told=(), others=None, replies=SUPPRESSED)
    drawn = [choose.chart(each, Words("en"), form=Form.UPSET) for each in (none, one)]
    assert drawn[0] is not None and drawn[1] is not None
    assert (drawn[0].note, drawn[0].alt) == (drawn[1].note, drawn[1].alt)
    assert drawn[0].note.startswith("No combination can be shown without telling of a small group.")


def test_where_nobody_answered_the_inside_sees_an_empty_picture() -> None:
    found = of_the_south(0, Audience.INTERNAL)
    assert found.combinations == Combinations(told=(), others=0, replies=0)
    spec = choose.chart_to_take_away(found, Words("en"), form=Form.UPSET)
    assert spec is not None
    assert (spec.categories, "No combination" in spec.note, "  " in spec.alt) == ((), False, False)
    assert b"</svg>" in image.svg(spec)


def test_a_comparison_has_no_sets(demo_store: Store) -> None:
    assert card(demo_store, by="region").combinations is None


@pytest.mark.parametrize("options", [1, 7, 8, 20, 64, 70])
def test_sets_are_counted_in_the_order_of_their_options(options: int) -> None:
    chosen = np.random.default_rng(options).random((300, options)) < (0.5 if options < 9 else 0.05)
    sets, places = distinct_sets(chosen)
    plain, often = np.unique(chosen, axis=0, return_counts=True)
    assert sets.tolist() == plain.tolist()
    assert np.bincount(places).tolist() == often.tolist()
    assert sets[places].tolist() == chosen.tolist()
