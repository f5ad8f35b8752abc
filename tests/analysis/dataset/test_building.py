"""Data sets that grow: what was given out stays, and the next is as if all had been read at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.dataset.arrays import Dataset, MultipleColumn, NumberColumn, RankColumn, SingleColumn
from analysis.dataset.asked import asked_by_relevance
from analysis.dataset.building import Builder
from analysis.dataset.codebook import build_codebook
from analysis.dataset.column_rows import Rows
from analysis.dataset.finding import Finding
from analysis.dataset.snapshot import snapshot
from data.records import ResponseRecord, VersionRecord
from tests.analysis.consultations import NOON, ROLES, response, small_questionnaire

FORM = small_questionnaire()
CODEBOOK, ASKED = build_codebook(FORM, ROLES), asked_by_relevance({1: FORM})
VERSION = VersionRecord(consultation_id=1, number=1, workbook="{}", created_at=NOON)

ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "region": st.sampled_from(["n", "s", "na", "east", "west", "", "1", 1, True, 1.0, 0, False, ()]),
        "fields": st.lists(st.sampled_from(["prev", "care", "other", "sea"]), min_size=1, unique=True).map(tuple),
        "order": st.lists(st.sampled_from(["prev", "care", "other"]), min_size=1, unique=True).map(tuple),
        "staff": st.integers(0, 9),
        "wish": st.sampled_from(["Paix", "Мир"]),
        "org": st.sampled_from(["A", "B"]),
        "publish": st.sampled_from(["named", "no"]),
    },
)


def builder(replies: Sequence[ResponseRecord]) -> Builder:
    made = Builder(CODEBOOK, asked=lambda reply, _answers: ASKED(reply))
    made.add(replies)
    return made


def plain(data: Dataset) -> dict[str, object]:
    """Everything in a data set, for comparing."""
    found: dict[str, object] = {"who": list(data.respondents), "variables": dict(data.variables)}
    for name, column in data.columns.items():
        match column:
            case SingleColumn():
                cells: object = column.codes.tolist()
            case MultipleColumn():
                cells = column.chosen.tolist()
            case RankColumn():
                cells = column.ranks.tolist()
            case NumberColumn():
                cells = np.nan_to_num(column.values, nan=-1).tolist()
            case _:
                cells = list(column.texts)
        found[name] = (column.state.tolist(), cells)
    return found


def came(number: int, answers: dict[str, object]) -> ResponseRecord:
    return response(number, answers, submitted_at=NOON + timedelta(seconds=number * 7 % 5))  # type: ignore[arg-type]


@settings(max_examples=60)
@given(first=st.lists(ANSWERS, max_size=4), later=st.lists(ANSWERS, max_size=3), revised=ANSWERS, data=st.data())
def test_changes_one_by_one_come_to_what_reading_anew_gives(
    first: list[dict[str, object]], later: list[dict[str, object]], revised: dict[str, object], data: st.DataObject
) -> None:
    begun = [came(number, each) for number, each in enumerate(first, start=1)]
    more = [came(number, each) for number, each in enumerate(later, start=len(first) + 1)]
    growing = builder(begun)
    before = growing.dataset()
    as_it_was = plain(before)
    growing.digest([VERSION])
    for each in more:
        growing.change([each])
    now = [*begun, *more]
    if now:
        place = data.draw(st.integers(0, len(now) - 1))
        now[place] = replace(now[place], submission=revised, revision=2, late=True, language="fr")
        growing.change([now[place]])
        lost = data.draw(st.integers(0, len(now) - 1))
        growing.change([], [now.pop(lost).id])
    assert plain(growing.dataset()) == plain(builder(now).dataset())
    assert growing.digest([VERSION]) == snapshot([VERSION], now)
    assert plain(before) == as_it_was


@settings(max_examples=40)
@given(answers=st.lists(ANSWERS, max_size=6), further=st.lists(ANSWERS, max_size=2), data=st.data())
def test_without_some_replies_is_as_if_the_others_had_been_read_alone(
    answers: list[dict[str, object]], further: list[dict[str, object]], data: st.DataObject
) -> None:
    replies = [came(number, each) for number, each in enumerate([*answers, *further], start=1)]
    growing = builder(replies[: len(answers)])
    growing.digest([VERSION])
    for each in replies[len(answers) :]:
        growing.change([each])
    lost = data.draw(st.sets(st.integers(1, 9)))
    others = [each for each in replies if each.id not in lost]
    found = growing.without(lost)
    assert plain(found.dataset()) == plain(builder(others).dataset())
    assert found.digest([VERSION]) == snapshot([VERSION], others)
    assert plain(growing.dataset()) == plain(builder(replies).dataset())
    assert growing.digest([VERSION]) == snapshot([VERSION], replies)


@settings(max_examples=60)
@given(
    first=st.lists(st.integers(0, 9), max_size=12),
    acts=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9)), max_size=12),
    asked=st.sets(st.integers(0, 9), max_size=3),
)
def test_rows_are_found_by_their_order_and_behind_it(
    first: list[int], acts: list[tuple[int, int]], asked: set[int]
) -> None:
    rows = Rows(np.int64)
    rows.extend(first)
    finding = Finding(rows)
    with pytest.MonkeyPatch.context() as small:
        small.setattr("analysis.dataset.finding.SPARE", 2)
        for place, value in acts:
            if place < rows.used:
                rows.held[place] = value
                finding.changed(place)
            else:
                rows.extend([value])
            for some in (np.array(sorted(asked), dtype=np.int64), np.array([value])):
                assert finding.holding(some).tolist() == np.flatnonzero(np.isin(rows.view(), some)).tolist()
                rows.held.setflags(write=True)


def test_a_further_response_is_written_behind_the_rows_that_are_there() -> None:
    growing = builder([response(number, {"region": "n"}) for number in (1, 2)])
    before = growing.dataset().columns["region"]
    growing.change([response(4, {"region": "s"})])
    after = growing.dataset().columns["region"]
    assert isinstance(before, SingleColumn)
    assert isinstance(after, SingleColumn)
    assert np.shares_memory(before.codes, after.codes)
    assert (before.codes.size, after.codes.size) == (2, 3)


def test_more_codes_than_a_byte_holds_make_the_column_wider() -> None:
    growing = builder([response(1, {"region": "n"})])
    for number in range(2, 300):
        growing.change([response(number, {"region": f"r{number:03}"})])
    column = growing.dataset().columns["region"]
    assert isinstance(column, SingleColumn)
    assert column.codes.dtype == np.uint16
    assert len(set(column.codes.tolist())) == 299


def test_a_choice_takes_a_byte_for_each_response_and_eight_options_another() -> None:
    data = builder([came(number, {"region": "n", "fields": ("prev",)}) for number in range(1, 9)]).dataset()
    single, multiple = data.columns["region"], data.columns["fields"]
    assert isinstance(single, SingleColumn)
    assert isinstance(multiple, MultipleColumn)
    assert (single.codes.nbytes, multiple.bits.nbytes, multiple.state.nbytes) == (8, 8, 8)


def test_a_long_multiple_choice_has_as_many_bytes_as_it_needs() -> None:
    growing = builder([response(1, {"fields": ("care",)})])
    answers = {"fields": tuple(f"f{number:02}" for number in range(20))}
    growing.change([response(2, answers)])
    column = growing.dataset().columns["fields"]
    assert isinstance(column, MultipleColumn)
    assert column.bits.shape == (2, 3)
    assert column.chosen.sum(axis=1).tolist() == [1, 20]
    assert [column.chose(option).tolist() for option in (1, 22)] == [[True, False], [False, True]]


def test_a_number_that_is_none_is_refused_with_its_response() -> None:
    growing = builder([came(1, {"staff": 3})])
    with pytest.raises(Exception, match="dataset.not_a_number"):
        growing.change([response(2, {"staff": "many"})])
