"""Signatures of a consultation's open answers, kept from one state of the answers to the next, and in a file beside the
database for the next process: a further answer is signed, and no other anew.

A text is found again by a mark, eight bytes of its BLAKE2b; the file holds marks and signatures, and no words. Whoever
asks has been admitted to the data set before, and is given signatures of its own texts alone.
"""

import hashlib
import json
import mmap
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analysis.dataset.arrays import Dataset
from analysis.dataset.kept import FILED
from analysis.dataset.remembering import when_erased
from analysis.dataset.texts import Piece, words_of
from analysis.flags import signatures
from analysis.flags.campaigns import open_questions
from analysis.flags.signatures import BANDS, Signatures
from data.column_files import SIGNATURES
from data.records import EVERYTHING, Scope
from data.store import Store

MOST_KEPT = 8
"""Consultations, and parts of them, whose signatures a process remembers."""

MarkArray: TypeAlias = NDArray[np.uint64]
_KEY = b"soundings"


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """(n,) marks of texts, and the signature of each."""

    marks: MarkArray
    signed: Signatures


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A piece of a column, and what is known of its texts, in their order."""

    piece: Piece
    known: _Known


class _Slot:
    """The parts of each open question of one consultation and scope, and the lock of those who ask for them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.parts: Mapping[str, Sequence[_Part]] = {}
        self.spare: _Known | None = None
        """Instead of parts after an erasure: no words, and marks and signatures until somebody asks again."""
        self.unfiled = 0
        """Texts that were signed since the file was written."""

    def without_words(self) -> "_Slot":
        """Another one that saves signing the texts anew that were not erased; their file is gone."""
        bare, known = _Slot(), [part.known for parts in self.parts.values() for part in parts]
        bare.spare = _joined(known) if known else self.spare
        return bare


_lock = threading.Lock()
_slots: OrderedDict[tuple[object, ...], _Slot] = OrderedDict()


def signed(store: Store, consultation_id: int, scope: Scope, dataset: Dataset) -> Mapping[str, Signatures]:
    """Open question -> the signatures of its answers, in the order of `TextColumn.texts`.

    dataset  of the consultation within the scope, in whatever state
    """
    key, generation = (store, consultation_id, scope), dataset.generation
    with _lock:
        slot = _Slot() if generation.is_over else _slots.setdefault(key, _Slot())
        if not generation.is_over:
            _slots.move_to_end(key)
        while len(_slots) > MOST_KEPT:
            _slots.popitem(last=False)
    with slot.lock:
        erasures = generation.erasures  # not those of now: it may hold what was erased since it was read
        before, slot.parts = slot.parts, {}
        spare, slot.spare = slot.spare, None
        if before:
            known = _joined([part.known for parts in before.values() for part in parts])
        elif spare is not None:
            known = spare
        else:
            known = _read(store.columns.open(consultation_id, erasures, SIGNATURES))
        pool, made = _Pool(known), dict[str, list[_Part]]()
        for name, column in open_questions(dataset).items():
            old = before.get(name, ())
            made[name] = [
                old[place] if place < len(old) and old[place].piece is piece else _Part(piece, pool.known_of(piece))
                for place, piece in enumerate(column.texts.pieces)
            ]
        slot.parts = made
        found = {name: _joined([part.known for part in parts]) for name, parts in made.items()}
        texts = sum(each.marks.size for each in found.values())
        slot.unfiled = slot.unfiled + pool.added if spare is None else texts
        if not scope.is_narrow and texts >= FILED and slot.unfiled > texts // 20:
            slot.unfiled = 0
            _file(store, consultation_id, erasures, _joined(list(found.values())))
        if generation.is_over:  # somebody saw an erasure meanwhile
            slot.parts = {}
        return {name: each.signed for name, each in found.items()}


def forget() -> None:
    """Nothing is in memory any more."""
    with _lock:
        _slots.clear()


def _forget_words() -> None:
    """No words are in memory; of parts of consultations no signatures either."""
    with _lock:
        for key, slot in list(_slots.items()):
            if key[-1] == EVERYTHING:
                _slots[key] = slot.without_words()
            else:
                del _slots[key]


when_erased(_forget_words)


class _Pool:
    """Signatures by the marks of their texts, and those that are made because nobody has them."""

    def __init__(self, known: _Known) -> None:
        self._known, self._order = known, np.argsort(known.marks)
        self._marks = known.marks[self._order]
        self.added = 0

    def known_of(self, piece: Piece) -> _Known:
        """Marks and signatures of the texts of a piece."""
        words = [each for each in words_of(piece) if each is not None]
        marks = _marks(words)
        place = np.minimum(np.searchsorted(self._marks, marks), max(0, self._marks.size - 1))
        there = self._marks[place] == marks if self._marks.size else np.zeros(marks.size, dtype=np.bool_)
        found = signatures.none(marks.size)
        rows = self._order[place[there]] if there.any() else np.zeros(0, dtype=np.int64)
        found.long[there], found.bands[there] = self._known.signed.long[rows], self._known.signed.bands[rows]
        new = np.flatnonzero(~there)
        if new.size:
            made = signatures.sign([words[row] for row in new.tolist()])
            found.long[new], found.bands[new] = made.long, made.bands
            self.added += int(new.size)
        return _Known(marks, found)


def _marks(words: Sequence[str]) -> MarkArray:
    digests = (hashlib.blake2b(each.encode("utf-8", "surrogatepass"), digest_size=8).digest() for each in words)
    return np.frombuffer(b"".join(digests), dtype=np.uint64)


def _joined(known: Sequence[_Known]) -> _Known:
    if not known:
        return _Known(np.zeros(0, dtype=np.uint64), signatures.none(0))
    return _Known(
        np.concatenate([each.marks for each in known]),
        Signatures(
            long=np.concatenate([each.signed.long for each in known]),
            bands=np.concatenate([each.signed.bands for each in known]),
        ),
    )


def _format() -> bytes:
    """What a text's signature depends on besides the text."""
    return json.dumps([signatures.FORMAT, BANDS, unicodedata.unidata_version]).encode()


def _file(store: Store, consultation_id: int, erasures: int, known: _Known) -> None:
    marks, rows = np.unique(known.marks, return_index=True)
    long, bands = known.signed.long[rows], known.signed.bands[rows]

    def write(path: Path) -> None:
        width = pa.binary(BANDS * bands.itemsize)
        columns = [
            pa.array(marks),
            pa.array(long.view(np.uint8)),
            pa.Array.from_buffers(width, marks.size, [None, pa.py_buffer(np.ascontiguousarray(bands))]),
        ]
        batch = pa.record_batch(columns, names=["mark", "long", "bands"]).replace_schema_metadata({_KEY: _format()})
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
            writer.write_batch(batch)

    if store.columns.keep(consultation_id, erasures, write, SIGNATURES):
        with store.read() as kept:  # whoever erased something meanwhile did not see this file
            store.columns.remove_older(kept.erasure_counts())


def _read(content: mmap.mmap | None) -> _Known:
    """What a file holds; nothing without one, or when signatures are made otherwise now."""
    if content is None:
        return _joined([])
    try:
        reader = pa.ipc.open_file(pa.BufferReader(pa.py_buffer(content)))
        if (reader.schema.metadata or {}).get(_KEY) != _format():
            return _joined([])
        batch = reader.get_batch(0)
    except (pa.ArrowInvalid, IndexError):
        return _joined([])
    marks, long, bands = (batch.column(name).buffers()[1] for name in ("mark", "long", "bands"))
    size = batch.num_rows
    return _Known(
        np.frombuffer(marks, dtype=np.uint64, count=size),
        Signatures(
            long=np.frombuffer(long, dtype=np.bool_, count=size),
            bands=np.frombuffer(bands, dtype=np.uint32, count=size * BANDS).reshape(size, BANDS),
        ),
    )
