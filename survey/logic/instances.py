"""How an answer inside a repeat is named: `household[1]/member[2]/age`, each repeat with its instance counted from 1.

The number of instances stands under the repeat's own key, here `household` and `household[1]/member`. Outside of
repeats a key is the question's name, so that answers stay one flat mapping.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from survey.questionnaire import Group, Question

_INSTANCE = re.compile(r"([^\[\]]+)\[([1-9]\d{0,5})\]/")


def prefix_of(repeats: tuple[str, ...], indices: tuple[int, ...]) -> str:
    """What stands before the names inside these instances: "household[1]/member[2]/"; "" outside of repeats."""
    return "".join(f"{repeat}[{index}]/" for repeat, index in zip(repeats, indices, strict=False))


def split(key: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    """(name, ((repeat, index), ...)) of a key, the outermost repeat first."""
    around: list[tuple[str, int]] = []
    place = 0
    while found := _INSTANCE.match(key, place):
        around.append((found[1], int(found[2])))
        place = found.end()
    return key[place:], tuple(around)


def name_of(key: str) -> str:
    """The name of the question or group that the key names."""
    return split(key)[0] if "[" in key else key


def asked(
    inside: Iterable[Group | Question], counts: Mapping[str, object], prefix: str = ""
) -> Iterator[tuple[str, Question]]:
    """(key, question) for every question there in order, in repeats for each instance.

    counts  how many instances a repeat has, by its key: answers hold them too.
    """
    for item in inside:
        key = prefix + item.name
        if isinstance(item, Question):
            yield key, item
        elif not item.repeats:
            yield from asked(item.children, counts, prefix)
        else:
            count = counts.get(key, 0)
            for number in range(1, int(count) + 1 if isinstance(count, int | float) else 1):
                yield from asked(item.children, counts, f"{key}[{number}]/")
