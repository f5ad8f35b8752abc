"""Code arrays as a file, so that the next process needs not read and code all answers again.

The file is one Arrow record batch (Arrow IPC) with the rows of a `Builder` and SPARE empty ones behind them: other
programs read it, and a process that maps it has room for further responses at once. The metadata says what it was made
of. Whether the database still holds those answers is asked before it is used: `fits`.
"""

import hashlib
import json
import mmap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from analysis.dataset.building import Builder
from analysis.dataset.codebook import Code
from analysis.dataset.column_rows import SPARE, Coded, ListRows, NumberRows, Rows, SingleRows, TextRows
from analysis.dataset.snapshot import PARTS, response_mark
from analysis.dataset.texts import Texts
from data.records import ConsultationRecord, ReplyRecord, VersionRecord
from survey.questionnaire import Text

FORMAT = 6
"""Rises whenever the content, or what codes mean, changes."""
PROOF = 256
"""So many of the newest replies, of those with the highest keys and of others are compared with the database."""

_KEY = b"soundings"


def origin(consultation: ConsultationRecord, versions: Sequence[VersionRecord]) -> str:
    """SHA-256 (64 hex digits) over what decides how answers are coded: format, consultation, versions and roles."""
    said = [
        FORMAT,
        [consultation.id, consultation.slug, consultation.created_at.isoformat()],
        sorted(consultation.roles.items()),
        [[each.number, each.workbook, dict(each.renames), each.created_at.isoformat()] for each in versions],
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def write(builder: Builder, path: Path, *, origin: str, state: tuple[int, int, str, int]) -> None:
    """The file holds the replies of the builder.

    state   `Transaction.data_revision` of them
    Raises  OSError.
    """
    arrays: dict[str, pa.Array] = {}
    size = builder.ids.used + SPARE
    for name, rows in builder.arrays().items():
        arrays[f"reply/{name}"] = _array(rows, size)
    arrays["reply/organisation"] = _strings(builder.organisations)
    met: dict[str, list[str]] = {}
    for name, column in builder.columns.items():
        for part, each in _parts(column).items():
            arrays[name + part] = _array(each, size)
        if isinstance(column, TextRows):
            arrays[name] = _strings(column.texts)
        if isinstance(column, Coded):
            met[name] = column.met
    told = {
        "origin": origin,
        "state": list(state),
        "rows": builder.ids.used,
        "parts": builder.parts.tobytes().hex(),
        "languages": list(builder.languages.places),
        "regions": list(builder.regions.places),
        "publishes": list(builder.publishes.places),
        "met": {name: codes for name, codes in met.items() if codes},
    }
    batch = pa.record_batch(list(arrays.values()), names=list(arrays))
    schema = batch.schema.with_metadata({_KEY: json.dumps(told).encode()})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(batch.replace_schema_metadata(schema.metadata))


def fill(builder: Builder, content: mmap.mmap, *, origin: str) -> tuple[int, int, str, int] | None:
    """The empty builder has the replies of a file; the state they were written in. None when it is not its file."""
    buffer = pa.py_buffer(content)
    try:
        reader = pa.ipc.open_file(pa.BufferReader(buffer))
        told = json.loads((reader.schema.metadata or {}).get(_KEY, b"{}"))
        if told.get("origin") != origin:
            return None
        batch = reader.get_batch(0)
    except (pa.ArrowInvalid, ValueError, IndexError):
        return None
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    used = int(told["rows"])

    def give(name: str, rows: Rows) -> None:
        values = columns[name]
        data = values.buffers()[-1]
        kind = rows.held.dtype if pa.types.is_fixed_size_binary(values.type) else values.type.to_pandas_dtype()
        width = values.type.byte_width if pa.types.is_fixed_size_binary(values.type) else 0
        start = data.address - buffer.address
        found = np.frombuffer(content, dtype=kind, count=len(values) * max(1, width), offset=start)
        rows.held = found.reshape(-1, rows.held.shape[1]) if rows.held.ndim == 2 else found
        rows.used = used

    for name, column in builder.columns.items():
        if isinstance(column, Coded):
            codes = told["met"].get(name, ())
            further = tuple(Code(name=code, label=Text({"": code})) for code in codes)
            if further:
                column.restore(replace(column.variable, codes=column.variable.codes + further))
        if isinstance(column, ListRows):
            column.rows = Rows(np.uint8, column.width)
        for part, rows in _parts(column).items():
            give(name + part, rows)
        if isinstance(column, TextRows):
            column.texts = Texts.of(columns[name][:used])
    for name, rows in builder.arrays().items():
        give(f"reply/{name}", rows)
    builder.organisations = Texts.of(columns["reply/organisation"][:used])
    named = ((builder.languages, "languages"), (builder.regions, "regions"), (builder.publishes, "publishes"))
    for words, kind in named:
        words.places = {word: place for place, word in enumerate(told[kind])}
    builder.parts = np.frombuffer(bytearray.fromhex(told["parts"]), dtype=np.uint8).reshape(PARTS, -1)
    replies, revisions, newest, changes = told["state"]
    return int(replies), int(revisions), str(newest), int(changes)


class Provable(Protocol):
    """Replies that lie somewhere, of which some can be looked at."""

    def proof_keys(self, most: int) -> list[int]: ...
    def marks_of(self, keys: Sequence[int]) -> Mapping[int, tuple[int, bytes]]: ...


def fits(builder: Provable, replies: Mapping[int, ReplyRecord]) -> bool:
    """True when the replies of `proof_keys` that have not changed are what the builder holds, and not all have.

    replies  by key, as the database has them
    """
    same = 0
    for key, (revision, mark) in builder.marks_of(builder.proof_keys(PROOF)).items():
        reply = replies.get(key)
        if reply is None or reply.revision != revision:
            continue
        if response_mark(reply) != mark:
            return False
        same += 1
    return same > 0


def _parts(column: Any) -> dict[str, Rows]:
    """The arrays of a column, by what stands behind its name in the file."""
    match column:
        case SingleRows():
            return {"": column.rows}
        case ListRows():
            return {"/ranks" if column.is_rank else "/chosen": column.rows, "/state": column.states}
        case NumberRows():
            return {"": column.rows, "/state": column.states}
        case _:
            return {"/state": column.states}


def _array(rows: Rows, size: int) -> pa.Array:
    held = rows.held
    if len(held) < size:
        held = np.zeros((size, *rows.held.shape[1:]), dtype=rows.held.dtype)
        held[: rows.used] = rows.held[: rows.used]
    held = np.ascontiguousarray(held[:size])
    kind = pa.binary(held.shape[1]) if held.ndim == 2 else pa.from_numpy_dtype(held.dtype)
    return pa.Array.from_buffers(kind, size, [None, pa.py_buffer(held)])


def _strings(texts: Texts) -> pa.Array:
    return pa.array([*texts.rows(), *[None] * SPARE], type=pa.large_string())
