"""Data sets in memory: what changed in the database is followed, without reading everything anew."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from analysis import opened_data, review
from analysis.dataset import kept
from analysis.dataset.arrays import Dataset
from analysis.dataset.counting import Tally
from analysis.dataset.duckdb_counts import DuckDB
from analysis.dataset.remembering import remembered
from analysis.disclosure import Audience
from data.errors import Unavailable
from data.records import EVERYTHING, Scope
from data.settings import Settings
from data.store import Store, open_store
from survey import consultation_rules, consultations, corrections, erasure, imports, question_roles, responses, trash
from survey.imported_rows import ImportRow
from tests.analysis.dataset.test_building import plain
from tests.small import ADMINISTRATOR, ANSWERS, CLOSES_AT, DAY, NOW, SECRETARIAT, SLUG, fill, send

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


def test_the_engine_of_the_settings_counts(small: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    send(small, region="n")
    other = open_store(settings.model_copy(update={"counting": "duckdb"}))
    asked: list[Sequence[str]] = []
    count = DuckDB.tally

    def noted(self: DuckDB, data: Dataset, names: Sequence[str], **more: object) -> dict[str, Tally]:
        asked.append(names)
        return count(self, data, names, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(DuckDB, "tally", noted)
    now = {"language": "en", "filters": opened_data.Filters(), "now": NOW, "audience": Audience.INTERNAL}
    found = [review.card(store, SLUG, "region", actor=SECRETARIAT, **now) for store in (other, small)]  # type: ignore[arg-type]
    other.close()
    assert asked == [("region",)]
    assert found[0] == found[1]


def test_without_duckdb_it_is_said(monkeypatch: pytest.MonkeyPatch, small: Store) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(Unavailable, match="counting.no_duckdb"):
        DuckDB().tally(current(small).dataset, ["region"], passing=(), by="", weights=None)
