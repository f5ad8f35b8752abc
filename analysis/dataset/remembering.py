"""What is remembered of data sets, so that pages that are drawn again do not wait, and forgotten when answers go.

Results rest on whole data sets, the words of answers among them. When an answer was erased, everything that was
remembered goes at once, of all consultations: that happens seldom.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Found = TypeVar("Found")
_forgetting: list[Callable[[], object]] = []


def remembered(most: int) -> Callable[[Callable[Given, Found]], Callable[Given, Found]]:
    """A function of a data set whose last results, so many, are kept in memory."""

    def keep(function: Callable[Given, Found]) -> Callable[Given, Found]:
        kept = lru_cache(maxsize=most)(function)
        when_erased(kept.cache_clear)
        return kept  # type: ignore[return-value]  # it takes what the function takes, if that can be a key

    return keep


def when_erased(forget: Callable[[], object]) -> None:
    """This is called when answers were erased."""
    _forgetting.append(forget)


def forget_all() -> None:
    """Nothing that rests on a data set is in memory any more, but the data sets themselves."""
    for forget in _forgetting:
        forget()
