"""The snapshot changes exactly when something does that a figure rests on."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from analysis.dataset.snapshot import canonical, conditions, figures_mark, shown, snapshot, whole
from data.records import ResponseStatus, VersionRecord
from tests.analysis.consultations import NOON, response

VERSION = VersionRecord(consultation_id=1, number=1, workbook="{}", created_at=NOON)
ONE = response(1, {"region": "n", "fields": ("prev",)}, salt="5a")
TWO = response(2, {"wish": "Été"}, salt="5b")
DIGEST = snapshot([VERSION], [ONE, TWO])


def test_the_snapshot_is_the_same_for_the_same_data_today_and_tomorrow() -> None:
    def sha256(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    beside = '"language":"en","late":false'
    one = sha256(
        f'{{"answers":{{"fields":["prev"],"region":"n"}},{beside},"publish":"","reference":"R-1","region":"n",'
        '"salt":"5a","submitted_at":"2026-11-23T12:00:00+00:00","version":1}'
    )
    two = sha256(
        f'{{"answers":{{"wish":"Été"}},{beside},"publish":"","reference":"R-2","region":"",'
        '"salt":"5b","submitted_at":"2026-11-23T12:00:00+00:00","version":1}'
    )
    version = sha256('["{}",{}]')
    marks = [bytes.fromhex(each) for each in sorted((one, two))]
    inside = [b"".join(mark for mark in marks if int.from_bytes(mark[:2]) >> 6 == part) for part in range(1024)]
    parts = b"".join(hashlib.sha256(each).digest() for each in inside).hex()
    assert sha256(f'{{"format":2,"parts":"{parts}","responses":2,"versions":[[1,"{version}"]]}}') == DIGEST
    assert DIGEST == "6f53bba76d409583b6b4329075c828ed30e1cd14ed37bd212debf6b8aa96b4c4"


def test_many_responses_are_joined_in_the_order_of_their_digests_part_by_part() -> None:
    many = [replace(ONE, id=number, reference=f"R-{number}") for number in range(5000)]
    assert snapshot([VERSION], many) == snapshot([VERSION], many[::-1]) != snapshot([VERSION], many[1:])


def test_the_order_of_responses_and_answers_does_not_matter() -> None:
    turned = replace(ONE, submission={"fields": ("prev",), "region": "n"})
    assert snapshot([VERSION], [TWO, turned]) == DIGEST


def test_an_answer_and_whatever_stands_beside_it_change_it() -> None:
    changed = {
        snapshot([VERSION], [replace(ONE, submission={"region": "s"}), TWO]),
        snapshot([VERSION], [replace(ONE, language="fr"), TWO]),
        snapshot([VERSION], [replace(ONE, late=True), TWO]),
        snapshot([VERSION], [replace(ONE, publish="named"), TWO]),
        snapshot([VERSION], [replace(ONE, region="s"), TWO]),
        snapshot([VERSION], [replace(ONE, salt="5c"), TWO]),
        snapshot([VERSION], [replace(ONE, version_number=2), TWO]),
        snapshot([replace(VERSION, workbook="{ }")], [ONE, TWO]),
        snapshot([replace(VERSION, renames={"a": "b"})], [ONE, TWO]),
        snapshot([VERSION], [ONE]),
        DIGEST,
    }
    assert len(changed) == 11


def test_a_save_that_changes_no_answer_does_not_change_it() -> None:
    assert snapshot([VERSION], [replace(ONE, revision=7, correcting=True), TWO]) == DIGEST


def test_every_condition_that_figures_rest_on_changes_the_whole() -> None:
    values: dict[str, Any] = {
        "program": "1",
        "consultation": "small",
        "versions": [[1, "a"]],
        "codebook": "b",
        "roles": {"region": "region"},
        "protection": {"meeting": (5, 0)},
        "frame": [("region", {"n": 3})],
        "invited": 3,
        "links": "d",
        "scope": {},
    }
    other: dict[str, Any] = {
        "program": "2",
        "consultation": "other",
        "versions": [[1, "b"]],
        "codebook": "c",
        "roles": {},
        "protection": {"meeting": (5, 3)},
        "frame": [("region", {"n": 4})],
        "invited": 4,
        "links": "e",
        "scope": {"regions": ["n"]},
    }
    found = {whole(DIGEST, conditions(**{**values, name: other[name]})) for name in values}
    assert len(found | {whole(DIGEST, conditions(**values)), whole("", conditions(**values))}) == len(values) + 2


def test_the_mark_of_figures_needs_every_salt() -> None:
    mark = figures_mark(b"figures", [ONE, TWO])
    assert mark == figures_mark(b"figures", [TWO, ONE])
    assert len({mark, figures_mark(b"figures", [ONE]), figures_mark(b"other", [ONE, TWO])}) == 3


def test_a_float_and_a_moment_have_one_spelling() -> None:
    assert canonical({"b": 1.5, "a": (1, "é")}) == '{"a":[1,"é"],"b":1.5}'.encode()
    assert canonical(datetime(2026, 11, 23, 15, tzinfo=timezone(timedelta(hours=3)))) == b'"2026-11-23T12:00:00+00:00"'


def test_drafts_do_not_change_it() -> None:
    assert snapshot([VERSION], [ONE, TWO, response(3, {}, status=ResponseStatus.DRAFT)]) == DIGEST


def test_twelve_digits_are_shown() -> None:
    assert shown(DIGEST) == DIGEST[:12]
