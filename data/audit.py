"""The chain of the log of acts: what is hashed, how an entry follows the one before, and how far a chain holds.

An entry holds the SHA-256 of the entry before it and of a salted content that lies beside it. So a content can be
blanked, and no entry changed, left out or added, without the chain telling. Nothing is read or written here.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from data.log_records import LogRecord

GENESIS = "0" * 64
"""What the first entry names as the one before it."""
_HEAD = re.compile(r"\b(\d{1,12}):([0-9a-f]{64})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest entry of the log at some moment: who keeps it elsewhere can tell when the log is cut or rewritten."""

    number: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.number}:{self.sha256}"


NO_HEAD = Head(number=0, sha256=GENESIS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How far a chain holds.

    entries    that hold, from the first one on
    head       the last of them
    blanked    how many of them have a content that was erased
    broken_at  the number of the first entry that does not hold, 0 when all do
    reason     why: "number", "previous", "entry", "content", "content_missing"; "cut" or "rewritten" when the log does
               not have a head that was kept elsewhere
    anchors    how many heads kept elsewhere were found in it
    """

    entries: int
    head: Head
    blanked: int
    broken_at: int = 0
    reason: str = ""
    anchors: int = 0

    @property
    def holds(self) -> bool:
        """True when nothing is wrong."""
        return not self.reason


def canonical(value: object) -> str:
    """The one JSON text of a value: sorted keys, no spaces, real characters."""
    return _CANONICAL.encode(value)


def _as_text(value: object) -> object:
    if isinstance(value, datetime):
        return written(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no place in the log")


_CANONICAL = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_as_text
)


def content_text(details: Mapping[str, object], changes: Mapping[str, object]) -> str:
    """The JSON text of what an act holds, made once: it is kept as it was hashed.

    Raises ValueError for a number that is none, TypeError for what has no place in the log.
    """
    whole = {"details": details, "changes": changes}
    if _is_plain(whole):
        with suppress(TypeError):  # a number that is too large for it, half of a sign
            return orjson.dumps(whole, default=_as_text, option=_SORTED).decode()
    return canonical(whole)


_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
_PLAIN = frozenset({str, int, bool, type(None), datetime})
_SEVERAL = frozenset({list, tuple, set, frozenset})


def _is_plain(value: object) -> bool:
    """True where both ways to write a value give one text: fractions, for one, have two."""
    kind = type(value)
    if kind in _PLAIN:
        return True
    if kind in _SEVERAL:
        return all(map(_is_plain, value))  # type: ignore[call-overload]
    if kind is dict:
        return all(type(name) is str and _is_plain(each) for name, each in value.items())  # type: ignore[attr-defined]
    return False


def written(moment: datetime) -> str:
    """A moment as it is hashed: UTC, with microseconds, e.g. 2026-09-15T12:00:00.000000Z."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def content_hash(salt: str, content: str) -> str:
    """The digest of a content as an entry holds it; without its salt nobody can guess what was blanked."""
    return hashlib.sha256(f"{salt}{content}".encode()).hexdigest()


def entry_hash(entry: LogRecord) -> str:
    """The digest of an entry, which the next one holds."""
    names = ("actor", "action", "consultation", "content_sha256", "previous", "subject")
    hashed = {"number": entry.id, "at": written(entry.at), **{name: getattr(entry, name) for name in names}}
    # Of texts and whole numbers it makes what `canonical` makes, in a tenth of the time.
    return hashlib.sha256(orjson.dumps(hashed, option=orjson.OPT_SORT_KEYS)).hexdigest()


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, list[object]]:
    """Name -> [before, after] of every field that is not the same; None is a field that is not there."""
    if not before:  # what is new
        return {name: [None, after[name]] for name in sorted(after) if after[name] is not None}
    names = sorted({*before, *after})
    return {name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)}


def heads_in(text: str) -> tuple[Head, ...]:
    """Every head that a text tells (NUMBER:SHA256): an application's log, an export, a note."""
    return tuple(Head(number=int(number), sha256=sha256) for number, sha256 in _HEAD.findall(text))


def verify(entries: Iterable[LogRecord], anchors: Iterable[Head] = (), *, complete: bool = True) -> Verdict:
    """How far the chain of these entries holds, from the first one on.

    anchors   heads that were kept elsewhere
    complete  False for a part of a log: between its entries others may be missing
    """
    expected = sorted(set(anchors), key=lambda head: (head.number, head.sha256))
    kept: dict[int, str] = {head.number: "" for head in expected}
    head, blanked, seen = NO_HEAD, 0, 0
    for entry in entries:
        follows = complete or entry.id == head.number + 1
        if reason := _fault(entry, head, follows=follows):
            at = head.number + 1 if reason == "number" else entry.id
            return Verdict(entries=seen, head=head, blanked=blanked, broken_at=at, reason=reason)
        head, seen = Head(number=entry.id, sha256=entry.sha256), seen + 1
        blanked += entry.is_blanked
        if entry.id in kept:
            kept[entry.id] = entry.sha256
    for anchor in expected:
        if not anchor.number or kept[anchor.number] == anchor.sha256 or (not complete and not kept[anchor.number]):
            continue
        reason = "cut" if anchor.number > head.number else "rewritten"
        at = head.number + 1 if reason == "cut" else anchor.number
        return Verdict(entries=seen, head=head, blanked=blanked, broken_at=at, reason=reason)
    return Verdict(entries=seen, head=head, blanked=blanked, anchors=len(expected))


def _fault(entry: LogRecord, head: Head, *, follows: bool) -> str:
    if entry.id <= head.number or (follows and entry.id != head.number + 1):
        return "number"
    if follows and entry.previous != head.sha256:
        return "previous"
    if entry_hash(entry) != entry.sha256:
        return "entry"
    if entry.salt is None:
        return "content_missing"
    if not entry.is_blanked and content_hash(entry.salt, entry.content) != entry.content_sha256:
        return "content"
    return ""


def as_line(entry: LogRecord) -> str:
    """An entry as one line of JSON, with all that it takes to verify it elsewhere; `entries_in` reads it back."""
    return canonical(
        {
            "number": entry.id,
            "at": written(entry.at),
            "actor": entry.actor,
            "action": entry.action,
            "subject": entry.subject,
            "consultation": entry.consultation,
            "content_sha256": entry.content_sha256,
            "previous": entry.previous,
            "sha256": entry.sha256,
            "salt": entry.salt,
            "content": entry.content,
        }
    )


def entries_in(lines: Iterable[str]) -> Iterator[LogRecord]:
    """The entries of an export, line by line; lines that only name a head are passed over. Raises ValueError."""
    for line in lines:
        if not line.strip():
            continue
        kept = json.loads(line)
        if not isinstance(kept, dict):
            raise ValueError("no entry")
        if "number" not in kept:
            continue
        try:
            moment = datetime.strptime(kept.pop("at"), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
            yield LogRecord(id=kept.pop("number"), at=moment, **kept)
        except (KeyError, TypeError) as error:
            raise ValueError("no entry") from error
