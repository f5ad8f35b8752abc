"""A table as a pandas frame, for the writers that take one."""

import numpy as np
import pandas as pd

from analysis.data_files.table import REASONS, DataTable, NumberColumn, WordColumn, cut


def data_frame(table: DataTable, *, most_bytes: int = 0) -> pd.DataFrame:
    """Columns by their names in the file; reasons are numbers, texts without a word are ""."""
    return pd.DataFrame(
        {
            each.name: _texts(each, most_bytes) if isinstance(each, WordColumn) else each.numbers
            for each in table.columns
        }
    )


def with_letters(table: DataTable, *, most_bytes: int) -> pd.DataFrame:
    """The same with Stata's letters for the reasons: "a" for the first, "b" for the second."""
    return pd.DataFrame(
        {
            each.name: _texts(each, most_bytes) if isinstance(each, WordColumn) else lettered(table, each)
            for each in table.columns
        }
    )


def lettered(table: DataTable, column: NumberColumn) -> np.ndarray | pd.Categorical:
    """(n,) numbers; with letters among them a categorical, whose kinds pyreadstat tells by its categories.

    Of a plain column of objects it would look at the first hundred rows, and take letters alone for words.
    """
    if not column.reasons:
        return column.numbers
    letters = {table.code_of(reason): letter(REASONS.index(reason)) for reason in column.reasons}
    found, places = np.unique(column.numbers, return_inverse=True)
    numbers = [place for place, number in enumerate(found) if number not in letters]
    others = [place for place, number in enumerate(found) if number in letters]
    # One type for all of them: a whole number beside a broken one would be words again.
    categories = [*(float(found[place]) for place in numbers), *(letters[int(found[place])] for place in others)]
    moved = np.empty(found.size, dtype=np.int32)
    moved[[*numbers, *others]] = np.arange(found.size)
    return pd.Categorical.from_codes(moved[places], categories=pd.Index(categories, dtype=object))


def letter(place: int) -> str:
    """The letter of Stata's extended missing value of that place: .a, .b ..."""
    return chr(ord("a") + place)


def _texts(column: WordColumn, most_bytes: int) -> list[str]:
    return [cut(text, most_bytes) for text in column.texts] if most_bytes else list(column.texts)
