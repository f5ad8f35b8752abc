"""Speeding: a reply that stayed much shorter in its sections than others did."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

FASTEST = 2.0
"""Speed index from which a reply is flagged."""
LARGEST_FACTOR = 3.0
"""What one section can add to the index at most, so that a section that was only leafed through does not decide it."""
FEWEST_TIMED = 10
"""A section whose time was taken in fewer replies has no usual time."""
FEWEST_SECTIONS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fast:
    """A reply that was fast: its speed index, its whole time and the usual time of the same sections, in seconds."""

    response_id: int
    index: float
    seconds: int
    usual_seconds: float
    sections: int


def fast_replies(
    times: Mapping[int, Sequence[tuple[str, int]]], *, fastest: float = FASTEST, fewest_timed: int = FEWEST_TIMED
) -> tuple[Fast, ...]:
    """Replies whose speed index is at least `fastest`, by reply.

    The index is the mean over sections of (median time of the section) / (own time), each at most LARGEST_FACTOR. It
    needs two sections with a time that was taken in `fewest_timed` replies; who came without times is never flagged.

    times   reply -> (section, seconds > 0)
    Source  after the relative speed index of Leiner (2019), Survey Research Methods 13(3): 229-248.
    """
    by_section: defaultdict[str, list[int]] = defaultdict(list)
    for visits in times.values():
        for section, seconds in visits:
            by_section[section].append(seconds)
    usual = {name: median(found) for name, found in by_section.items() if len(found) >= fewest_timed}
    flagged = []
    for key, visits in times.items():
        timed = [(usual[section], seconds) for section, seconds in visits if section in usual]
        if len(timed) < FEWEST_SECTIONS:
            continue
        index = fmean(min(middle / seconds, LARGEST_FACTOR) for middle, seconds in timed)
        if index >= fastest:
            flagged.append(
                Fast(
                    response_id=key,
                    index=index,
                    seconds=sum(seconds for _middle, seconds in timed),
                    usual_seconds=sum(middle for middle, _seconds in timed),
                    sections=len(timed),
                )
            )
    return tuple(sorted(flagged, key=lambda each: each.response_id))
