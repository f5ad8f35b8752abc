"""Signatures are kept: a further answer is signed and no other anew, in this process and, by the file, in the next."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from analysis.dataset import kept
from analysis.dataset.arrays import Dataset
from analysis.flags import kept_signatures, signatures
from analysis.flags.campaigns import open_questions
from analysis.flags.signatures import Signatures
from data.column_files import SIGNATURES
from data.records import EVERYTHING, Scope
from data.store import Store
from survey import consultations, corrections, erasure, responses
from tests.analysis.dataset.test_kept import LATER, correct
from tests.small import NOW, SLUG, send

LETTER = "We ask every government to close the centres at once and to leave the matter to the families of the land."
PLAIN = signatures.sign
Signed = list[str]


@pytest.fixture(autouse=True)
def _nothing_in_memory() -> Iterator[None]:
    kept.forget()
    kept_signatures.forget()
    yield
    kept.forget()
    kept_signatures.forget()


@pytest.fixture
def signed_texts(monkeypatch: pytest.MonkeyPatch) -> Signed:
    """What was signed and not found again."""
    seen: list[str] = []
    sign = signatures.sign

    def noted(texts: Sequence[str]) -> Signatures:
        seen.extend(texts)
        return sign(texts)

    monkeypatch.setattr(signatures, "sign", noted)
    return seen


def look(store: Store, scope: Scope = EVERYTHING, without: frozenset[int] = frozenset()) -> Dataset:
    """The signatures are those of the answers as they are, made anew."""
    consultation = consultations.find(store, SLUG)
    dataset = kept.current(store, consultation, scope, without=without).dataset
    found = kept_signatures.signed(store, consultation.id, scope, dataset)
    for name, column in open_questions(dataset).items():
        plain = PLAIN([text for _row, text in column.texts])
        assert np.array_equal(found[name].long, plain.long)
        assert np.array_equal(found[name].bands, plain.bands)
    return dataset


def test_a_further_answer_is_signed_and_no_other_anew(small: Store, signed_texts: Signed) -> None:
    send(small, finding=LETTER, recommendation="Short")
    send(small, finding=f"{LETTER} Now.")
    look(small)
    assert LETTER in signed_texts
    signed_texts.clear()
    send(small, finding=f"{LETTER} At once.")
    look(small)
    assert [each for each in signed_texts if each != "Alliance"] == [f"{LETTER} At once."]
    signed_texts.clear()
    look(small)
    assert signed_texts == []


CHANGES: dict[str, Callable[[Store, str], object]] = {
    "corrected": correct,
    "withdrawn": lambda store, code: corrections.withdraw(store, code, now=LATER),
    "erased": lambda store, code: erasure.erase(store, code, now=LATER),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changed_is_followed(small: Store, change: Callable[[Store, str], object], signed_texts: Signed) -> None:
    code = send(small, finding=LETTER)
    send(small, finding=f"{LETTER} Second.")
    look(small)
    signed_texts.clear()
    change(small, code)
    look(small)
    assert LETTER not in signed_texts
    assert f"{LETTER} Second." not in signed_texts


def test_replies_that_do_not_count_are_left_out_and_nothing_is_signed_for_it(
    small: Store, signed_texts: Signed
) -> None:
    codes = [send(small, finding=f"{LETTER} {number}") for number in range(4)]
    look(small)
    signed_texts.clear()
    look(small, without=frozenset({responses.resume(small, codes[1], now=NOW).response.id}))
    assert signed_texts == []


def test_of_a_part_only_its_own_answers_are_signed(small: Store, signed_texts: Signed) -> None:
    send(small, region="n", finding=LETTER)
    send(small, region="s", finding=f"{LETTER} South.")
    dataset = look(small, Scope(regions=frozenset({"s"})))
    assert dataset.size == 1
    assert LETTER not in signed_texts


@pytest.fixture
def filed(small: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Path]]:
    """Two answers in a file, of which this process knows nothing any more; the files."""
    monkeypatch.setattr(kept_signatures, "FILED", 1)
    send(small, finding=LETTER)
    send(small, finding=f"{LETTER} Second.")
    look(small)
    kept_signatures.forget()
    folder = small.columns.folder
    assert folder is not None
    return lambda: sorted(folder.glob(f"*.{SIGNATURES}"))


@pytest.mark.sqlite
def test_the_next_process_signs_nothing_anew(
    small: Store, filed: Callable[[], list[Path]], signed_texts: Signed
) -> None:
    assert len(filed()) == 1
    look(small)
    assert signed_texts == []
    assert LETTER.encode() not in filed()[0].read_bytes()


@pytest.mark.sqlite
def test_with_an_erasure_the_file_goes(small: Store, filed: Callable[[], list[Path]]) -> None:
    code = send(small, finding=f"{LETTER} Third.")
    look(small)
    assert len(filed()) == 1
    erasure.erase(small, code, now=LATER)
    assert filed() == []
    look(small)
    assert len(filed()) == 1


@pytest.mark.sqlite
def test_whoever_still_looks_at_what_was_erased_meanwhile_files_nothing_of_it(
    small: Store, filed: Callable[[], list[Path]]
) -> None:
    consultation = consultations.find(small, SLUG)
    code = send(small, finding=f"{LETTER} Third.")
    before = kept.current(small, consultation, EVERYTHING).dataset
    erasure.erase(small, code, now=LATER)
    assert "Third" in str([text for _row, text in before.columns["finding"].texts])
    kept_signatures.signed(small, consultation.id, EVERYTHING, before)
    assert filed() == []


@pytest.mark.sqlite
def test_a_file_of_other_signatures_is_not_used(
    small: Store, filed: Callable[[], list[Path]], signed_texts: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signatures, "FORMAT", signatures.FORMAT + 1)
    look(small)
    assert LETTER in signed_texts
    assert len(filed()) == 1
