"""The contact list behind the shares of a card: which replies are of organisations on it, and bounds in that whole.

Of each organisation one reply counts; whoever is on no list is left out. Who replied and to whom the question does not
apply is known not to belong to those that it is about; of whoever is silent nobody knows it, so all of them may: the
largest whole that there can be, and with it the widest bounds.

A meeting and the public are not told what those said that count: beside the figures of all replies it would tell what
the others said. For them bounds allow for any answer of those that are left out, of whom only the number is used.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from analysis.dataset.arrays import ANSWERED, NOT_APPLICABLE, NOT_ASKED, BoolArray, Dataset
from analysis.dataset.remembering import remembered
from analysis.disclosure import Audience, Policy, Suppressed
from analysis.findings.card import Base, Card, CardKind
from analysis.findings.method import FrameBase, FrameMargin, NoFrame
from analysis.stats.finite import Finite, hypergeometric

NO_RULES = Policy(threshold=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedReply:
    """A reply that counts for an organisation of the contact list.

    organisation  None of a further reply of an organisation that another reply counts for, as a frozen state keeps it
    by_link       it came by the personal link of the organisation
    codes         variable of a margin -> what the list tells of the organisation, "" where it tells nothing
    """

    response: int
    organisation: int | None
    by_link: bool
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContactList:
    """The organisations that were invited, and which replies are of them.

    invited    how many; None where a frozen state has not kept which replies are of those on the list
    margins    the same by region, by type of organisation, and by both
    replies    in the order in which they were sent
    elsewhere  of who sees a part of the list: keys of replies of organisations in another part of it
    rules      what may be told of small numbers
    """

    invited: int | None = 0
    margins: Sequence[FrameMargin] = ()
    replies: Sequence[ListedReply] = ()
    elsewhere: frozenset[int] = frozenset()
    rules: Policy = NO_RULES


NO_LIST = ContactList()


class Listed:
    """The rows of a data set that stand for organisations of a contact list: of each the reply that came by its link,
    else the last.

    responses  keys of the replies that are of an organisation on the list
    strangers  replies of nobody on it
    elsewhere  replies of organisations in another part of it
    repeated   further replies of an organisation that is on it
    """

    def __init__(self, dataset: Dataset, contacts: ContactList) -> None:
        self.contacts, self._dataset = contacts, dataset
        ids, replies = dataset.respondents.ids, contacts.replies
        order = np.argsort(ids, kind="stable")
        wanted = np.array([each.response for each in replies], dtype=ids.dtype)
        places = np.searchsorted(ids, wanted, sorter=order)
        rows = order[np.minimum(places, ids.size - 1)] if ids.size else np.zeros(0, dtype=np.int64)
        # Of others a review excluded the reply.
        there = np.flatnonzero((places < ids.size) & (ids[rows] == wanted)) if ids.size else rows
        self.responses = frozenset(wanted[there].tolist())
        of = np.array([-1 if each.organisation is None else each.organisation for each in replies], dtype=np.int64)
        linked = np.array([each.by_link for each in replies], dtype=np.bool_)
        one = there[of[there] >= 0]
        one = one[np.lexsort((one, linked[one], of[one]))]
        last = one[np.append(of[one][1:] != of[one][:-1], np.ones(min(one.size, 1), dtype=np.bool_))]
        self._chosen = [(row, replies[place]) for row, place in zip(rows[last].tolist(), last.tolist(), strict=True)]
        self._of: dict[tuple[str, str], BoolArray] = {}
        found = len(self.responses)
        self.repeated = found - len(self._chosen)
        self.elsewhere = int(np.count_nonzero(self._among(contacts.elsewhere))) if contacts.elsewhere else 0
        self.strangers = dataset.size - found - self.elsewhere

    @property
    def size(self) -> int:
        """How many organisations replied."""
        return len(self._chosen)

    @cached_property
    def counting(self) -> frozenset[int]:
        """Keys of the replies that count."""
        return frozenset(each.response for _row, each in self._chosen)

    @cached_property
    def rows(self) -> BoolArray:
        """(n,) whose reply counts."""
        return self._at([row for row, _each in self._chosen])

    @cached_property
    def stranger_rows(self) -> BoolArray:
        """(n,) whose reply is of nobody on the list."""
        return _lasting(~self._among(self.responses | self.contacts.elsewhere))

    @cached_property
    def repeated_rows(self) -> BoolArray:
        """(n,) whose reply is a further one of an organisation that another one counts for."""
        return _lasting(self._among(self.responses) & ~self.rows)

    def of(self, variable: str, code: str) -> BoolArray:
        """(n,) whose reply counts and is of an organisation of which the list tells this."""
        if (variable, code) not in self._of:
            rows = [row for row, each in self._chosen if each.codes.get(variable) == code]
            self._of[variable, code] = self._at(rows)
        return self._of[variable, code]

    def codes(self, variable: str) -> Mapping[int, str]:
        """Row that counts -> what the list tells of its organisation."""
        return {row: each.codes.get(variable, "") for row, each in self._chosen}

    @property
    def left_out(self) -> int:
        """How many replies do not count."""
        return self.strangers + self.elsewhere + self.repeated

    def otherwise(self, variable: str) -> int:
        """How many of those that count answered this otherwise than the list says."""
        flags = self._dataset.chosen(variable)
        wrong = [
            flags[:, place] & ~self.of(variable, code.name)
            for place, code in enumerate(self._dataset.variables[variable].codes)
        ]
        return int(np.count_nonzero(self.rows & np.logical_or.reduce(wrong)))

    def _at(self, rows: list[int]) -> BoolArray:
        flags = np.zeros(self._dataset.size, dtype=np.bool_)
        flags[rows] = True
        return _lasting(flags)

    def _among(self, keys: Collection[int]) -> BoolArray:
        """(n,) whose reply has one of these keys."""
        return np.isin(self._dataset.respondents.ids, list(keys))


def _lasting(flags: BoolArray) -> BoolArray:
    """The same flags, which nobody can change any more."""
    flags.setflags(write=False)
    return flags


@remembered(4)  # a page asks for it with each card
def listed_rows(dataset: Dataset, contacts: ContactList) -> Listed:
    """The rows of a data set that stand for organisations of a contact list."""
    return Listed(dataset, contacts)


class Bounded:
    """How the shares of a card, or the numbers behind them, are bounded by the contact list: of all in view, whose code
    is "", and of each group.

    groups  whether every group has its own part of the list
    """

    def __init__(self, card: Card, dataset: Dataset, listed: Listed, *, weighted: bool = False) -> None:
        self._card, self._dataset, self._listed = card, dataset, listed
        self.protected = card.audience is not Audience.INTERNAL
        self._reason = self._reason_of_all(weighted=weighted)
        targets = next((each.targets for each in listed.contacts.margins if each.variables == (card.by,)), {})
        self._targets: Mapping[str, int] = targets if card.by and self._reason is None else {}
        self.groups = bool(self._targets)
        self._outside: dict[tuple[str, str], tuple[int, int]] = {}

    @property
    def base(self) -> FrameBase:
        """What is told of the list under the card."""
        told = self._reason is None
        counted = not self.protected and self._reason in (None, NoFrame.FILTERED)
        outside = (0, 0)
        if told and self._card.kind is not CardKind.BATTERY:
            outside = self.outside(self._card.question, self._card.base, "")
        return FrameBase(
            invited=self.size("") if told else 0,
            not_asked=outside[0],
            not_applicable=outside[1],
            strangers=self._listed.strangers if counted else 0,
            elsewhere=self._listed.elsewhere if counted else 0,
            repeated=self._listed.repeated if counted else 0,
            allowed=self.allowed("") if told else 0,
            reason=self._reason,
            groups=self.groups,
        )

    def reason(self, code: str) -> NoFrame | None:
        """Why nothing is said of the list, or of a group in it."""
        if not code or self._reason is not None:
            return self._reason
        if not self.groups:
            return NoFrame.NO_GROUPS
        return None if self.size(code) else NoFrame.NOBODY

    def size(self, code: str) -> int:
        """How many were invited."""
        return self._targets.get(code, 0) if code else self._listed.contacts.invited or 0

    def rows(self, code: str) -> BoolArray:
        """(n,) whose reply counts; of a group those of whom the list says so, whatever they answered."""
        return self._listed.of(self._card.by, code) if code else self._listed.rows

    def outside(self, name: str, base: Base, code: str) -> tuple[int, int]:
        """How many of those that count were not asked a question or an item, and of how many it does not apply.

        base  of it, as the card has it: for a meeting and the public, with 0 for what is hidden there
        """
        if (name, code) not in self._outside:
            self._outside[name, code] = self._found_outside(name, base, code)
        return self._outside[name, code]

    def _found_outside(self, name: str, base: Base, code: str) -> tuple[int, int]:
        if self.protected:
            if code and self._card.kind is CardKind.BATTERY:  # the base of an item in a group stands on no card
                return 0, 0
            known = (base.missing.get(cause, 0) for cause in ("not_asked", "not_applicable"))
            first, second = (0 if isinstance(each, Suppressed) else each for each in known)
            return first, second
        state = self._dataset.columns[name].state[self.rows(code)]
        return int(np.count_nonzero(state == NOT_ASKED)), int(np.count_nonzero(state == NOT_APPLICABLE))

    def answered(self, name: str, code: str) -> int:
        """How many of those that count answered a question or an item."""
        return int(np.count_nonzero(self._dataset.columns[name].state[self.rows(code)] == ANSWERED))

    def of_those_concerned(self, count: int, n: int, outside: int, code: str) -> Finite | None:
        """How many would say so of all on the list but those known to stand outside; None where it bounds nothing.

        count, n  of the replies that count; for a meeting and the public of all replies, as the card tells them
        """
        least, _most = self._outside_between(outside)
        return self._bounded(count, n, self.size(code) - least, code)

    def of_all(self, count: int, n: int, outside: int, code: str) -> Finite | None:
        """How many of all on the list would be concerned and say so: who stands outside is known not to."""
        return self._bounded(count, n, self.size(code), code, *self._outside_between(outside))

    def _bounded(self, count: int, n: int, size: int, code: str, least: int = 0, most: int = 0) -> Finite | None:
        """least, most  of those who stand outside, and count as known not to say so"""
        if self.reason(code) is not None:
            return None
        allowed = self.allowed(code)
        # Bounds are widest when those who do not count all said so, or all said otherwise.
        off = self._rounding_off
        fewest, others = max(0, count - allowed - off), max(0, n + least - count - allowed - 2 * off)
        counted = max(0, n + least - allowed - off)
        if not 0 < counted <= size:
            return None
        found = hypergeometric(fewest, counted, size)
        if not allowed and not off:
            return found
        low = hypergeometric(fewest, min(size, fewest + max(0, n - count + 2 * off) + most), size)
        high = hypergeometric(counted - others, counted, size)
        return replace(found, low=low.low, high=high.high, best=high.best)

    @property
    def _rounding_off(self) -> int:
        """A count may be told by so many too high, or too low."""
        return -(-self._listed.contacts.rules.rounding // 2) if self.protected else 0

    def _outside_between(self, outside: int) -> tuple[int, int]:
        """So many stand outside at least and at most, of both causes together, when each is rounded."""
        off = 2 * self._rounding_off
        return max(0, outside - off), outside + off

    def allowed(self, code: str) -> int:
        """So many replies may be among those of the card that do not count; 0 where those that count are told apart."""
        if not self.protected:
            return 0
        # Who answered otherwise is held against the threshold alone: bounds of all tell the other number.
        parts = (self._listed.left_out, self._otherwise) if code else (self._listed.left_out,)
        return sum(map(self._covered, parts))

    @cached_property
    def _otherwise(self) -> int:
        return self._listed.otherwise(self._card.by)

    def _covered(self, left: int) -> int:
        """The number of which may be told that so many are left out, at most."""
        rules = self._listed.contacts.rules
        if rules.hides(left):
            return rules.threshold - 1
        return -(-left // rules.rounding) * rules.rounding if rules.rounding else left

    def _reason_of_all(self, *, weighted: bool) -> NoFrame | None:
        invited = self._listed.contacts.invited
        if weighted:
            return NoFrame.WEIGHTED
        if self._card.filters:
            return NoFrame.FILTERED
        if invited is None:
            return NoFrame.FROZEN
        if not invited:
            return NoFrame.NOBODY
        return None if self._listed.size else NoFrame.UNLINKED
