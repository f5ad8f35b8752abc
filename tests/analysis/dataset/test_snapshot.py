"""The snapshot changes exactly when the questionnaire or a submitted answer does."""

import hashlib
from dataclasses import replace

from analysis.dataset.snapshot import shown, snapshot
from data.records import ResponseStatus, VersionRecord
from tests.analysis.consultations import NOON, response

VERSION = VersionRecord(consultation_id=1, number=1, workbook="{}", created_at=NOON)
ONE, TWO = response(1, {"region": "n", "fields": ("prev",)}), response(2, {"wish": "Été"})
DIGEST = snapshot([VERSION], [ONE, TWO])


def test_the_snapshot_is_the_same_for_the_same_data_today_and_tomorrow() -> None:
    replies = {1: b'[1,1,{"fields":["prev"],"region":"n"}]', 2: '[2,1,{"wish":"Été"}]'.encode()}
    marks = {key: hashlib.sha256(text).digest() for key, text in replies.items()}
    parts = b"".join(hashlib.sha256(marks.get(part, b"")).digest() for part in range(1024))
    whole = f'{{"parts":"{parts.hex()}","replies":2,"versions":[[1,"{{}}"]]}}'
    assert hashlib.sha256(whole.encode()).hexdigest() == DIGEST


def test_replies_of_one_part_are_joined_in_the_order_of_their_keys() -> None:
    far = response(1 + 1024, {"region": "s"})
    assert snapshot([VERSION], [far, ONE]) == snapshot([VERSION], [ONE, far]) != DIGEST


def test_the_order_of_responses_and_answers_does_not_matter() -> None:
    turned = replace(ONE, submission={"fields": ("prev",), "region": "n"})
    assert snapshot([VERSION], [TWO, turned]) == DIGEST


def test_an_answer_a_revision_and_a_workbook_change_it() -> None:
    changed = {
        snapshot([VERSION], [replace(ONE, submission={"region": "s"}), TWO]),
        snapshot([VERSION], [replace(ONE, revision=2), TWO]),
        snapshot([replace(VERSION, workbook="{ }")], [ONE, TWO]),
        snapshot([VERSION], [ONE]),
        DIGEST,
    }
    assert len(changed) == 5


def test_drafts_do_not_change_it() -> None:
    assert snapshot([VERSION], [ONE, TWO, response(3, {}, status=ResponseStatus.DRAFT)]) == DIGEST


def test_twelve_digits_are_shown() -> None:
    assert shown(DIGEST) == DIGEST[:12]
