"""The state of the data as one number: two figures with the same snapshot rest on the same answers, read the same way.

A snapshot is the SHA-256 of canonical bytes: JSON in UTF-8 with sorted keys, without spaces, dates in ISO 8601 (UTC),
floats by their shortest form. `docs/methods.md` shows the text. Each response enters by a digest of its own that holds
a salt kept beside it; when the response is erased the salt goes with it, and nobody can find its answers by guessing.
The digests are joined in PARTS by their first bits, and the parts to the whole: one further response of a million costs
a thousandth of the work.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Protocol

import numpy as np
import orjson

from data.invitation_records import Standing
from data.records import AnswerValue, ResponseRecord, ResponseStatus, VersionRecord

FORMAT = 2
"""Of the canonical text; another number, another text."""
SHOWN_DIGITS = 12
FEWEST_DIGITS = 8
"""Digits that name a snapshot in a command or an address."""


PARTS = 1024
"""By the first ten bits of the digest of a response."""

_WRITER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def canonical(value: object) -> bytes:
    """The bytes of plain values, dataclasses, enumerations and moments that a digest is made of."""
    return _WRITER.encode(plain(value)).encode()


def plain(value: Any) -> Any:
    """The value as dicts, lists, words and numbers."""
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def digest(value: object) -> str:
    """SHA-256 of the canonical bytes, 64 hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


class Digested(Protocol):
    """What stands in the digest of a response."""

    @property
    def submission(self) -> Mapping[str, AnswerValue]: ...
    @property
    def language(self) -> str: ...
    @property
    def late(self) -> bool: ...
    @property
    def publish(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def salt(self) -> str: ...
    @property
    def submitted_at(self) -> datetime | None: ...
    @property
    def version_number(self) -> int: ...


def response_digest(response: Digested) -> str:
    """What stands for one response: `response_mark` as 64 hex digits."""
    return response_mark(response).hex()


def response_mark(response: Digested) -> bytes:
    """SHA-256 over the answers of a response and all beside them that a figure reads, with its salt.

    The number of its revision is not in it: answers that were changed and changed back are the same answers.
    """
    moment, answers = response.submitted_at, response.submission
    told = {
        "answers": answers if type(answers) is dict else dict(answers),
        "language": response.language,
        "late": response.late,
        "publish": response.publish,
        "reference": response.reference,
        "region": response.region,
        "salt": response.salt,
        "submitted_at": None if moment is None else moment.astimezone(UTC).isoformat(),
        "version": response.version_number,
    }
    try:
        written = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a number that is too large for it
        written = _WRITER.encode(told).encode()
    return hashlib.sha256(written).digest()


def versions_digests(versions: Sequence[VersionRecord]) -> list[list[object]]:
    """[number, SHA-256 of workbook and renames] of each version, by number."""
    return [[each.number, digest([each.workbook, each.renames])] for each in sorted(versions, key=lambda v: v.number)]


def answers_digest(versions: Sequence[Sequence[object]], responses: Iterable[str]) -> str:
    """SHA-256 of the digests of versions and of responses, whatever the order of these."""
    marks = np.frombuffer(b"".join(map(bytes.fromhex, responses)), dtype=np.uint8).reshape(-1, 32)
    return joined(versions, len(marks), part_digests(marks, parts_of(marks)))


def parts_of(marks: np.ndarray) -> np.ndarray:
    """(n,) which of the PARTS each of these digests is in."""
    return marks[:, 0].astype(np.uint16) << 2 | marks[:, 1] >> 6


def part_digests(marks: np.ndarray, of: np.ndarray) -> np.ndarray:
    """(PARTS, 32) the digest of each part.

    marks  (n, 32) the digests of the responses, and in which part each is
    """
    members = np.split(marks[np.argsort(of, kind="stable")], np.searchsorted(np.sort(of), np.arange(1, PARTS)))
    found = bytearray(b"".join(map(part_digest, members)))
    return np.frombuffer(found, dtype=np.uint8).reshape(PARTS, -1)


def part_digest(marks: np.ndarray) -> bytes:
    """SHA-256 of the digests (n, 32) of a part, in their order."""
    held, width = marks.tobytes(), marks.shape[1]
    return hashlib.sha256(b"".join(sorted([held[at : at + width] for at in range(0, len(held), width)]))).digest()


def joined(versions: Sequence[Sequence[object]], responses: int, parts: np.ndarray) -> str:
    """SHA-256 over versions, the number of responses and the digests of the PARTS."""
    return digest({"format": FORMAT, "parts": parts.tobytes().hex(), "responses": responses, "versions": versions})


def snapshot(versions: Sequence[VersionRecord], responses: Sequence[ResponseRecord]) -> str:
    """SHA-256 (64 hex digits) over the questionnaire versions and the submitted answers, whatever their order.

    versions   number, workbook and renames of each count.
    responses  drafts are left out; `response_digest` says what of the others counts.
    """
    submitted = (response for response in responses if response.status is ResponseStatus.SUBMITTED)
    return answers_digest(versions_digests(versions), map(response_digest, submitted))


def conditions(
    *,
    program: str,
    consultation: str,
    versions: Sequence[Sequence[object]],
    codebook: str,
    roles: Mapping[str, str],
    protection: Mapping[str, tuple[int, int]],
    frame: Sequence[tuple[str, Mapping[str, int]]],
    invited: int,
    links: str,
    scope: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """What figures rest on besides the answers, as plain values that can be kept.

    program     version of the program
    versions    as `versions_digests`
    codebook    digest of the code-book: variables, kinds, codes, words in every language, causes, versions
    roles       which question plays which part
    protection  audience -> (smallest count that it may see, what counts are rounded to)
    frame       (variable, code -> invited organisations) in the order of raking, then of those variables together: the
                targets of weights
    invited     how many organisations are on the contact list
    links       `links_digest` of the replies that count for them: bounds and estimates rest on it
    scope       the part of the consultation, {} for all of it
    """
    found: dict[str, Any] = json.loads(
        canonical(
            {
                "codebook": codebook,
                "consultation": consultation,
                "frame": frame,
                "invited": invited,
                "links": links,
                "program": program,
                "protection": protection,
                "roles": roles,
                "scope": scope,
                "versions": versions,
            }
        )
    )
    return found


def whole(answers: str, under: Mapping[str, Any]) -> str:
    """The snapshot: SHA-256 over the answers (`snapshot`) and the conditions that they are read under."""
    return digest({"answers": answers, "conditions": under, "format": FORMAT})


def links_digest(links: Iterable[tuple[str, Standing]]) -> str:
    """SHA-256 over which responses count for the contact list, whatever their order; nothing of one that was erased can
    be guessed from it.

    links  salt and standing of each response of an organisation on the list
    """
    marks = sorted(hashlib.sha256(orjson.dumps([salt, *standing])).digest() for salt, standing in links)
    return hashlib.sha256(b"".join(marks)).hexdigest()


def figures_mark(figures: bytes, responses: Sequence[ResponseRecord]) -> str:
    """A digest of figures that only who has every response of theirs can make, and nobody once one was erased."""
    key = digest(sorted(response.salt for response in responses))
    return hmac.new(key.encode(), figures, hashlib.sha256).hexdigest()


def shown(digest: str) -> str:
    """The first 12 hex digits, as printed under charts."""
    return digest[:SHOWN_DIGITS]
