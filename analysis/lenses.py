"""The lenses of the replies that count, found in the background and remembered until a reply or a decision changes."""

import threading
import time
from collections import OrderedDict
from concurrent.futures import Future
from typing import TypeAlias

from analysis import states
from analysis.contact_frame import frame_margins
from analysis.dataset.arrays import Dataset
from analysis.dataset.remembering import remembered, when_erased
from analysis.findings.robustness import Lenses, open_frozen_lenses, open_lenses
from analysis.flags import campaigns, kept_signatures
from analysis.opened_data import Opened
from data.analysis_records import Decision, Flag
from data.invitation_records import ContactsRevision
from data.records import Scope
from data.store import Store
from survey import duplicates

PATIENCE_SECONDS = 0.5
"""How long a run of a page waits for all that takes its time, before it goes on without."""
MOST_LENSES = 8
"""Data sets whose lenses a process remembers."""


class Patience:
    """How long one run of a page still waits: for everything together, so that nothing that is pressed waits longer."""

    def __init__(self) -> None:
        self._until = None if PATIENCE_SECONDS is None else time.monotonic() + PATIENCE_SECONDS

    @property
    def left(self) -> float | None:
        """Seconds; None for as long as it takes."""
        return None if self._until is None else max(self._until - time.monotonic(), 0.0)


_LensState: TypeAlias = tuple[ContactsRevision, tuple[tuple[object, ...], ...], frozenset[int]]
_found_lenses: "OrderedDict[tuple[object, ...], Future[Lenses]]" = OrderedDict()
_found_lock = threading.Lock()


def _forget() -> None:
    with _found_lock:
        _found_lenses.clear()


when_erased(_forget)


def lenses_of(store: Store, opened: Opened, patience: float | None = None) -> Lenses | None:
    """The lenses of the replies that count; found anew when the contact list, a reply or a decision changed.

    None after so many seconds; a frozen state has those that rest on what it keeps, at once.
    """
    if opened.frozen is not None:
        return _frozen_lenses(opened.frozen)
    consultation, scope = opened.consultation, opened.scope
    margins = states.margins_of(store, consultation, scope, opened.versions)
    with store.read() as kept:
        state = (
            kept.contacts_revision(consultation.id, scope),
            tuple((each.variable, *sorted(each.targets.items())) for each in margins),
            frozenset(
                each.response_id
                for each in kept.review_decisions(consultation.id, scope)
                if each.flag is Flag.CAMPAIGN and each.decision is Decision.KEPT
            ),
        )
    key = (store, consultation.slug, scope, opened.dataset, state)
    with _found_lock:
        found = _found_lenses.get(key)
        if found is None:
            found = Future[Lenses]()
            threading.Thread(target=_find_lenses, args=(found, *key), daemon=True).start()
            if not opened.dataset.generation.is_over:
                _found_lenses[key] = found
        else:
            _found_lenses.move_to_end(key)
        while len(_found_lenses) > MOST_LENSES:
            _found_lenses.popitem(last=False)
    try:
        return found.result(patience)
    except TimeoutError:
        return None
    except Exception:
        with _found_lock:
            _found_lenses.pop(key, None)  # what failed may succeed for the next visitor
        raise


@remembered(4)
def _frozen_lenses(frozen: states.FrozenState) -> Lenses:
    return open_frozen_lenses(frozen.dataset, frame=frozen.margins, language="")


def _find_lenses(
    found: "Future[Lenses]", store: Store, slug: str, scope: Scope, dataset: Dataset, state: _LensState
) -> None:
    """One visit asks, and all that ask for the same meanwhile wait for one answer."""
    try:
        found.set_result(_open_lenses(store, slug, scope, dataset, state))
    except BaseException as error:  # whoever waits is told
        found.set_exception(error)


def _open_lenses(store: Store, slug: str, scope: Scope, dataset: Dataset, state: _LensState) -> Lenses:
    with store.read() as kept:
        consultation = kept.consultation(slug)
        margins = frame_margins(kept, consultation, scope)
        organisations = duplicates.organisation_keys(kept, consultation, scope)
    _counted, _margins, meant = state
    copied = None
    if campaigns.has_open_answers(dataset):
        signed = kept_signatures.signed(store, consultation.id, scope, dataset)
        copied = campaigns.in_campaigns(campaigns.campaigns(dataset, signed=signed)) - meant
    return open_lenses(dataset, organisations=organisations, frame=margins, copied=copied, language="")
