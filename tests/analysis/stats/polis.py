"""Conversations of Polis with what Polis made of them (compdemocracy/openData, CC BY 4.0), where they are at hand."""

import csv
import json
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


def small_conversation() -> tuple[FloatArray, GroupArray]:
    """Another one (polis-community/red-dwarf, MPL-2.0): 51 people who voted, 26 statements that the moderators
    let in; the groups of 16, 15 and 12 that the server of Polis made."""
    folder = FOLDER / "polis_server_50ptpt-3gp-strict-no-meta"
    if not folder.exists():
        pytest.skip("the conversations of Polis are not here")
    events = json.loads((folder / "votes.json").read_text(encoding="utf-8"))
    last = {
        (each["participant_id"], each["statement_id"]): each["vote"]
        for each in sorted(events, key=lambda each: each["modified"])
    }
    comments = json.loads((folder / "comments.json").read_text(encoding="utf-8"))
    statements = sorted(each["statement_id"] for each in comments if each["moderated"] == 1)
    people = sorted({who for who, _what in last})
    votes = np.full((len(people), len(statements)), np.nan)
    for (who, what), vote in last.items():
        if what in statements:
            votes[people.index(who), statements.index(what)] = vote
    group = np.full(len(people), -1, dtype=np.int8)
    for each in json.loads((folder / "expected.json").read_text(encoding="utf-8"))["groups"]:
        group[[people.index(who) for who in each["members"]]] = each["id"]
    return votes, group
