"""Two windows at one response: what of a window's entries is kept, and what its reader must choose about.

Answers to different questions are merged. Two answers to one question are a clash, which nobody but a person settles.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from survey.questionnaire import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One question with two answers, None for none.

    stored   what another window gave meanwhile, which is kept until somebody chooses
    entered  what was entered here
    gone     True when the other window removed the instance in which it was asked
    """

    question: str
    stored: Answer | None
    entered: Answer | None
    gone: bool = False


def clashes(
    changed: Iterable[str],
    *,
    seen: Mapping[str, Answer],
    stored: Mapping[str, Answer],
    entered: Mapping[str, Answer],
) -> tuple[Clash, ...]:
    """The changed questions whose stored answer is neither the one that was seen nor the one that was entered."""
    return tuple(
        Clash(question=name, stored=stored.get(name), entered=entered.get(name))
        for name in changed
        if stored.get(name) not in (seen.get(name), entered.get(name))
    )
