"""After an erasure nothing in memory rests on what was read before, whoever remembered it and whoever still works."""

import gc
import time
from collections.abc import Callable, Iterator

import pytest

from analysis import gradual, lenses, open_answers, opened_data, quality, review, snapshots, states
from analysis.dataset import kept, remembering
from analysis.dataset.arrays import Dataset, TextColumn
from analysis.dataset.remembering import Generation
from analysis.disclosure import Audience
from analysis.flags import kept_signatures
from analysis.opened_data import Filters
from data.records import EVERYTHING, Scope
from data.store import Store
from survey import consultations, erasure
from tests.small import NOW, SECRETARIAT, SLUG, publish, send

OTHER = "other"
SECRET = "We were never asked, and say so here at a length that signatures are made of."
NORTH = Scope(regions=frozenset({"n"}))
BY = {"actor": SECRETARIAT, "now": NOW}


@pytest.fixture(autouse=True)
def _nothing_in_memory() -> Iterator[None]:
    for forget in (kept.forget, kept_signatures.forget, remembering.forget_all):
        forget()
    gc.freeze()  # what other tests left in this process is not gone through
    yield
    gc.unfreeze()


@pytest.fixture
def code(small: Store) -> str:
    """Of the reply that will be erased; two more are there, and another consultation."""
    publish(small, slug=OTHER)
    for number in range(2):
        send(small, region="n", org_name=f"Org {number}")
    return send(small, region="n", org_name="Leaver", finding=SECRET)


def opened(store: Store) -> opened_data.Opened:
    return opened_data.open_data(store, SLUG, SECRETARIAT, Audience.INTERNAL)


def signed(store: Store, scope: Scope, dataset: Dataset) -> None:
    kept_signatures.signed(store, consultations.find(store, SLUG).id, scope, dataset)


def look_at_all(store: Store) -> Generation:
    """Everything that remembers what rests on a data set has something of this one."""
    asked = {"actor": SECRETARIAT, "language": "en"}
    taken = snapshots.take(store, SLUG, **BY).record  # type: ignore[arg-type]
    seen = {"audience": Audience.INTERNAL, **asked}
    for snapshot in ("", taken.sha256):
        filters = Filters(snapshot=snapshot)
        review.cards(store, SLUG, filters=filters, now=NOW, **seen)  # type: ignore[arg-type]
        found = open_answers.quotes(store, SLUG, "finding", search="never", filters=filters, **seen)  # type: ignore[arg-type]
        assert len(found) == 1
    gradual.under_way(store, SLUG, ["region"], filters=Filters(), now=NOW, **seen).made()  # type: ignore[arg-type]
    quality.flagged(store, SLUG, **asked)  # type: ignore[arg-type]
    part = kept.current(store, consultations.find(store, SLUG), NORTH).dataset
    signed(store, NORTH, part)
    return opened(store).dataset.generation


def held_of(generation: Generation) -> list[object]:
    """What is in memory of a generation, and of the words of the reply that was erased."""

    def rests_on_it(each: object) -> bool:
        if type(each) is kept_signatures._Part:
            return SECRET in str(each.piece)
        return type(each) in (Dataset, states.FrozenState) and each.generation is generation  # type: ignore[attr-defined]

    gc.collect()
    return [each for each in gc.get_objects() if rests_on_it(each)]


def left_of(generation: Generation) -> list[object]:
    """The same once what works beside this thread has ended, which takes a moment."""
    for _ in range(50):
        if not (found := held_of(generation)):
            break
        time.sleep(0.02)
    return found


def look_at(store: Store, slug: str) -> None:
    kept.current(store, consultations.find(store, slug), EVERYTHING)


LOOKS: dict[str, Callable[[Store], None]] = {
    "the data set in memory": lambda store: look_at(store, SLUG),
    "another consultation": lambda store: look_at(store, OTHER),
    "a data set that had left the memory": lambda store: (kept.forget(), look_at(store, SLUG))[-1],
    "a frozen state": lambda store: look_at_frozen(store),
}


def look_at_frozen(store: Store) -> None:
    (record,) = snapshots.listed(store, SLUG, actor=SECRETARIAT)
    states.open_frozen(store, consultations.find(store, SLUG), record, EVERYTHING)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_the_first_look_after_an_erasure_empties_the_memory(
    small: Store, code: str, look: Callable[[Store], None]
) -> None:
    generation = look_at_all(small)
    assert held_of(generation) != []
    erasure.erase(small, code, now=NOW)
    look(small)
    assert left_of(generation) == []


def test_a_look_that_fails_empties_the_memory_too(small: Store, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    generation = look_at_all(small)
    erasure.erase(small, code, now=NOW)
    with monkeypatch.context() as held:
        held.setattr(kept, "_load", None)
        with pytest.raises(TypeError):
            look_at(small, SLUG)
    assert left_of(generation) == []


WORKS: dict[str, Callable[[Store, opened_data.Opened], object]] = {
    "the digest of the code-book": lambda store, found: states._codebook(found.dataset),
    "lenses": lambda store, found: lenses.lenses_of(store, found),
    "signatures": lambda store, found: signed(store, EVERYTHING, found.dataset),
}


@pytest.mark.parametrize("work", WORKS.values(), ids=WORKS)
def test_whoever_goes_on_with_what_was_read_before_leaves_nothing_behind(
    small: Store, code: str, work: Callable[[Store, opened_data.Opened], object]
) -> None:
    before = opened(small)
    generation = before.dataset.generation
    erasure.erase(small, code, now=NOW)
    look_at(small, SLUG)
    work(small, before)
    del before
    assert left_of(generation) == []


@pytest.mark.parametrize(
    ("module", "name", "work"),
    [
        (states, "digest", WORKS["the digest of the code-book"]),
        (lenses, "open_lenses", WORKS["lenses"]),
        (kept_signatures, "_marks", WORKS["signatures"]),
    ],
    ids=WORKS,
)
def test_work_that_was_under_way_leaves_nothing_behind(
    small: Store,
    code: str,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    name: str,
    work: Callable[[Store, opened_data.Opened], object],
) -> None:
    really = getattr(module, name)
    before = opened(small)
    generation = before.dataset.generation

    def erase_meanwhile(*given: object, **named: object) -> object:
        monkeypatch.setattr(module, name, really)
        erasure.erase(small, code, now=NOW)
        look_at(small, SLUG)
        return really(*given, **named)

    monkeypatch.setattr(module, name, erase_meanwhile)
    work(small, before)
    del before
    assert left_of(generation) == []


def test_a_frozen_state_is_opened_again_after_an_erasure_of_which_it_has_nothing(small: Store, code: str) -> None:
    look_at_all(small)
    (record,) = snapshots.listed(small, SLUG, actor=SECRETARIAT)
    before = states.open_frozen(small, consultations.find(small, SLUG), record, EVERYTHING)
    assert states.open_frozen(small, consultations.find(small, SLUG), record, EVERYTHING) is before
    erasure.erase(small, code, now=NOW)
    (record,) = snapshots.listed(small, SLUG, actor=SECRETARIAT)
    after = states.open_frozen(small, consultations.find(small, SLUG), record, EVERYTHING)
    column = after.dataset.columns["finding"]
    assert isinstance(column, TextColumn)
    assert SECRET not in [words for _row, words in column.texts]
    assert len(after.responses) == len(before.responses) - 1


def test_who_reads_by_an_older_view_is_given_a_generation_that_is_over_and_ends_nobody_elses(small: Store) -> None:
    key = consultations.find(small, SLUG).id
    now = remembering.generation_of(small, key, {key: 2})
    late = remembering.generation_of(small, key, {key: 1})
    assert (late.erasures, late.is_over, now.is_over) == (1, True, False)
    assert remembering.generation_of(small, key, {key: 2}) is now


def test_the_last_results_are_remembered_within_so_many_bytes_and_a_few_whatever_they_take() -> None:
    made: list[int] = []

    @remembering.remembered_within(10, len, least=2)
    def letters(count: int) -> str:
        made.append(count)
        return "x" * count

    for count in (3, 4, 3, 3, 5, 4):  # with the 5 they are too many; the 4 was not asked for longest
        assert letters(count) == "x" * count
    assert made == [3, 4, 5, 4]
    for count in (20, 30, 20, 30, 40, 20):
        letters(count)
    assert made[4:] == [20, 30, 40, 20]
    remembering.forget_all()
    letters(20)
    assert made[8:] == [20]
