"""Copy-paste campaigns: open answers that several replies gave in nearly the same words.

Candidates come from MinHash signatures of the answers' letters in a locality-sensitive index; a candidate counts only
when the likeness of the two whole texts, letter by letter, reaches the threshold.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from analysis.dataset.arrays import BoolArray, Dataset, TextColumn

LIKENESS = 85.0
"""Likeness in percent from which two answers count as the same text."""
LOWEST_LIKENESS = 75.0
"""Below this the index would overlook too many."""
FEWEST_REPLIES = 3
"""Two alike are a pair of friends, or one organisation twice."""
FEWEST_SIGNS = 60
"""Shorter answers are alike by chance: "More money for prevention". A wide sign, as in Chinese, counts as three."""
_BETWEEN = re.compile(r"[\W_]+")
_SHINGLE = 5
_PERMUTATIONS = 64
_BANDS = (21, 3)
"""Bands and rows: of pairs that share half of their five-letter pieces 94 % are found, of 60 % 99 %."""


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


def campaigns(dataset: Dataset, *, likeness: float = LIKENESS, fewest: int = FEWEST_REPLIES) -> tuple[Campaign, ...]:
    """The campaigns in every open question, the largest first; the name of the organisation is no open question."""
    found: list[Campaign] = []
    for variable in dataset.codebook.variables:
        column = dataset.columns[variable.name]
        if isinstance(column, TextColumn) and not variable.identifying:
            answers = [(dataset.respondents[row].response_id, text) for row, text in column.texts]
            found += campaigns_in(variable.name, answers, likeness=likeness, fewest=fewest)
    return tuple(sorted(found, key=lambda each: -len(each.copies)))


def has_open_answers(dataset: Dataset) -> bool:
    """True when somebody answered a question in words, so that there is something to compare."""
    return any(
        isinstance(column, TextColumn) and column.texts and not dataset.variables[name].identifying
        for name, column in dataset.columns.items()
    )


def campaigns_in(
    question: str, answers: Sequence[tuple[int, str]], *, likeness: float = LIKENESS, fewest: int = FEWEST_REPLIES
) -> tuple[Campaign, ...]:
    """The campaigns in the answers to one question.

    An answer belongs to the earliest text that it is most like; so a campaign never drifts away from its first text,
    and the same answers in the same order give the same campaigns.

    answers   (reply, text) in the order in which they came; texts shorter than FEWEST_SIGNS are left out
    likeness  percent of signs that two texts have in common in the same order (Indel), case, accents and punctuation
              apart; FEWEST_REPLIES or `fewest` replies make a campaign
    Source    Broder (1997), Proc. Compression and Complexity of Sequences: 21-29 (MinHash, by datasketch); rapidfuzz.
    """
    from datasketch import MinHashLSH  # slow import
    from rapidfuzz import fuzz, process

    replies: defaultdict[str, list[int]] = defaultdict(list)
    written: dict[str, str] = {}
    for key, text in answers:
        plain = folded(text)
        if _is_long(plain):
            replies[plain].append(key)
            written.setdefault(plain, text)
    order = {key: place for place, (key, _text) in enumerate(answers)}
    texts = list(replies)
    signatures = [_signature(plain) for plain in texts]
    index = MinHashLSH(num_perm=_PERMUTATIONS, params=_BANDS)
    members: dict[int, list[Copy]] = {}
    meets = _meeting(signatures)
    for place, plain in enumerate(texts):
        near = sorted(index.query(signatures[place])) if meets[place] else []
        like = process.extractOne(plain, [texts[other] for other in near], scorer=fuzz.ratio, score_cutoff=likeness)
        if like is not None:
            members[near[like[2]]] += [Copy(response_id=key, likeness=like[1]) for key in replies[plain]]
            continue
        members[place] = [Copy(response_id=key, likeness=100.0) for key in replies[plain]]
        if meets[place]:
            index.insert(place, signatures[place])
    return tuple(
        Campaign(
            question=question,
            text=written[texts[first]],
            copies=tuple(sorted(copies, key=lambda copy: order[copy.response_id])),
        )
        for first, copies in members.items()
        if len(copies) >= fewest
    )


def in_campaigns(found: Iterable[Campaign]) -> frozenset[int]:
    """The replies that gave an answer of one of these campaigns."""
    return frozenset(copy.response_id for campaign in found for copy in campaign.copies)


@lru_cache(maxsize=50_000)
def folded(text: str) -> str:
    """Letters and digits in lower case without accents, words one space apart."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    if not letters.isascii():
        letters = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return " ".join(_BETWEEN.sub(" ", letters).split())


def _is_long(plain: str) -> bool:
    if len(plain) >= FEWEST_SIGNS:
        return True
    return len(plain) + 2 * sum(unicodedata.east_asian_width(sign) == "W" for sign in plain) >= FEWEST_SIGNS


def _meeting(signatures: Sequence[Any]) -> BoolArray:
    """Which signatures share a band with another: most answers are like no other, and need not stand in the index."""
    bands, rows = _BANDS
    meets = np.zeros(len(signatures), dtype=np.bool_)
    if signatures:
        values = np.array([each.hashvalues for each in signatures], dtype=np.uint64)
        for band in range(bands):
            keys = np.zeros(len(signatures), dtype=np.uint64)
            for row in range(band * rows, (band + 1) * rows):  # two bands with one key by chance only cost a look-up
                keys = keys * np.uint64(0x9E37_79B9_7F4A_7C15) + values[:, row]
            _each, place, times = np.unique(keys, return_inverse=True, return_counts=True)
            meets |= times[place] > 1
    return meets


@lru_cache(maxsize=50_000)  # a new reply makes one new signature, not all of them anew
def _signature(plain: str) -> Any:
    """The MinHash of the five-sign pieces of a text."""
    from datasketch import LeanMinHash  # slow import

    signs = np.frombuffer(plain.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    pieces = np.zeros(signs.size - _SHINGLE + 1, dtype=np.uint64)
    for place in range(_SHINGLE):
        pieces = pieces * np.uint64(1_000_003) + signs[place : place + pieces.size]
    found = _blank().copy()
    found.update_batch(((pieces ^ (pieces >> np.uint64(29))) & np.uint64(0xFFFF_FFFF)).tolist())
    return LeanMinHash(found)


@cache  # its permutations take longer to draw than a text to hash
def _blank() -> Any:
    from datasketch import MinHash  # slow import

    return MinHash(num_perm=_PERMUTATIONS, hashfunc=int)
