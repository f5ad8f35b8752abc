"""The state of the data as one number: two analyses with the same snapshot read the same answers."""

import hashlib
import json
from collections.abc import Sequence

from data.records import ResponseRecord, ResponseStatus, VersionRecord

SHOWN_DIGITS = 12


def snapshot(versions: Sequence[VersionRecord], responses: Sequence[ResponseRecord]) -> str:
    """SHA-256 (64 hex digits) over the questionnaire versions and the submitted answers, whatever their order.

    versions   number, workbook and renames of each count.
    responses  id, revision and submission of each count; drafts are left out.
    """
    submitted = [response for response in responses if response.status is ResponseStatus.SUBMITTED]
    state = {
        "versions": [
            [version.number, version.workbook, *([dict(version.renames)] if any(version.renames.values()) else [])]
            for version in sorted(versions, key=lambda v: v.number)
        ],
        "responses": [
            [response.id, response.revision, dict(response.submission)]
            for response in sorted(submitted, key=lambda r: r.id)
        ],
    }
    canonical = json.dumps(state, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def shown(digest: str) -> str:
    """The first 12 hex digits, as printed under charts."""
    return digest[:SHOWN_DIGITS]
