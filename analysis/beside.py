"""Work beside a visit: who asks waits a moment, goes on without it, and asks again until it is there.

Access is checked by whoever asks, each time; what was worked out is given out once, so that the next visit sees what
holds by then.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

MOST = 64
"""Outcomes that wait for somebody to come back for them."""

Found = TypeVar("Found")
_lock = threading.Lock()
_under_way: "OrderedDict[Hashable, Future[Any]]" = OrderedDict()


def worked_out(key: Hashable, make: Callable[[], Found], patience: float | None) -> Found | None:
    """What `make` returns, worked out in a thread of its own; None when it takes longer.

    key       of the work and of who asks for it: the same one comes back for it
    patience  seconds to wait; None for as long as it takes
    Raises    what `make` raises.
    """
    with _lock:
        found = _under_way.get(key)
        if found is None:
            found = _under_way[key] = Future()
            threading.Thread(target=_work, args=(found, make), daemon=True).start()
        _under_way.move_to_end(key)
        while len(_under_way) > MOST:
            _under_way.popitem(last=False)
    try:
        outcome: Found = found.result(patience)
        return outcome
    except TimeoutError:
        if found.done():  # the work itself took too long for something
            raise
        return None
    finally:
        if found.done():
            with _lock:
                if _under_way.get(key) is found:
                    del _under_way[key]


def is_over(key: Hashable) -> bool:
    """Whether asking again would not have to wait."""
    found = _under_way.get(key)
    return found is None or found.done()


def _work(found: "Future[Any]", make: Callable[[], object]) -> None:
    try:
        found.set_result(make())
    except BaseException as error:  # whoever waits is told
        found.set_exception(error)
