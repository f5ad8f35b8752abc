"""What is remembered of data sets, so that pages that are drawn again do not wait, and forgotten when answers go.

Results rest on whole data sets, the words of answers among them. When an answer was erased, everything that was
remembered goes at once, of all consultations: that happens seldom. Whoever still works with what was read before is
given its result, and nothing of it is remembered.
"""

import threading
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary

Given = ParamSpec("Given")
Found = TypeVar("Found")
_forgetting: list[Callable[[], object]] = []


class Generation:
    """The answers of a consultation between two erasures. Once it is over, nothing that rests on them is kept.

    erasures  how often something of the consultation had been erased before
    """

    __slots__ = ("erasures", "is_over")

    def __init__(self, erasures: int = 0, *, is_over: bool = False) -> None:
        self.erasures, self.is_over = erasures, is_over


_lock = threading.Lock()
_generations: WeakKeyDictionary[object, dict[int, Generation]] = WeakKeyDictionary()


def generation_of(store: object, consultation_id: int, counts: Mapping[int, int]) -> Generation:
    """The generation of what is read now, after everything was forgotten if any consultation's has ended meanwhile.

    store   whose consultation it is
    counts  as `Transaction.erasure_counts` of the transaction that reads
    """
    with _lock:
        known = _generations.setdefault(store, {})
        ended = [each for key, count in counts.items() if (each := known.get(key)) and each.erasures < count]
        for each in ended:
            each.is_over = True
        for key in {consultation_id, *counts}:
            if key not in known or known[key].is_over:
                known[key] = Generation(counts.get(key, 0))
        found = known[consultation_id]
    if ended:
        forget_all()
    erasures = counts.get(consultation_id, 0)
    # Another reader may have seen an erasure that this one, who began before, does not see.
    return found if found.erasures == erasures else Generation(erasures, is_over=True)


def remembered(most: int) -> Callable[[Callable[Given, Found]], Callable[Given, Found]]:
    """A function of a data set, or of something else of a generation, whose last results, so many, are in memory."""

    def keep(function: Callable[Given, Found]) -> Callable[Given, Found]:
        kept = lru_cache(maxsize=most)(function)
        when_erased(kept.cache_clear)

        @wraps(function)
        def ask(*given: Given.args, **named: Given.kwargs) -> Found:
            generations = [getattr(each, "generation", each) for each in (*given, *named.values())]
            mine = [each for each in generations if isinstance(each, Generation)]
            if any(each.is_over for each in mine):
                return function(*given, **named)
            found: Found = kept(*given, **named)  # type: ignore[arg-type]  # what the function takes can be a key
            if any(each.is_over for each in mine):  # it was forgotten while this was made, and came back by this
                kept.cache_clear()
            return found

        return ask

    return keep


def when_erased(forget: Callable[[], object]) -> None:
    """This is called when answers were erased."""
    _forgetting.append(forget)


def forget_all() -> None:
    """Nothing that rests on a data set is in memory any more, but the data sets themselves."""
    for forget in _forgetting:
        forget()
