"""What is remembered of data sets, so that pages that are drawn again do not wait, and forgotten when answers go.

Results rest on whole data sets, the words of answers among them. When an answer was erased, everything that was
remembered goes at once, of all consultations: that happens seldom. Whoever still works with what was read before is
given its result, and nothing of it is remembered.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar
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


def remembered_within(
    most_bytes: int, size_of: Callable[[Found], int], *, least: int = 1
) -> Callable[[Callable[Given, Found]], Callable[Given, Found]]:
    """As `remembered`, of the last results that together take so many bytes, and of so many whatever they take."""

    def keep(function: Callable[Given, Found]) -> Callable[Given, Found]:
        return _asked_of_generations(function, _Last(function, most_bytes, size_of, least))

    return keep


class _Last:
    """A function whose last results stay in memory, within bounds."""

    def __init__(
        self, function: Callable[..., Found], most_bytes: int, size_of: Callable[[Found], int], least: int
    ) -> None:
        self._function, self._size_of = function, size_of
        self._most_bytes, self._least = most_bytes, least
        self._lock = threading.Lock()
        self._held: OrderedDict[object, object] = OrderedDict()
        self._bytes = 0

    def __call__(self, *given: object, **named: object) -> object:
        key = given, tuple(sorted(named.items()))
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        found = self._function(*given, **named)
        with self._lock:
            if key not in self._held:
                self._held[key] = found
                self._bytes += self._size_of(found)
            while self._bytes > self._most_bytes and len(self._held) > self._least:
                self._bytes -= self._size_of(self._held.popitem(last=False)[1])  # type: ignore[arg-type]
        return found

    def cache_clear(self) -> None:
        """Nothing is held any more."""
        with self._lock:
            self._held.clear()
            self._bytes = 0


def remembered(most: int) -> Callable[[Callable[Given, Found]], Callable[Given, Found]]:
    """A function of a data set, or of something else of a generation, whose last results, so many, are in memory."""

    def keep(function: Callable[Given, Found]) -> Callable[Given, Found]:
        return _asked_of_generations(function, lru_cache(maxsize=most)(function))

    return keep


def _asked_of_generations(function: Callable[Given, Found], kept: Any) -> Callable[Given, Found]:
    when_erased(kept.cache_clear)

    @wraps(function)
    def ask(*given: Given.args, **named: Given.kwargs) -> Found:
        generations = [getattr(each, "generation", each) for each in (*given, *named.values())]
        mine = [each for each in generations if isinstance(each, Generation)]
        if any(each.is_over for each in mine):
            return function(*given, **named)
        found: Found = kept(*given, **named)
        if any(each.is_over for each in mine):  # it was forgotten while this was made, and came back by this
            kept.cache_clear()
        return found

    return ask


def when_erased(forget: Callable[[], object]) -> None:
    """This is called when answers were erased."""
    _forgetting.append(forget)


def forget_all() -> None:
    """Nothing that rests on a data set is in memory any more, but the data sets themselves."""
    for forget in _forgetting:
        forget()
