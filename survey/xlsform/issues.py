"""What is wrong with a questionnaire's workbook, for its author: where, what, and what to write instead."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]
"""error: the questionnaire cannot be used; warning: it can, but hardly as meant; info: worth knowing."""


_MOST_COMPARED = 2_000
"""Comparing with more words would take too long on a large form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIssue:
    """One finding. `row` is the spreadsheet's own number, 0 when it concerns no single row; `fix` is what to do."""

    code: str
    severity: Severity
    sheet: str
    row: int = 0
    column: str = ""
    message: str
    fix: str = ""


def nearest(written: str, known: Iterable[str], *, likeness: float = 0.7) -> str:
    """The known word most like the written one, regardless of case; "" when none is alike enough (0 to 1)."""
    words = list(known)
    if len(words) > _MOST_COMPARED:
        return ""
    by_lower = {word.lower(): word for word in sorted(words, reverse=True)}
    found = difflib.get_close_matches(written.lower(), list(by_lower), n=1, cutoff=likeness)
    return by_lower[found[0]] if found else ""
