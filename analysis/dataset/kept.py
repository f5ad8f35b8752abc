"""The data sets that this process has in memory, or in a table that somebody else counts: read once, from the database
or from files beside it, and brought up to date with what changed since.

Whoever asks has been admitted before; a data set holds nothing outside the scope it was asked for.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from analysis.dataset import columnar
from analysis.dataset.arrays import Dataset
from analysis.dataset.building import Builder
from analysis.dataset.joined import joining
from analysis.dataset.parquet_table import FEW, ParquetTable
from analysis.dataset.remembering import Generation, generation_of, when_erased
from analysis.dataset.stored import StoredRows
from data.errors import Unavailable
from data.records import EVERYTHING, ConsultationRecord, ReplyRecord, Scope, VersionRecord
from data.store import Store, Transaction
from survey import published_forms, question_roles
from survey.questionnaire import Questionnaire

MOST_KEPT = 8
"""Data sets in memory; of further consultations and parts the one that was not asked for longest goes."""
MOST_CHANGES = 1000
"""With more changes than these, reading everything anew is as fast."""
MOST_EXCLUSIONS = 2
"""Sets of excluded replies of one data set; each takes the memory of the data set once more."""
FILED = 1000
"""A data set of so many replies is kept as a file too; a smaller one is read as fast from the database."""

State = tuple[int, int, str, int]
"""What `Transaction.data_revision` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A data set with its snapshot (64 hex digits) and the newest version of its questionnaire."""

    dataset: Dataset
    digest: str
    questionnaire: Questionnaire


@dataclass(slots=True)
class _Entry:
    builder: Builder | StoredRows
    versions: Sequence[VersionRecord]
    questionnaire: Questionnaire
    form: tuple[object, ...]
    """Versions and roles that the arrays were made with."""
    state: State
    generation: Generation
    kept: Kept
    unfiled: int = 0
    """Changes since its file was written."""
    others: dict[tuple[Scope, frozenset[int]], Kept] = field(default_factory=dict)
    """The data set without some replies, by their keys, and of a table its parts; as long as nothing changes."""


class _Slot:
    """Where one data set lies, and the lock of those who ask for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.entry: _Entry | None = None


_lock = threading.Lock()
_slots: OrderedDict[tuple[object, ...], _Slot] = OrderedDict()


def current(
    store: Store, consultation: ConsultationRecord, scope: Scope, *, without: frozenset[int] = frozenset()
) -> Kept:
    """The submitted responses of a consultation within a scope as they are now.

    without  keys of responses that are left out

    Raises  as `joining` and `Builder.add`.
    """
    asked, scope = scope, scope if store.counting == "arrays" else EVERYTHING
    key = (store, consultation.id, scope)
    with _lock:
        slot = _slots.setdefault(key, _Slot())
        _slots.move_to_end(key)
        while len(_slots) > MOST_KEPT:
            _slots.popitem(last=False)
    # A second reader of the same data waits for the first, instead of loading them beside it.
    with slot.lock:
        entry, slot.entry = slot.entry, None  # what fails halfway is not used again
        with _nothing_erased_left(store), store.read() as kept:
            state = kept.data_revision(consultation.id, scope)
            form = (kept.version_numbers(consultation.id), tuple(sorted(consultation.roles.items())))
            # What is erased leaves the memory at once; another reply may have its key.
            generation = generation_of(store, consultation.id, kept.erasure_counts())
            usable = entry is not None and entry.form == form and entry.generation is generation
            if entry is not None and isinstance(entry.builder, StoredRows):
                usable = usable and entry.builder.is_usable
            if entry is None or not usable or not _follow(kept, consultation, scope, entry, state):
                entry = _load(store, kept, consultation, scope, form, state, generation)
        slot.entry = entry
        if generation.is_over:  # somebody saw an erasure meanwhile
            slot.entry = None
        if not scope.is_narrow and entry.unfiled > _most_unfiled(entry) and state[0] >= FILED:
            _file(store, consultation, entry)
        return entry.kept if asked == scope and not without else _part(entry, asked, without)


def progress(store: Store, consultation_id: int, scope: Scope) -> tuple[int, int]:
    """(replies that were read, of how many) while the database is being read; (0, 0) at any other time."""
    return _read_so_far.get((store, consultation_id, scope), (0, 0))


_read_so_far: dict[tuple[object, ...], tuple[int, int]] = {}


def _batches(
    store: Store, kept: Transaction, consultation_id: int, scope: Scope, total: int
) -> Iterator[tuple[ReplyRecord, ...]]:
    """All replies, and how far they are read for whoever asks meanwhile."""
    key, done = (store, consultation_id, scope), 0
    try:
        for batch in kept.reply_batches(consultation_id, scope):
            _read_so_far[key] = (min(done, total), total)
            yield batch
            done += len(batch)
    finally:
        _read_so_far.pop(key, None)


def forget() -> None:
    """Nothing is in memory any more."""
    with _lock:
        _slots.clear()


def _forget_erased() -> None:
    """No data set from before an erasure is in memory, but those that somebody is reading or following just now."""
    with _lock:
        over = [key for key, slot in _slots.items() if slot.entry is not None and slot.entry.generation.is_over]
        for key in over:
            del _slots[key]


when_erased(_forget_erased)


def _part(entry: _Entry, scope: Scope, keys: frozenset[int]) -> Kept:
    key = scope, keys
    found = entry.others.pop(key, None)
    if found is None:
        # Who excludes one reply after the other asks for no set twice, who compares two asks for these again. Of a
        # table each reader who sees a part of it asks too, and a part takes no memory until its columns are read.
        most = MOST_KEPT if isinstance(entry.builder, StoredRows) else MOST_EXCLUSIONS
        for known in list(entry.others)[: 1 - most]:
            del entry.others[known]
        if isinstance(entry.builder, StoredRows):
            found = _kept(entry.builder, entry.versions, entry.questionnaire, entry.generation, scope, keys)
        else:
            others = entry.builder.without(keys)
            found = _kept(others, entry.versions, entry.questionnaire, entry.generation)
    entry.others[key] = found  # the one asked for last stands last
    return found


def _load(
    store: Store,
    kept: Transaction,
    consultation: ConsultationRecord,
    scope: Scope,
    form: tuple[object, ...],
    state: State,
    generation: Generation,
) -> _Entry:
    versions = kept.versions(consultation.id)
    line = published_forms.lineage_of(kept, consultation.id)
    roles = question_roles.roles_by_version(line, consultation.roles, line.newest)

    def empty() -> Builder | StoredRows:
        return _empty(store, consultation.id, generation, joining(line, roles))

    builder = empty()
    unfiled = None
    if not scope.is_narrow:
        unfiled = _from_file(store, kept, consultation, versions, builder, state, generation.erasures)
    if unfiled is None:
        builder = empty()
        for batch in _batches(store, kept, consultation.id, scope, state[0]):
            builder.add(batch)
        unfiled = state[0]
    found = _kept(builder, versions, line.questionnaire, generation)
    return _Entry(builder, versions, line.questionnaire, form, state, generation, found, unfiled)


def _kept(
    builder: Builder | StoredRows,
    versions: Sequence[VersionRecord],
    questionnaire: Questionnaire,
    generation: Generation,
    scope: Scope = EVERYTHING,
    without: Collection[int] = (),
) -> Kept:
    if isinstance(builder, StoredRows):
        dataset, digest = builder.dataset(scope, without), builder.digest(versions, scope, without)
    else:
        dataset, digest = builder.dataset(), builder.digest(versions)
    return Kept(dataset=replace(dataset, generation=generation), digest=digest, questionnaire=questionnaire)


def _empty(store: Store, consultation_id: int, generation: Generation, builder: Builder) -> Builder | StoredRows:
    """Where the replies come to lie, by the engine that is to count them."""
    match store.counting:
        case "duckdb":
            of = consultation_id, generation.erasures
            return StoredRows(builder, ParquetTable(store.columns, *of, memory_mb=store.counting_memory_mb))
        case "postgresql":
            return StoredRows(builder, store.code_tables.make(consultation_id, generation.erasures))
        case _:
            return builder


def _most_unfiled(entry: _Entry) -> int:
    """A file of columns is written as a whole, a table only further."""
    return FEW if isinstance(entry.builder, StoredRows) else entry.kept.dataset.size // 20


def _from_file(
    store: Store,
    kept: Transaction,
    consultation: ConsultationRecord,
    versions: Sequence[VersionRecord],
    builder: Builder | StoredRows,
    state: State,
    erasures: int,
) -> int | None:
    """How much changed since the file was written, when the empty builder has the replies of the database by way of it.

    None when it is of no use.
    """
    origin = columnar.origin(consultation, versions)
    if isinstance(builder, StoredRows):
        before = builder.table.open(builder, origin=origin) if isinstance(builder.table, ParquetTable) else None
        if before is None or not builder.is_usable:
            return None
    else:
        content = store.columns.open(consultation.id, erasures)
        before = None if content is None else columnar.fill(builder, content, origin=origin)
        if before is None:
            return None
    proof = kept.replies_by_key(consultation.id, builder.proof_keys(columnar.PROOF))
    if not columnar.fits(builder, {reply.id: reply for reply in proof}):
        return None
    if before == state:
        return 0
    if not apply_changes(kept, consultation, EVERYTHING, builder, before, state):
        return None
    if isinstance(builder, StoredRows) and not builder.is_usable:  # what was revised is dead in it
        return None
    return _changes(before, state)


def _changes(before: State, now: State) -> int:
    return max(1, abs(now[1] - before[1]))


def _file(store: Store, consultation: ConsultationRecord, entry: _Entry) -> None:
    origin = columnar.origin(consultation, entry.versions)
    builder, erasures = entry.builder, entry.generation.erasures

    def write(path: Path) -> None:
        assert isinstance(builder, Builder)
        columnar.write(builder, path, origin=origin, state=entry.state)

    entry.unfiled = 0
    if isinstance(builder, Builder):
        is_written = store.columns.keep(consultation.id, erasures, write)
    elif isinstance(builder.table, ParquetTable):
        is_written = builder.table.keep(builder, origin=origin, state=entry.state)
    else:
        return
    if is_written or isinstance(builder, StoredRows):
        _remove_older(store)


@contextmanager
def _nothing_erased_left(store: Store) -> Iterator[None]:
    """Who fails halfway leaves no part of rows behind that were erased while it was written."""
    try:
        yield
    except BaseException:
        if store.counting == "duckdb":
            with suppress(Unavailable):  # without a database nobody knows; the next use does
                _remove_older(store)
        raise


def _remove_older(store: Store) -> None:
    with store.read() as kept:
        store.columns.remove_older(kept.erasure_counts())


def _follow(kept: Transaction, consultation: ConsultationRecord, scope: Scope, entry: _Entry, state: State) -> bool:
    """True when the entry is as the database is now; False when too much changed to follow."""
    if entry.state == state:
        return True
    if not apply_changes(kept, consultation, scope, entry.builder, entry.state, state):
        return False
    entry.unfiled += _changes(entry.state, state)
    if state[0] < entry.state[0]:
        entry.unfiled = state[0]  # with what was erased the file is gone
    entry.state = state
    entry.kept = _kept(entry.builder, entry.versions, entry.questionnaire, entry.generation)
    entry.others.clear()
    return True


def apply_changes(
    kept: Transaction,
    consultation: ConsultationRecord,
    scope: Scope,
    builder: Builder | StoredRows,
    before: State,
    now: State,
) -> bool:
    """The builder, whose replies were those of the state `before`, has those of the state `now`.

    False, with the builder as it was, when more than MOST_CHANGES of them differ.
    """
    since = _moment(before)
    if since is not None:
        saved = kept.reply_revisions(consultation.id, scope, since=since)
        changed = builder.differing(saved)
        # Were there other changes, something older went or came too.
        if len(changed) <= MOST_CHANGES and builder.after(saved, changed) == (*now[:2], now[3] - before[3]):
            builder.change(kept.replies_by_key(consultation.id, changed, scope))
            return True
    # Something was taken back, or put back as it was: only the whole list tells.
    changed, gone = [], []
    for saved, after, upto in kept.revision_batches(consultation.id, scope):
        changed += builder.differing(saved)
        gone += builder.missing(saved, after, upto)
        if len(changed) + len(gone) > MOST_CHANGES:
            return False
    builder.change(kept.replies_by_key(consultation.id, changed, scope), gone)
    return True


def _moment(state: State) -> datetime | None:
    """The newest time of a state."""
    try:
        found = datetime.fromisoformat(state[2])
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
