"""Use case: the replies of a consultation are read into memory in the background, and who waits sees how far it is."""

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field

from analysis.dataset import kept
from analysis.disclosure import Audience
from analysis.opened_data import open_data
from data.store import Store
from survey import consultations
from survey.access import Action, Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """So many replies are read, of so many; 0 of 0 while nobody has counted them."""

    done: int
    total: int


FRESH_SECONDS = 5.0
"""So long what was read is known to be in memory, so that who looks again without waiting is told that it is there."""


@dataclass(slots=True, eq=False)
class _Round:
    """One reading, for all who ask meanwhile."""

    outcome: "Future[None]" = field(default_factory=Future)
    ended_at: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether it ended a while ago: what it found may have gone since, what it failed for too."""
        return self.ended_at is not None and time.monotonic() - self.ended_at > FRESH_SECONDS


_lock = threading.Lock()
_rounds: dict[tuple[object, ...], _Round] = {}


def reading(
    store: Store, slug: str, *, actor: Actor, snapshot: str = "", patience: float | None = None
) -> Reading | None:
    """None when the replies that the actor sees are in memory and up to date; else how far reading them is.

    patience  seconds to wait for it; None for as long as it takes
    Raises    as opening them does.
    """
    with store.read() as rows:
        consultation, scope = consultations.admitted(rows, slug, actor, Action.READ_PROTECTED_FIGURES)
    key = (store, consultation.id, scope, snapshot)
    with _lock:
        for ended in [each for each, found in _rounds.items() if found.is_over]:
            del _rounds[ended]
        found = _rounds.get(key)
        if found is None:
            found = _rounds[key] = _Round()
            threading.Thread(target=_read, args=(found, store, slug, actor, snapshot), daemon=True).start()
    try:
        found.outcome.result(patience)
    except TimeoutError:
        done, total = (0, 0) if snapshot else kept.progress(store, consultation.id, scope)
        return Reading(done=done, total=total)
    return None


def _read(found: _Round, store: Store, slug: str, actor: Actor, snapshot: str) -> None:
    try:
        open_data(store, slug, actor, Audience.MEETING, snapshot)
    except BaseException as error:  # whoever waits is told
        found.outcome.set_exception(error)
    else:
        found.outcome.set_result(None)
    finally:
        found.ended_at = time.monotonic()
