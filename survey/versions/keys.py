"""How an answer inside a repeat is named: `household[1]/member[2]/age`, each repeat with its instance from 1 on."""

import re

_INSTANCE = re.compile(r"([^\[\]]+)\[([1-9]\d{0,5})\]/")


def split(key: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    """(name, ((repeat, index), ...)) of a key, the outermost repeat first."""
    around: list[tuple[str, int]] = []
    place = 0
    while found := _INSTANCE.match(key, place):
        around.append((found[1], int(found[2])))
        place = found.end()
    return key[place:], tuple(around)


def name_of(key: str) -> str:
    """The name of the question or repeat that the key names."""
    return split(key)[0]


def key_of(name: str, around: tuple[tuple[str, int], ...]) -> str:
    """The key of a name inside these instances."""
    return "".join(f"{repeat}[{index}]/" for repeat, index in around) + name
