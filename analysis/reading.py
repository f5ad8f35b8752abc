"""Use case: the replies of a consultation are read into memory in the background, and who waits sees how far it is."""

import threading
from dataclasses import dataclass
from functools import partial

from analysis.beside import Work
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


_lock = threading.Lock()
_rounds: dict[tuple[object, ...], Work] = {}


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
        for ended in [each for each, found in _rounds.items() if found.is_stale(FRESH_SECONDS)]:
            del _rounds[ended]
        found = _rounds.get(key)
        if found is None:
            found = _rounds[key] = Work()
            found.begin(partial(_read, store, slug, actor, snapshot))
    try:
        found.outcome.result(patience)
    except TimeoutError:
        done, total = (0, 0) if snapshot else kept.progress(store, consultation.id, scope)
        return Reading(done=done, total=total)
    return None


def _read(store: Store, slug: str, actor: Actor, snapshot: str) -> None:
    open_data(store, slug, actor, Audience.MEETING, snapshot)
