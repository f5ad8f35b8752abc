"""Stata files (.dta, version 14 and newer): labels, and extended missing values .a, .b ... for the reasons."""

from datetime import datetime
from pathlib import Path
from typing import Any

from analysis.data_files.frames import letter, with_letters
from analysis.data_files.table import REASONS, DataTable, NumberColumn, english_stamp

LABEL_LETTERS, TITLE_LETTERS = 80, 80
MOST = 32_767
"""Most columns of a file."""
TEXT_BYTES = 2_045
"""Longer texts would be strL, which few other programs read."""
_STAMP = b"<timestamp>"


def write(table: DataTable, path: Path) -> None:
    """The table as a .dta file; longer texts and labels are cut, with an ellipsis."""
    import pyreadstat  # slow import

    numbers = [each for each in table.columns if isinstance(each, NumberColumn)]
    state = f" ({table.about.snapshot[:12]})"
    pyreadstat.write_dta(
        with_letters(table, most_bytes=TEXT_BYTES),
        str(path),
        file_label=_short(table.about.title, TITLE_LETTERS - len(state)) + state,
        column_labels={each.name: _short(table.words(each.label, each.question)) for each in table.columns},
        version=14,
        variable_value_labels={each.name: labels for each in numbers if (labels := _labels(table, each))},
        missing_user_values={
            each.name: [letter(REASONS.index(reason)) for reason in each.reasons] for each in numbers if each.reasons
        },
        variable_format={each.name: "%8.0g" if each.whole else "%12.4g" for each in numbers},
    )
    path.write_bytes(_dated(path.read_bytes(), table.about.made_at))


def _labels(table: DataTable, column: NumberColumn) -> dict[Any, str]:
    labels: dict[Any, str] = {value.code: table.words(value.label, value.name) for value in column.values}
    return labels | {letter(REASONS.index(reason)): table.reason_words(reason) for reason in column.reasons}


def _short(text: str, most: int = LABEL_LETTERS) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _dated(content: bytes, moment: datetime) -> bytes:
    """With the time at which the table was made, so that the same table is the same file."""
    at = content.index(_STAMP) + len(_STAMP) + 1
    stamp = english_stamp(moment, "%Y %H:%M")
    return content[:at] + stamp + content[at + len(stamp) :]
