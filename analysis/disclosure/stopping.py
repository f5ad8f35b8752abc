"""Whether slow work is still wanted: said once for a thread, asked by its slow loops.

Work of which nothing is said is always wanted.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_WANTED: ContextVar[Callable[[], bool] | None] = ContextVar("wanted", default=None)


class Abandoned(Exception):
    """Nobody wants the work any more; what was not finished is kept nowhere."""


@contextmanager
def while_wanted(wanted: Callable[[], bool]) -> Iterator[None]:
    """What is done inside, in this thread, ends with `Abandoned` soon after it is no longer wanted."""
    token = _WANTED.set(wanted)
    try:
        yield
    finally:
        _WANTED.reset(token)


def go_on() -> None:
    """Raises Abandoned when the work of this thread is not wanted any more."""
    wanted = _WANTED.get()
    if wanted is not None and not wanted():
        raise Abandoned
