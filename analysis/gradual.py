"""Use case: cards that are made in the background, one after the other, while a visit shows those that are there.

What a meeting may see of a comparison can take seconds a card. A visit asks, shows what is there, goes on, and asks
again; with each asking its access is checked. The same request is worked at once for all who ask, and is abandoned
when nobody asks for it any more.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from analysis import review
from analysis.dataset.remembering import when_erased
from analysis.disclosure import Audience
from analysis.disclosure.stopping import Abandoned, while_wanted
from analysis.findings.card import Card
from analysis.findings.method import PLAIN, Method
from analysis.ledger import rules_of
from analysis.opened_data import Filters, open_data, state_of
from data.store import Store
from survey.access import Action, Actor, decide

MOST_MAKINGS = 32
"""Requests whose cards a process remembers."""
MOST_VISITORS = 1000
UNASKED_SECONDS = 30.0
"""After so long without anybody asking, the rest is not made."""
FAILED_SECONDS = 10.0
"""After so long, a request of which a card failed is tried anew."""

Key: TypeAlias = tuple[object, ...]


@dataclass(slots=True, eq=False)
class _Making:
    """The cards of one request, as far as they are made; an error stands in the place of its card."""

    made: list[Card | Exception] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    visitors: set[str] = field(default_factory=set)
    waiting: int = 0
    asked_at: float = field(default_factory=time.monotonic)
    ended_at: float | None = None
    abandoned: bool = False

    def is_wanted(self) -> bool:
        """Whether anybody still looks at what comes of it."""
        return not self.abandoned and (self.waiting > 0 or time.monotonic() - self.asked_at < UNASKED_SECONDS)

    def is_usable(self) -> bool:
        """False when it was abandoned, or when it failed a while ago and may succeed now."""
        if self.abandoned or not (self.ended_at or self.is_wanted()):
            return False
        failed = any(isinstance(each, Exception) for each in self.made)
        return not (failed and self.ended_at and time.monotonic() - self.ended_at > FAILED_SECONDS)

    def add(self, outcome: Card | Exception) -> None:
        """One more is made."""
        with self.changed:
            self.made.append(outcome)
            self.changed.notify_all()

    def end(self, *, abandoned: bool) -> None:
        """Nothing more comes."""
        with self.changed:
            self.ended_at, self.abandoned = time.monotonic(), self.abandoned or abandoned
            self.changed.notify_all()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """The cards of a request, by their place in it.

    as_of  the moment at which they are looked at; None for those of a frozen state, which have their own
    """

    total: int
    _making: _Making
    _as_of: datetime | None

    @property
    def ready(self) -> int:
        """How many are made, the first ones."""
        self._making.asked_at = time.monotonic()
        return len(self._making.made)

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes: all are made, or others made the rest be given up."""
        return self.ready >= self.total or self._making.ended_at is not None

    def made(self, *, patience: float | None = None) -> tuple[Card, ...]:
        """The cards that are made after so many seconds, in their order; all of them once `is_over`.

        Raises  what making one of them raised.
        """
        until, found = time.monotonic() + (patience or 0), list[Card]()
        while len(found) < self.total:
            card = self.card(len(found), patience=None if patience is None else max(0.0, until - time.monotonic()))
            if card is None:
                break
            found.append(card)
        return tuple(found)

    def card(self, place: int, *, patience: float | None = None) -> Card | None:
        """The card of that place; None when it is not made after so many seconds (None: however long it takes).

        Raises  what making it raised.
        """
        making = self._making
        with making.changed:
            making.waiting += 1
            try:
                making.changed.wait_for(lambda: len(making.made) > place or making.ended_at is not None, patience)
            finally:
                making.waiting -= 1
                making.asked_at = time.monotonic()
        if len(making.made) <= place:
            return None
        found = making.made[place]
        if isinstance(found, Exception):
            raise found
        if self._as_of is None or found.source is None:
            return found
        return replace(found, source=replace(found.source, as_of=self._as_of))


_lock = threading.Lock()
_makings: OrderedDict[Key, _Making] = OrderedDict()
_visitors: OrderedDict[str, Key] = OrderedDict()


def _forget() -> None:
    with _lock:
        _makings.clear()


when_erased(_forget)


def under_way(
    store: Store,
    slug: str,
    questions: Sequence[str],
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    filters: Filters,
    now: datetime,
    by: str = "",
    method: Method = PLAIN,
    visitor: str = "",
) -> UnderWay:
    """The cards that `review.one_by_one` makes, those of the first questions first, made beside the visit that asks.

    visitor  whoever looks at one request at a time: what the same visitor asked for before is abandoned, unless others
             look at it too
    Raises   as `review.one_by_one`, of what is asked for; what is wrong with a card is raised by `UnderWay.card`.
    """
    opened = open_data(store, slug, actor, audience, filters.snapshot)
    made = review.one_by_one(
        store,
        slug,
        questions,
        actor=actor,
        audience=audience,
        language=language,
        filters=filters,
        now=now,
        by=by,
        method=method,
        opened=opened,
    )
    scope = decide(actor, Action.READ_PROTECTED_FIGURES, slug).scope
    # A frozen state says nothing of the rules that hold for an audience now.
    state: Key = (state_of(store, opened), opened.digest, rules_of(opened.consultation, audience))
    key: Key = (store, slug, scope, *state, tuple(questions), audience, language, filters, by, method)
    with _lock:
        making = _makings.get(key)
        if making is None or not making.is_usable():
            making = _Making()
            threading.Thread(target=_make, args=(making, made), daemon=True).start()
        if not opened.dataset.generation.is_over:
            _makings[key] = making
            _makings.move_to_end(key)
        making.asked_at = time.monotonic()
        _look_at(visitor, key, making)
        while len(_makings) > MOST_MAKINGS:
            _makings.popitem(last=False)
    as_of = None if filters.snapshot else now.replace(second=0, microsecond=0)
    return UnderWay(total=len(questions), _making=making, _as_of=as_of)


def _look_at(visitor: str, key: Key, making: _Making) -> None:
    """The visitor looks at this and no longer at what it looked at before."""
    if not visitor:
        making.visitors.add("")  # nobody can say that this one left
        return
    before = _visitors.pop(visitor, key)
    _visitors[visitor] = key
    making.visitors.add(visitor)
    left = _makings.get(before)
    if before != key and left is not None:
        left.visitors.discard(visitor)
        if not left.visitors and left.ended_at is None:
            left.abandoned = True
    while len(_visitors) > MOST_VISITORS:
        _visitors.popitem(last=False)


def _make(making: _Making, made: Iterator[Card]) -> None:
    """Makes the cards until all are there or nobody wants them."""
    abandoned = True
    try:
        with while_wanted(making.is_wanted):
            while making.is_wanted():
                try:
                    making.add(next(made))
                except StopIteration:
                    abandoned = False
                    return
                except Abandoned:
                    return
                except Exception as error:  # whoever asks for this card is told; the next one may succeed
                    making.add(error)
    finally:
        making.end(abandoned=abandoned)
