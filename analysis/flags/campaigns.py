"""Copy-paste campaigns: open answers that several replies gave in nearly the same words.

Candidates are answers whose signatures share a band (`analysis.flags.signatures`); a candidate counts only when the
likeness of the two whole texts, letter by letter, reaches the threshold.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.dataset.arrays import Dataset, TextColumn
from analysis.flags.likeness import leaders
from analysis.flags.signatures import Signatures, all_folded, meeting, sign

LIKENESS = 85.0
"""Likeness in percent from which two answers count as the same text."""
LOWEST_LIKENESS = 75.0
"""Below this the bands would overlook too many."""
FEWEST_REPLIES = 3
"""Two alike are a pair of friends, or one organisation twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One answer of a campaign: its likeness in percent to the first of them; the first has 100."""

    response_id: int
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Answers to one question in nearly the same words, the first that came first; `text` is that of the first."""

    question: str
    text: str
    copies: tuple[Copy, ...]


def campaigns(
    dataset: Dataset,
    *,
    likeness: float = LIKENESS,
    fewest: int = FEWEST_REPLIES,
    signed: Mapping[str, Signatures] | None = None,
) -> tuple[Campaign, ...]:
    """The campaigns in every open question, the largest first; the name of the organisation is no open question.

    signed  question -> the signatures of its answers, where they are known
    """
    found: list[Campaign] = []
    ids = dataset.respondents.ids.tolist()
    for name, column in open_questions(dataset).items():
        answers = [(ids[row], text) for row, text in column.texts]
        signatures = None if signed is None else signed[name]
        found += campaigns_in(name, answers, likeness=likeness, fewest=fewest, signatures=signatures)
    return tuple(sorted(found, key=lambda each: -len(each.copies)))


def open_questions(dataset: Dataset) -> dict[str, TextColumn]:
    """The questions that are answered in words, but for the name of the organisation, in the order of the form."""
    columns = {each.name: dataset.columns[each.name] for each in dataset.codebook.variables if not each.identifying}
    return {name: column for name, column in columns.items() if isinstance(column, TextColumn)}


def has_open_answers(dataset: Dataset) -> bool:
    """True when somebody answered a question in words, so that there is something to compare."""
    return any(any(True for _ in column.texts) for column in open_questions(dataset).values())


def campaigns_in(
    question: str,
    answers: Sequence[tuple[int, str]],
    *,
    likeness: float = LIKENESS,
    fewest: int = FEWEST_REPLIES,
    signatures: Signatures | None = None,
) -> tuple[Campaign, ...]:
    """The campaigns in the answers to one question.

    An answer belongs to the earliest text that it is most like; so a campaign never drifts away from its first text,
    and the same answers in the same order give the same campaigns.

    answers     (reply, text) in the order in which they came; texts shorter than FEWEST_SIGNS are left out
    likeness    percent of signs that two texts have in common in the same order (Indel), case, accents and punctuation
                apart; FEWEST_REPLIES or `fewest` replies, two or more, make a campaign
    signatures  of the answers, where they are known
    Source      rapidfuzz for the likeness.
    """
    from rapidfuzz import fuzz  # slow import

    signatures = signatures or sign([text for _key, text in answers])
    long = np.flatnonzero(signatures.long)
    rows = long[meeting(signatures.bands[long])].tolist()  # an answer that is like no other is looked at no further
    same: defaultdict[str, list[int]] = defaultdict(list)
    for row, plain in zip(rows, all_folded([answers[row][1] for row in rows]), strict=True):
        same[plain].append(row)
    texts, of = list(same), list(same.values())
    members: defaultdict[int, list[int]] = defaultdict(list)
    for place, first in enumerate(leaders(texts, signatures.bands[[each[0] for each in of]], likeness).tolist()):
        members[first].append(place)
    return tuple(
        Campaign(
            question=question,
            text=answers[of[first][0]][1],
            copies=tuple(
                Copy(response_id=answers[row][0], likeness=fuzz.ratio(texts[place], texts[first]))
                for row, place in sorted((row, place) for place in places for row in of[place])
            ),
        )
        for first, places in members.items()
        if sum(len(of[place]) for place in places) >= fewest
    )


def in_campaigns(found: Iterable[Campaign]) -> frozenset[int]:
    """The replies that gave an answer of one of these campaigns."""
    return frozenset(copy.response_id for campaign in found for copy in campaign.copies)
