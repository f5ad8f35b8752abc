"""Use case: the replies of a consultation are read into memory in the background, and who waits sees how far it is."""

import threading
from concurrent.futures import Future
from dataclasses import dataclass

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


_lock = threading.Lock()
_under_way: dict[tuple[object, ...], Future[None]] = {}


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
        found = _under_way.get(key)
        if found is None:
            found = _under_way[key] = Future()
            threading.Thread(target=_read, args=(found, key, store, slug, actor, snapshot), daemon=True).start()
    try:
        found.result(patience)
    except TimeoutError:
        done, total = kept.progress(store, consultation.id, scope)
        return Reading(done=done, total=total)
    return None


def _read(found: "Future[None]", key: tuple[object, ...], store: Store, slug: str, actor: Actor, snapshot: str) -> None:
    try:
        open_data(store, slug, actor, Audience.MEETING, snapshot)
    except BaseException as error:  # whoever waits is told
        found.set_exception(error)
    else:
        found.set_result(None)
    finally:
        with _lock:
            _under_way.pop(key, None)
