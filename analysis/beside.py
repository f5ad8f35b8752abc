"""Work beside a visit: who asks waits a moment, goes on without it, and asks again until it is there.

Access is checked by whoever asks, each time; what was worked out is given out once, so that the next visit sees what
holds by then.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

MOST = 64
"""Outcomes that wait for somebody to come back for them."""
FRESH_SECONDS = 10.0
"""So long they wait; a page looks again each second."""

Found = TypeVar("Found")
_lock = threading.Lock()


@dataclass(slots=True, eq=False)
class Work:
    """One piece of work, for all who ask meanwhile."""

    outcome: "Future[Any]" = field(default_factory=Future)
    ended_at: float | None = None

    def is_stale(self, seconds: float) -> bool:
        """Whether it ended longer ago: what it found is of then, what it failed for too."""
        return self.ended_at is not None and time.monotonic() - self.ended_at > seconds

    def begin(self, make: Callable[[], object]) -> None:
        """It is done in a thread of its own."""
        threading.Thread(target=self._run, args=(make,), daemon=True).start()

    def _run(self, make: Callable[[], object]) -> None:
        try:
            outcome = make()
        except BaseException as error:  # whoever waits is told
            self.ended_at = time.monotonic()
            self.outcome.set_exception(error)
        else:
            self.ended_at = time.monotonic()
            self.outcome.set_result(outcome)


_under_way: "OrderedDict[Hashable, Work]" = OrderedDict()


def worked_out(key: Hashable, make: Callable[[], Found], patience: float | None) -> Found | None:
    """What `make` returns, worked out in a thread of its own; None when it takes longer.

    key       of the work and of who asks for it: the same one comes back for it
    patience  seconds to wait; None for as long as it takes
    Raises    what `make` raises.
    """
    with _lock:
        found = _under_way.get(key)
        if found is None or found.is_stale(FRESH_SECONDS):
            found = _under_way[key] = Work()
            found.begin(make)
        _under_way.move_to_end(key)
        while len(_under_way) > MOST:
            _under_way.popitem(last=False)
    try:
        outcome: Found = found.outcome.result(patience)
        return outcome
    except TimeoutError:
        if found.ended_at is not None:  # it came this moment, or the work itself took too long for something
            late: Found = found.outcome.result()
            return late
        return None
    finally:
        if found.ended_at is not None:
            with _lock:
                if _under_way.get(key) is found:
                    del _under_way[key]


def is_over(key: Hashable) -> bool:
    """Whether asking again would not have to wait."""
    found = _under_way.get(key)
    return found is None or found.ended_at is not None
