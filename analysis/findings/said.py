"""Numbers that stand in words, held against those of cards: what a text would tell although its readers may not see it.

Numbers in letters ("three") are not read, nor what several numbers add up to.
"""

import math
import re
import unicodedata
from collections.abc import Iterable

from analysis.findings.card import Base, Card

_SIGNS = "[.,٫٬'’ ]"
_NUMBER = re.compile(rf"(?<!\d)\d{{1,3}}(?:({_SIGNS})\d{{3}})(?:\1\d{{3}})*(?:[.,٫]\d+)?(?!\d)|\d+(?:[.,٫]\d+)?")
_DECIMAL = re.compile("[.,٫]")


def hidden_in(texts: Iterable[str], seen: Iterable[Card], shown: Iterable[Card]) -> str:
    """The first number, as a text writes it, that stands on a card of `seen` and on none of `shown`; "" for none."""
    hidden = _figures(seen) - _figures(shown)
    for text in texts:
        for written, meant in numbers(text):
            if hidden.intersection(meant):
                return written
    return ""


def numbers(text: str) -> list[tuple[str, tuple[float, ...]]]:
    """Each number in a text, with what it may mean: a sign inside parts thousands or decimals, a space only thousands.

    Digits of every script, and every kind of space.
    """
    found = []
    for match in _NUMBER.finditer(unicodedata.normalize("NFKC", text)):
        whole, sign = match[0], match[1]
        meant = []
        if sign:
            thousands, _, rest = _parted(whole, sign)
            meant.append(_value(thousands, rest))
        if not sign or (sign in ".,٫" and whole.count(sign) == 1 and len(_DECIMAL.findall(whole)) == 1):
            thousands, *decimals = _DECIMAL.split(whole)
            meant.append(_value(thousands, "".join(decimals)))
        found.append((whole, tuple(dict.fromkeys(meant))))
    return found


def _parted(whole: str, sign: str) -> tuple[str, str, str]:
    """Digits without the sign between thousands, and those behind the decimal sign."""
    for at in range(len(whole) - 1, -1, -1):
        if not whole[at].isdigit():
            if whole[at] != sign:
                return whole[:at].replace(sign, ""), whole[at], whole[at + 1 :]
            break
    return whole.replace(sign, ""), "", ""


def _value(whole: str, rest: str) -> float:
    """Digits of any script as a number."""
    return float(f"{whole}.{rest}" if rest else whole)  # a row of digits too long for a number is infinite


def _figures(cards: Iterable[Card]) -> set[float]:
    return {figure for card in cards for figure in figures(card)}


def figures(card: Card) -> set[float]:
    """Every figure that a card shows, as somebody would write it: counts, percents in whole and with one decimal."""
    found: set[float] = set()

    def add(value: object, times: float = 1, digits: int = 0) -> None:
        if isinstance(value, int | float) and math.isfinite(value):
            found.add(float(math.floor(abs(value) * times * 10**digits + 0.5) / 10**digits))

    def base(each: Base) -> None:
        for count in (each.replies, each.answered, *each.missing.values()):
            add(count)

    rows = (*card.rows, *(row for item in card.items for row in item.rows))
    cells = [cell for row in rows for cell in (row.cell, *row.by.values(), row.first, *row.places) if cell is not None]
    for cell in (*cells, *(cell for column in card.columns for cell in column.firsts.values())):
        add(cell.count)
        add(cell.share, 100)
        add(cell.share, 100, digits=1)
    for each in (card.base, *(column.base for column in card.columns), *(item.base for item in card.items)):
        base(each)
    if card.combinations is not None:
        for count in (card.combinations.replies, *(each.count for each in card.combinations.told)):
            add(count)
    if card.against is not None:
        found |= figures(card.against)
    for item in card.items:
        add(item.net, 100)
        add(item.mean, digits=1)
    ranks = (rank for column in card.columns for rank in column.mean_ranks.values())
    middles = (value for column in card.columns for value in (column.mean, column.median))
    for value in (card.mean, card.median, *(row.mean_rank for row in card.rows), *ranks, *middles):
        add(value, digits=1)
    return found
