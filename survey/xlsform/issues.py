"""What is wrong with a questionnaire's workbook, for its author: where, what, and what to write instead."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]
"""error: the questionnaire cannot be used; warning: it can, but hardly as meant; info: worth knowing."""


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
