"""The state of the data as one number: two analyses with the same snapshot read the same answers.

Each reply has a digest of its own. They are joined in PARTS by the key of the response, and the parts to the whole, so
that one further reply of a million costs a thousandth of the work.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

import numpy as np
import orjson

from data.records import AnswerValue, ResponseRecord, ResponseStatus, VersionRecord

SHOWN_DIGITS = 12
PARTS = 1024


def snapshot(versions: Sequence[VersionRecord], responses: Sequence[ResponseRecord]) -> str:
    """SHA-256 (64 hex digits) over the questionnaire versions and the submitted answers, whatever their order.

    versions   number, workbook and renames of each count.
    responses  id, revision and submission of each count; drafts are left out.
    """
    submitted = [response for response in responses if response.status is ResponseStatus.SUBMITTED]
    ids = np.array([each.id for each in submitted], dtype=np.int64)
    digests = b"".join(reply_digest(each.id, each.revision, each.submission) for each in submitted)
    marks = np.frombuffer(digests, dtype=np.uint8).reshape(-1, 32)
    return state_digest(versions, len(submitted), part_digests(ids, marks, range(PARTS)))


def reply_digest(response_id: int, revision: int, submission: Mapping[str, AnswerValue]) -> bytes:
    """SHA-256 over [id, revision, answers by name] as compact JSON."""
    reply = [response_id, revision, dict(submission)]
    try:
        text = orjson.dumps(reply, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a number that is too large for it
        text = _canonical(reply)
    return hashlib.sha256(text).digest()


def part_digests(ids: np.ndarray, marks: np.ndarray, parts: Sequence[int]) -> np.ndarray:
    """(parts, 32) the SHA-256 of each part: of the digests of the replies whose key leaves the part's number, by key.

    ids    (n,) keys
    marks  (n, 32) their digests
    """
    # PARTS is a power of two: the last bits are the remainder.
    of = ids & (PARTS - 1)
    found = np.zeros((len(parts), 32), dtype=np.uint8)
    if len(parts) < PARTS:
        members = [np.flatnonzero(of == part) for part in parts]
    else:
        order = np.argsort(of, kind="stable")
        members = np.split(order, np.searchsorted(of[order], np.arange(1, PARTS)))
    for place, rows in enumerate(members):
        content = marks[rows[np.argsort(ids[rows])]].tobytes()
        found[place] = np.frombuffer(hashlib.sha256(content).digest(), dtype=np.uint8)
    return found


def state_digest(versions: Sequence[VersionRecord], replies: int, parts: np.ndarray) -> str:
    """SHA-256 over the versions, the number of replies and the digests of the PARTS, as JSON."""
    state = {
        "versions": [
            [version.number, version.workbook, *([dict(version.renames)] if any(version.renames.values()) else [])]
            for version in sorted(versions, key=lambda v: v.number)
        ],
        "replies": replies,
        "parts": parts.tobytes().hex(),
    }
    return hashlib.sha256(_canonical(state)).hexdigest()


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def shown(digest: str) -> str:
    """The first 12 hex digits, as printed under charts."""
    return digest[:SHOWN_DIGITS]
