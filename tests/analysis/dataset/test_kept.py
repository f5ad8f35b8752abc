"""Data sets in memory: what changed in the database is followed, without reading everything anew."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from analysis import opened_data, review
from analysis.dataset import kept, parquet_table, stored
from analysis.dataset.arrays import Dataset
from analysis.dataset.counting import Tally
from analysis.dataset.remembering import remembered
from analysis.dataset.stored_view import StoredCounts
from analysis.disclosure import Audience
from data.errors import Unavailable
from data.records import EVERYTHING, ReplyRecord, Scope
from data.settings import Settings
from data.store import Store, open_store
from survey import consultation_rules, consultations, corrections, erasure, imports, question_roles, responses, trash
from survey.imported_rows import ImportRow
from tests.analysis.dataset.test_building import plain
from tests.databases import ON_SERVER
from tests.small import ADMINISTRATOR, ANSWERS, CLOSES_AT, DAY, NOW, SECRETARIAT, SLUG, fill, refused, send

LATER = NOW + DAY


@pytest.fixture(autouse=True)
def _nothing_in_memory() -> Iterator[None]:
    kept.forget()
    yield
    kept.forget()


def current(store: Store, scope: Scope = EVERYTHING) -> kept.Kept:
    return kept.current(store, consultations.find(store, SLUG), scope)


def correct(store: Store, code: str) -> None:
    until = {"corrections_until": (CLOSES_AT + DAY).isoformat()}
    consultation_rules.set_policies(store, SLUG, until, actor=SECRETARIAT, now=NOW)
    corrections.correct(store, code, now=LATER)
    fill(store, code, {"region": "n", "finding": "Services came nearer."})
    responses.submit(store, code, now=LATER)


def put_aside(store: Store, code: str) -> int:
    reference = responses.resume(store, code, now=NOW).response.reference
    key = trash.ask(store, SLUG, reference, "Sent twice", actor=SECRETARIAT, now=NOW)
    trash.agree(store, SLUG, key, actor=ADMINISTRATOR, now=LATER)
    return key


def put_back(store: Store, code: str) -> None:
    key = put_aside(store, code)
    current(store)
    trash.restore(store, SLUG, key, actor=ADMINISTRATOR, now=LATER)


CHANGES: dict[str, Callable[[Store, str], object]] = {
    "another": lambda store, _code: send(store, org_name="Third", region="n"),
    "corrected": correct,
    "withdrawn": lambda store, code: corrections.withdraw(store, code, now=LATER),
    "in the trash": put_aside,
    "restored": put_back,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changed_is_followed(
    small: Store, change: Callable[[Store, str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = send(small, org_name="First")
    send(small, org_name="Second")
    before = current(small)
    with monkeypatch.context() as held:
        held.setattr(kept, "_load", None)
        change(small, code)
        after = current(small)
        assert current(small) is after
    kept.forget()
    anew = current(small)
    assert (plain(after.dataset), after.digest) == (plain(anew.dataset), anew.digest)
    assert before.dataset.size == 2


def test_after_an_erasure_all_is_read_anew_because_another_may_have_its_key(small: Store) -> None:
    row = ImportRow(number=2, values=dict(ANSWERS), reference="R-1", submitted_at=NOW)
    imports.import_responses(small, SLUG, [row], actor=SECRETARIAT, now=NOW)
    (before,) = current(small).dataset.respondents
    erasure.erase_by_reference(small, SLUG, "R-1", actor=SECRETARIAT, now=LATER)
    other = replace(row, reference="R-2", values={**ANSWERS, "org_name": "Corrected"})
    imports.import_responses(small, SLUG, [other], actor=SECRETARIAT, now=NOW)
    (after,) = current(small).dataset.respondents
    assert (before.organisation, after.organisation) == (ANSWERS["org_name"], "Corrected")


def test_what_was_remembered_of_a_data_set_goes_with_an_erasure_and_stays_otherwise(small: Store) -> None:
    looked_at: list[int] = []

    @remembered(2)
    def look(dataset: Dataset) -> int:
        looked_at.append(dataset.size)
        return dataset.size

    row = ImportRow(number=2, values=dict(ANSWERS), reference="R-1", submitted_at=NOW)
    imports.import_responses(small, SLUG, [row], actor=SECRETARIAT, now=NOW)
    first = current(small).dataset
    assert (look(first), look(first)) == (1, 1)
    send(small, org_name="Second")
    current(small)
    assert (look(first), looked_at) == (1, [1])
    erasure.erase_by_reference(small, SLUG, "R-1", actor=SECRETARIAT, now=LATER)
    current(small)
    assert (look(first), looked_at) == (1, [1, 1])


def test_what_went_while_something_like_it_came_is_followed(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    code = send(small, org_name="First")
    assert [each.organisation for each in current(small).dataset.respondents] == ["First"]
    monkeypatch.setattr(kept, "_load", None)
    corrections.withdraw(small, code, now=NOW)
    send(small, org_name="Second")
    send(small, org_name="Third")
    assert [each.organisation for each in current(small).dataset.respondents] == ["Second", "Third"]


def test_excluded_replies_are_left_out_without_reading_the_others_anew(
    small: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("First", "Second", "Third"):
        send(small, org_name=name)
    keys = [each.response_id for each in current(small).dataset.respondents]
    monkeypatch.setattr(kept, "_load", None)
    monkeypatch.setattr("data.store.Transaction.reply_batches", None)

    def counted(*excluded: int) -> kept.Kept:
        return kept.current(small, consultations.find(small, SLUG), EVERYTHING, without=frozenset(excluded))

    one = counted(keys[1])
    assert [each.organisation for each in one.dataset.respondents] == ["First", "Third"]
    assert counted(keys[1]) is one
    two = counted(*keys[1:])
    assert [each.organisation for each in two.dataset.respondents] == ["First"]
    assert len({one.digest, two.digest, current(small).digest}) == 3
    send(small, org_name="Fourth")
    assert [each.organisation for each in counted(keys[1]).dataset.respondents] == ["First", "Third", "Fourth"]
    assert current(small).dataset.size == 4


def test_more_changes_than_can_be_followed_are_read_anew(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_CHANGES", 1)
    send(small)
    assert current(small).dataset.size == 1
    for name in ("Second", "Third"):
        send(small, org_name=name)
    assert current(small).dataset.size == 3


def test_a_data_set_holds_nothing_outside_its_scope(small: Store) -> None:
    north = Scope(regions=frozenset({"n"}))
    send(small, org_name="First", region="n")
    send(small, org_name="Second", region="s")
    assert [each.organisation for each in current(small, north).dataset.respondents] == ["First"]
    send(small, org_name="Third", region="n")
    send(small, org_name="Fourth", region="s")
    assert [each.organisation for each in current(small, north).dataset.respondents] == ["First", "Third"]


def test_another_part_of_a_question_is_read_anew(small: Store) -> None:
    send(small, org_name="First")
    assert current(small).dataset.codebook.roles["organisation"] == "org_name"
    roles = {"organisation": "finding"}
    question_roles.set_roles(small, SLUG, roles, actor=SECRETARIAT, now=NOW + timedelta(days=1))
    assert current(small).dataset.respondents[0].organisation == "Services are far away."


@pytest.fixture(params=["duckdb", *(["postgresql"] if ON_SERVER else [])])
def counting(request: pytest.FixtureRequest, small: Store, settings: Settings) -> Iterator[Store]:
    """The store of the small consultation once more, with another engine."""
    other = open_store(settings.model_copy(update={"counting": request.param}))
    yield other
    other.close()


def test_the_engine_of_the_settings_counts(small: Store, counting: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    send(small, region="n")
    asked: list[Sequence[str]] = []
    count = StoredCounts.tally

    def noted(self: StoredCounts, data: Dataset, names: Sequence[str], **more: object) -> dict[str, Tally]:
        asked.append(names)
        return count(self, data, names, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(StoredCounts, "tally", noted)
    now = {"language": "en", "filters": opened_data.Filters(), "now": NOW, "audience": Audience.INTERNAL}
    found = [review.card(store, SLUG, "region", actor=SECRETARIAT, **now) for store in (counting, small)]  # type: ignore[arg-type]
    assert asked == [("region",)]
    assert found[0] == found[1]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_another_engine_follows_what_changed(
    small: Store, counting: Store, change: Callable[[Store, str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = send(small, org_name="First")
    send(small, org_name="Second")
    current(counting)
    current(small)
    with monkeypatch.context() as held:
        held.setattr(kept, "_load", None)
        change(small, code)
        after = current(counting)
        assert current(counting) is after
    anew = current(small)
    assert (plain(after.dataset), after.digest) == (plain(anew.dataset), anew.digest)


def test_another_engine_keeps_to_parts_and_leaves_out_what_is_excluded(small: Store, counting: Store) -> None:
    for name, region in (("First", "n"), ("Second", "s"), ("Third", "n")):
        send(small, org_name=name, region=region)
    north = Scope(regions=frozenset({"n"}))
    first = current(small).dataset.respondents[0].response_id
    consultation = consultations.find(small, SLUG)
    for scope in (EVERYTHING, north):
        for without in (frozenset[int](), frozenset({first})):
            found = kept.current(counting, consultation, scope, without=without)
            expected = kept.current(small, consultation, scope, without=without)
            assert (plain(found.dataset), found.digest) == (plain(expected.dataset), expected.digest)


def test_readers_of_parts_do_not_take_each_others_away(small: Store, counting: Store) -> None:
    for region in ("n", "s", "n"):
        send(small, region=region)
    consultation = consultations.find(small, SLUG)
    parts = [Scope(regions=frozenset(each)) for each in (["n"], ["s"], ["n", "s"], ["nowhere"])]
    found = [kept.current(counting, consultation, scope) for scope in parts]
    assert [each.dataset.size for each in found] == [2, 1, 3, 0]
    assert all(kept.current(counting, consultation, scope) is each for scope, each in zip(parts, found, strict=True))


def test_nothing_erased_stays_where_another_engine_counts(
    small: Store, counting: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "FILED", 1)
    monkeypatch.setattr(kept, "FEW", 0)
    for reference in ("R-1", "R-2"):
        row = ImportRow(number=2, values={**ANSWERS, "org_name": reference}, reference=reference, submitted_at=NOW)
        imports.import_responses(small, SLUG, [row], actor=SECRETARIAT, now=NOW)
    before = current(counting).dataset
    folder = settings.column_path
    assert folder is not None
    in_files = counting.counting == "duckdb"
    assert bool(list(folder.glob("*.parquet")) if folder.is_dir() else []) is in_files
    erasure.erase_by_reference(counting, SLUG, "R-1", actor=SECRETARIAT, now=LATER)
    assert not list(folder.iterdir() if folder.is_dir() else [])
    with pytest.raises(Unavailable, match="counting.lost"):
        before.columns["region"]
    assert [each.organisation for each in current(counting).dataset.respondents] == ["R-2"]
    kept.forget()  # as another process would begin
    assert [each.organisation for each in current(counting).dataset.respondents] == ["R-2"]


def test_rows_that_are_written_after_they_were_erased_do_not_stay_in_a_part(
    small: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (stored, parquet_table):
        monkeypatch.setattr(module, "CHUNK", 1)
    for reference in ("R-1", "R-2"):
        row = ImportRow(number=2, values={**ANSWERS, "org_name": reference}, reference=reference, submitted_at=NOW)
        imports.import_responses(small, SLUG, [row], actor=SECRETARIAT, now=NOW)
    batches = kept._batches

    def interrupted(*given: Any) -> Iterator[tuple[ReplyRecord, ...]]:
        for first, second in batches(*given):
            yield (first,)
            erasure.erase_by_reference(small, SLUG, "R-2", actor=SECRETARIAT, now=LATER)
            yield (second,)

    monkeypatch.setattr(kept, "_batches", interrupted)
    counting = open_store(settings.model_copy(update={"counting": "duckdb"}))
    with pytest.raises(Unavailable, match="counting.lost"):
        current(counting)
    assert settings.column_path is not None
    assert not list(settings.column_path.iterdir())
    counting.close()


def test_the_next_process_reads_what_came_since_and_nothing_else(
    small: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = open_store(settings.model_copy(update={"counting": "duckdb"}))
    monkeypatch.setattr(kept, "FILED", 1)
    monkeypatch.setattr(kept, "FEW", 0)
    for name in ("First", "Second"):
        send(small, org_name=name)
    current(counting)
    kept.forget()
    send(small, org_name="Third")
    with monkeypatch.context() as held:
        held.setattr("data.store.Transaction.reply_batches", None)
        after = current(counting)
    anew = current(small)
    assert (plain(after.dataset), after.digest) == (plain(anew.dataset), anew.digest)
    counting.close()


def test_a_table_in_files_that_is_dead_for_the_most_part_is_made_anew_once(
    small: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = open_store(settings.model_copy(update={"counting": "duckdb"}))
    monkeypatch.setattr(kept, "FILED", 1)
    monkeypatch.setattr(kept, "FEW", 0)
    monkeypatch.setattr(stored, "MOST_DEAD", 0)
    code = send(small, org_name="First")
    for name in ("Second", "Third"):
        send(small, org_name=name)
    current(counting)
    kept.forget()
    correct(small, code)
    current(counting)
    with monkeypatch.context() as held:
        held.setattr(kept, "_load", None)
        current(counting)
    counting.close()


def test_what_came_since_a_file_was_written_counts_for_the_next(
    small: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = open_store(settings.model_copy(update={"counting": "duckdb"}))
    monkeypatch.setattr(kept, "FILED", 1)
    monkeypatch.setattr(kept, "FEW", 0)
    send(small, org_name="First")
    current(counting)
    kept.forget()
    send(small, org_name="Second")
    current(counting)
    kept.forget()
    with monkeypatch.context() as held:
        held.setattr(kept, "apply_changes", None)  # the file has the second too
        current(counting)
    counting.close()


def test_without_duckdb_it_is_said(monkeypatch: pytest.MonkeyPatch, small: Store, settings: Settings) -> None:
    other = open_store(settings.model_copy(update={"counting": "duckdb"}))
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with refused(Unavailable, "counting.no_duckdb"):
        current(other)
    other.close()
