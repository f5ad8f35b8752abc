"""Cells of CSV files that a spreadsheet would run."""

_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""The wide ones are taken for the narrow ones by spreadsheets of East Asia."""


def guarded(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would take for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.lstrip(" ").startswith(_SIGNS) else text
