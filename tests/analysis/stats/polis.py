"""Conversations of Polis with what Polis made of them (compdemocracy/openData, CC BY 4.0), where they are at hand."""

import csv
from pathlib import Path

import numpy as np
import pytest

from analysis.stats.opinions import GroupArray
from analysis.stats.proportions import FloatArray

FOLDER = Path(__file__).parents[4] / "shared" / "field-data" / "04_polis"


def conversation(name: str) -> tuple[FloatArray, GroupArray]:
    """(votes, the groups that Polis published; -1 for who is in none)."""
    file = FOLDER / name / "participants-votes.csv"
    if not file.exists():
        pytest.skip("the conversations of Polis are not here")
    with file.open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    first, group = head.index("n-disagree") + 1, head.index("group-id")
    votes = np.array([[float(cell) if cell else np.nan for cell in row[first:]] for row in rows])
    return votes, np.array([int(row[group]) if row[group] else -1 for row in rows], dtype=np.int8)
