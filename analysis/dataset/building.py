"""Code arrays grow: many responses at once, or the one that came, was revised or was taken back.

A `Builder` has the only hands that write. Its arrays have room at their end: a further response is written behind the
rows of every data set that was given out before, and a revised one into a copy of the columns it changes. So no data
set ever changes, and the next one shares nearly all its memory with the last.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from types import MappingProxyType
from typing import Any

import numpy as np

from analysis.dataset.arrays import NOT_ASKED, NOT_PUBLISHED, PERMISSIONS, SKIPPED, Dataset, Respondents
from analysis.dataset.batches import Batch, Reply
from analysis.dataset.codebook import Codebook
from analysis.dataset.column_rows import AnyColumn, NameRows, Rows, column_rows, picked
from analysis.dataset.finding import Finding
from analysis.dataset.snapshot import joined, part_digest, part_digests, parts_of, response_mark, versions_digests
from analysis.dataset.texts import Texts
from data.records import AnswerValue, ResponseRecord, ResponseStatus, VersionRecord

_MOST_KINDS = 10_000
"""Sets of asked questions whose states are remembered."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


Carry = Callable[[int, Mapping[str, AnswerValue]], Mapping[str, AnswerValue]]
"""From version and submission to the answers under joined names and codes."""
Asked = Callable[[Any, Mapping[str, AnswerValue]], frozenset[str]]
"""From a reply and its carried answers to the names of the questions it was asked."""


def build_dataset(
    codebook: Codebook,
    responses: Sequence[ResponseRecord],
    *,
    asked: Callable[[ResponseRecord], frozenset[str]],
    roles: Mapping[int, Mapping[str, str]] = MappingProxyType({}),
) -> Dataset:
    """Arrays of the submitted responses, in the order in which they came; drafts among them are left out.

    asked   names of the questions that a response was asked (analysis.dataset.asked makes it from the relevance of the
            questionnaire). It decides between not_asked and skipped; an answer that is there always counts.
    roles   version number -> part -> variable, for versions in which other questions play the parts.
    Raises  InvalidInput "dataset.not_a_number" when the answer to a number question cannot be read as one.
    """
    builder = Builder(codebook, asked=lambda reply, _answers: asked(reply), roles=roles)
    builder.add([response for response in responses if response.status is ResponseStatus.SUBMITTED])
    return builder.dataset()


class Builder:
    """The arrays of a consultation while they are written. One thread at a time may use it."""

    def __init__(
        self,
        codebook: Codebook,
        *,
        asked: Asked,
        roles: Mapping[int, Mapping[str, str]] = MappingProxyType({}),
        carry: Carry | None = None,
    ) -> None:
        self.codebook = codebook
        self._asked, self._roles, self._carry = asked, roles, carry
        self.columns: dict[str, AnyColumn] = {each.name: column_rows(each) for each in codebook.variables}
        self.ids, self.moments, self.revisions = Rows(np.int64), Rows(np.int64), Rows(np.int32)
        self.marks = Rows(np.uint8, 32)
        self.parts_of = Rows(np.uint16)
        """The digest of each reply, of which the snapshot is made."""
        self._by_id, self._by_part = Finding(self.ids), Finding(self.parts_of)
        self._revisions: int | None = None
        """Sum of the revisions, None when it has to be added up again."""
        self.languages, self.regions, self.publishes = NameRows(), NameRows(), NameRows()
        self.organisations = Texts()
        self._known_states: dict[frozenset[str], np.ndarray] = {}
        self._parts: np.ndarray | None = None
        self._unordered = 0
        """So many rows at the end may not stand where they belong."""

    def empty(self) -> "Builder":
        """Another one, without replies. Called on one that never had any: no further code is known."""
        return Builder(self.codebook, asked=self._asked, roles=self._roles, carry=self._carry)

    def add(self, replies: Sequence[Reply]) -> None:
        """Further replies, none of which is there yet, in any order."""
        if replies:
            self._extend(replies)
            self._unordered += len(replies)
            self._parts = None

    def change(self, replies: Sequence[Reply], gone: Collection[int] = ()) -> None:
        """These replies are as they are now, those there before and new ones; those of the keys `gone` are no more."""
        parts = self._parts
        self._settle()
        lost = self._rows_of(gone)
        if lost.size:
            self._drop(lost)
            parts = None
        touched: set[int] = set()
        for reply in replies:
            found = self._rows_of((reply.id,))
            if found.size:
                row = int(found[0])
                touched.add(int(self.parts_of.held[row]))
                self._put(row, reply)
            else:
                row = self.ids.used
                self._extend((reply,))
                self._unordered += 1
            touched.add(int(self.parts_of.held[row]))
        self._parts = parts
        self._digest_parts(touched)
        self._settle()

    def without(self, keys: Collection[int]) -> "Builder":
        """Another builder, of these replies but those of some keys, as if the others had been read alone."""
        self._settle()
        lost = self._rows_of(keys)
        rows = np.delete(np.arange(self.ids.used), lost)
        other = Builder(self.codebook, asked=self._asked, roles=self._roles, carry=self._carry)
        other.columns = {name: picked(column, rows) for name, column in self.columns.items()}
        for name in ("ids", "moments", "revisions", "marks", "parts_of", "languages", "regions", "publishes"):
            setattr(other, name, getattr(self, name).picked(rows))
        other.organisations = self.organisations.picked(rows)
        other._by_id, other._by_part = Finding(other.ids), Finding(other.parts_of)
        other._parts = self.parts.copy()
        other._digest_parts(set(self.parts_of.held[lost].tolist()))
        return other

    def differing(self, saved: Mapping[int, int]) -> list[int]:
        """Of these keys with their revisions, those that are not here in that revision."""
        known = self._revisions_of(saved)
        return [key for key, revision in saved.items() if known.get(key) != revision]

    def missing(self, saved: Mapping[int, int], after: int, upto: int) -> list[int]:
        """The keys behind the first and up to the last of these two that are here and not among those saved."""
        there = np.fromiter(saved, dtype=np.int64, count=len(saved))
        ids = self.ids.view()
        ids = ids[(ids > after) & (ids <= upto)]
        gone: list[int] = ids[~np.isin(ids, there)].tolist()
        return gone

    def after(self, saved: Mapping[int, int], changed: Collection[int]) -> tuple[int, int, int]:
        """(how many replies there are once these changes are made, the sum of their revisions, how many changes that
        is at least for the database): a new reply is one, each revision of another is two, out and in again."""
        known = self._revisions_of(changed)
        new = sum(key not in known for key in changed)
        if self._revisions is None:
            self._revisions = int(self.revisions.view().sum(dtype=np.int64))
        revised = sum(saved[key] - revision for key, revision in known.items())
        added = sum(saved[key] for key in changed if key not in known)
        return self.ids.used + new, self._revisions + revised + added, new + 2 * revised

    def proof_keys(self, most: int) -> list[int]:
        """The keys of the replies that are compared with the database: if an older database was put back and others
        came since, they differ in these. The newest, those with the highest keys, and others; so many of each."""
        ids = self.ids.view()
        others = Random(ids.size).sample(range(ids.size), min(most, ids.size))
        newest = np.argpartition(ids, -most)[-most:] if ids.size > most else np.arange(ids.size)
        rows = {*range(max(0, ids.size - most), ids.size), *newest.tolist(), *others}
        keys: list[int] = ids[sorted(rows)].tolist()
        return keys

    def marks_of(self, keys: Sequence[int]) -> dict[int, tuple[int, bytes]]:
        """Key -> revision and digest of those of these replies that are here."""
        rows = self._rows_of(keys).tolist()
        ids, revisions, marks = self.ids.held, self.revisions.held, self.marks.held
        return {int(ids[row]): (int(revisions[row]), marks[row].tobytes()) for row in rows}

    def _revisions_of(self, keys: Collection[int]) -> dict[int, int]:
        rows = self._rows_of(keys)
        return dict(zip(self.ids.view()[rows].tolist(), self.revisions.view()[rows].tolist(), strict=True))

    def dataset(self) -> Dataset:
        """The arrays as they are now; what is written later does not change it."""
        self._settle()
        variables = tuple(each.variable for each in self.columns.values())
        if variables != self.codebook.variables:
            self.codebook = replace(self.codebook, variables=variables)
        return Dataset(
            codebook=self.codebook,
            variables=MappingProxyType({variable.name: variable for variable in variables}),
            respondents=Respondents(
                ids=self.ids.view(),
                languages=self.languages.names(),
                regions=self.regions.names(),
                publishes=self.publishes.names(),
                organisations=self.organisations,
            ),
            columns=MappingProxyType({name: each.column() for name, each in self.columns.items()}),
        )

    def digest(self, versions: Sequence[VersionRecord]) -> str:
        """The snapshot of these replies: `snapshot` of their records."""
        return joined(versions_digests(versions), self.ids.used, self.parts)

    @property
    def parts(self) -> np.ndarray:
        """(PARTS, 32) the digests of the parts that these replies are in."""
        if self._parts is None:
            self._parts = part_digests(self.marks.view(), self.parts_of.view())
        return self._parts

    @parts.setter
    def parts(self, known: np.ndarray) -> None:
        self._parts = known

    def _digest_parts(self, touched: Collection[int]) -> None:
        """The digests of these parts are those of their replies as they are now."""
        if self._parts is None or not touched:
            return
        for part in touched:
            members = self._by_part.holding(np.array([part], dtype=np.uint16))
            self._parts[part] = np.frombuffer(part_digest(self.marks.held[members]), dtype=np.uint8)

    def _rows_of(self, keys: Collection[int]) -> np.ndarray:
        return self._by_id.holding(np.fromiter(keys, dtype=np.int64, count=len(keys)))

    def _read(self, replies: Sequence[Reply]) -> tuple[list[Mapping[str, AnswerValue]], Batch]:
        """(answers of each reply under the names of the code-book, the same question by question)."""
        carry = self._carry
        answers = [
            each.submission if carry is None else carry(each.version_number, each.submission) for each in replies
        ]
        kinds: dict[frozenset[str], int] = {}
        places = [
            kinds.setdefault(self._asked(reply, given), len(kinds))
            for reply, given in zip(replies, answers, strict=True)
        ]
        states = np.column_stack([self._states(names) for names in kinds])[:, np.array(places, dtype=np.intp)]
        variables = [column.variable for column in self.columns.values()]
        return answers, Batch(variables, replies, answers, dict(zip(self.columns, states, strict=True)))

    def _states(self, asked: frozenset[str]) -> np.ndarray:
        """(columns,) the state of each variable in a reply that was asked these questions and answers none."""
        found = self._known_states.get(asked)
        if found is None:
            if len(self._known_states) >= _MOST_KINDS:
                self._known_states.clear()
            found = np.array([SKIPPED if name in asked else NOT_ASKED for name in self.columns], dtype=np.uint8)
            self._known_states[asked] = found
        return found

    def _extend(self, replies: Sequence[Reply]) -> None:
        answers, batch = self._read(replies)
        for column in self.columns.values():
            column.extend(batch)
        self.ids.extend([reply.id for reply in replies])
        self.moments.extend([_moment(reply) for reply in replies])
        self.revisions.extend(revisions := [reply.revision for reply in replies])
        if self._revisions is not None:
            self._revisions += sum(revisions)
        marks = b"".join([response_mark(each) for each in replies])
        self.marks.extend(found := np.frombuffer(marks, dtype=np.uint8).reshape(-1, 32))
        self.parts_of.extend(parts_of(found))
        told = [self._told(reply, given) for reply, given in zip(replies, answers, strict=True)]
        self.languages.extend([reply.language for reply in replies])
        self.regions.extend([region for region, _, _ in told])
        self.publishes.extend([publish for _, publish, _ in told])
        self.organisations = self.organisations.extended([organisation or None for _, _, organisation in told])

    def _put(self, row: int, reply: Reply) -> None:
        (given,), batch = self._read((reply,))
        for column in self.columns.values():
            column.put(row, batch)
        # Nobody is given these arrays, so that they need no copy.
        self.marks.held[row] = np.frombuffer(response_mark(reply), dtype=np.uint8)
        self.parts_of.held[row] = parts_of(self.marks.held[row : row + 1])[0]
        self._by_part.changed(row)
        self._revisions = None
        self.revisions.held[row] = reply.revision
        if self.moments.held[row] != _moment(reply):
            self.moments.held[row] = _moment(reply)
            self._unordered = self.ids.used
        region, publish, organisation = self._told(reply, given)
        self.languages.put(row, reply.language)
        self.regions.put(row, region)
        self.publishes.put(row, publish)
        if (self.organisations.at(row) or "") != organisation:
            self.organisations = self.organisations.replaced(row, organisation or None)

    def _settle(self) -> None:
        """Rows stand in the order in which the replies came, of the same moment in that of their keys."""
        if not self._unordered:
            return
        moments, ids = self.moments.view(), self.ids.view()
        start = max(0, ids.size - self._unordered - 1)
        self._unordered = 0
        late, keys = moments[start:], ids[start:]
        if bool(((late[:-1] < late[1:]) | ((late[:-1] == late[1:]) & (keys[:-1] < keys[1:]))).all()):
            return
        self._take(np.lexsort((ids, moments)))

    def _drop(self, rows: np.ndarray) -> None:
        kept = np.ones(self.ids.used, dtype=np.bool_)
        kept[rows] = False
        self._take(np.flatnonzero(kept))

    def _take(self, rows: np.ndarray) -> None:
        for each in self.arrays().values():
            each.take(rows)
        self._by_id.forget()
        self._by_part.forget()
        self._revisions = None
        for column in self.columns.values():
            column.take(rows)
        self.organisations = self.organisations.picked(rows)

    def arrays(self) -> dict[str, "Rows"]:
        """What stands beside the columns, by name."""
        return {
            "id": self.ids,
            "moment": self.moments,
            "revision": self.revisions,
            "mark": self.marks,
            "part": self.parts_of,
            "language": self.languages.rows,
            "region": self.regions.rows,
            "publish": self.publishes.rows,
        }

    def _told(self, reply: Reply, answers: Mapping[str, AnswerValue]) -> tuple[str, str, str]:
        """(region, permission to publish, organisation) of a reply."""
        roles = self._roles.get(reply.version_number, self.codebook.roles)
        said = answers.get
        # The record is the permission in force; the submission only what was said on the day.
        publish = reply.publish or said(roles.get("publish", ""))
        return (
            str(said(roles.get("region", "")) or reply.region),
            str(publish) if publish in PERMISSIONS else NOT_PUBLISHED,
            str(said(roles.get("organisation", "")) or ""),
        )


def _moment(reply: Reply) -> int:
    """Microseconds since 1970 of when it was sent."""
    since = (reply.submitted_at or reply.updated_at) - _EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds
