"""Compiled questionnaires are remembered between requests; threads share them."""

import functools
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from data.store import Store
from survey import published_forms
from survey.published_forms import Remembered
from tests.small import SLUG


def test_a_version_is_compiled_once_and_shared(small: Store) -> None:
    with small.read() as kept:
        key = kept.consultation(SLUG).id
        assert published_forms.form(kept, key) is published_forms.form(kept, key, 1)
        assert published_forms.lineage_of(kept, key) is published_forms.lineage_of(kept, key)


def test_when_there_are_too_many_all_are_forgotten_and_made_anew() -> None:
    remembered: Remembered[list[int]] = Remembered(2)
    first = remembered.get((1,), lambda: [1])
    assert remembered.get((1,), lambda: [2]) is first
    for number in (2, 3):
        remembered.get((number,), lambda: [0])
    assert remembered.get((1,), lambda: [4]) == [4]


@dataclass(frozen=True)
class Named:
    """What names a version; another thread takes its turn whenever it is looked up."""

    number: int

    def __hash__(self) -> int:
        time.sleep(0)
        return self.number


def test_threads_that_make_each_other_forget_all_get_what_they_asked_for() -> None:
    remembered: Remembered[int] = Remembered(1)

    def ask(first: int) -> bool:
        numbers = [first + turn % 3 for turn in range(1_000)]
        return [remembered.get((Named(n),), functools.partial(int, n)) for n in numbers] == numbers

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(ask, (1, 2, 3, 4)))
