"""Protected figures as a table of data: one row for each option of each card, hidden figures with their reason.

This is what somebody gets who may not read answers one by one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.charts import method_words
from analysis.data_files.answers import reason_labels
from analysis.data_files.table import (
    About,
    DataTable,
    FileColumn,
    Measure,
    NumberColumn,
    Reason,
    WordColumn,
    first_reason,
)
from analysis.disclosure import Suppressed
from analysis.findings.card import Base, Card, CardKind, Cell, Row
from analysis.findings.method import PLAIN
from survey.questionnaire import Text
from survey.translator import Words

_Figure = float | Suppressed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A row; `base` is None where no card says it."""

    card: Card
    base: Base | None
    item: tuple[str, str] = ("", "")
    option: tuple[str, str] = ("", "")
    group: tuple[str, str] = ("", "")
    cell: Cell | None = None
    row: Row | None = None
    mean_rank: _Figure = None
    first: Cell | None = None
    mean: _Figure = None
    median: _Figure = None
    net: _Figure = None


_Counted = tuple[str, str, bool, Callable[[_Line], _Figure]]


def figures(cards: Sequence[Card], about: About, words: Words) -> DataTable:
    """The figures of the cards, as their audience may see them; open answers are left out."""
    lines = [line for card in cards if card.kind is not CardKind.TEXT for line in _lines(card)]
    _ = words.translate
    said: tuple[tuple[str, str, Callable[[_Line], str]], ...] = (
        ("section", _("Section"), lambda line: line.card.section),
        ("question", _("Name of the question"), lambda line: line.card.question),
        ("question_words", _("Question"), lambda line: line.card.label),
        ("item", _("Name of the item"), lambda line: line.item[0]),
        ("item_words", _("Item"), lambda line: line.item[1]),
        ("option", _("Code of the option"), lambda line: line.option[0]),
        ("option_words", _("Option"), lambda line: line.option[1]),
        ("compared_by", _("Compared by"), lambda line: line.card.by if line.group[0] else ""),
        ("group", _("Code of the group"), lambda line: line.group[0]),
        ("group_words", _("Group"), lambda line: line.group[1]),
        ("interval", _("Kind of the bounds of the share"), lambda line: _interval(line, words)),
    )
    low, high = _("Share, lower bound (95 %)"), _("Share, upper bound (95 %)")
    if not all(card.at_level for card in cards):
        low, high = _("Share, lower bound"), _("Share, upper bound")
    counted: tuple[_Counted, ...] = (
        ("replies", _("Replies in view"), True, lambda line: line.base.replies if line.base else None),
        ("n", _("Valid answers"), True, lambda line: line.base.answered if line.base else None),
        ("count", _("Count"), True, lambda line: line.cell.count if line.cell else None),
        ("share", _("Share"), False, lambda line: _share(line.cell)),
        ("share_low", low, False, lambda line: line.cell.low if line.cell else None),
        ("share_high", high, False, lambda line: line.cell.high if line.cell else None),
        ("mean", _("Mean"), False, lambda line: line.mean),
        ("median", _("Median"), False, lambda line: line.median),
        ("net", _("Net"), False, lambda line: line.net),
        ("mean_rank", _("Mean rank"), False, lambda line: line.mean_rank),
        ("first_count", _("Put first: count"), True, lambda line: _first(line, "count")),
        ("first_share", _("Put first: share"), False, lambda line: _first(line, "share")),
        *(column for number in range(2, _places(cards) + 1) for column in _place(number, words)),
    )
    found = [[read(line) for line in lines] for _name, _label, _whole, read in counted]
    first = first_reason(
        np.array([value for value in values if isinstance(value, int | float)], dtype=np.float64) for values in found
    )
    labels = reason_labels(words)
    code = {reason: first + place for place, reason in enumerate(Reason)}
    columns: list[FileColumn] = [
        WordColumn(name=name, question=name, label=Text({words.language: label}), texts=[read(line) for line in lines])
        for name, label, read in said
    ]
    for (name, label, whole, _read), values in zip(counted, found, strict=True):
        columns.append(_column(name, Text({words.language: label}), whole, values, code))
    return DataTable(
        columns=tuple(columns),
        sets=(),
        about=about,
        language=words.language,
        default_language=words.language,
        first_reason=first,
        reason_labels=labels,
    )


def _column(name: str, label: Text, whole: bool, values: Sequence[_Figure], code: dict[Reason, int]) -> NumberColumn:
    occurring: set[Reason] = set()
    numbers = np.zeros(len(values), dtype=np.float64)
    for place, value in enumerate(values):
        if isinstance(value, Suppressed):
            occurring.add(Reason.HIDDEN)
            numbers[place] = code[Reason.HIDDEN]
        elif value is None:
            occurring.add(Reason.NOT_APPLICABLE)
            numbers[place] = code[Reason.NOT_APPLICABLE]
        else:
            numbers[place] = value
    return NumberColumn(
        name=name,
        question=name,
        label=label,
        numbers=numbers,
        measure=Measure.SCALE,
        reasons=tuple(reason for reason in Reason if reason in occurring),
        whole=whole,
    )


def _lines(card: Card) -> Iterator[_Line]:
    if card.kind is CardKind.BATTERY:
        for item in card.items:
            named = (item.name, item.label)
            yield _Line(card=card, base=item.base, item=named, mean=item.mean, net=item.net)
            for row in item.rows:
                yield _Line(card=card, base=item.base, item=named, option=(row.code, row.label), cell=row.cell)
                yield from _groups(card, row, named)
        return
    if card.kind is CardKind.NUMBER:
        yield _Line(card=card, base=card.base, mean=card.mean, median=card.median)
        for column in card.columns:
            if column.mean is not None or column.median is not None:
                group = (column.code, column.label)
                yield _Line(card=card, base=column.base, group=group, mean=column.mean, median=column.median)
    for row in card.rows:
        yield _Line(
            card=card,
            base=card.base,
            option=(row.code, row.label),
            cell=row.cell,
            row=row,
            mean_rank=row.mean_rank,
            first=row.first,
        )
        yield from _groups(card, row, ("", ""))


def _groups(card: Card, row: Row, item: tuple[str, str]) -> Iterator[_Line]:
    """The base of an item within a group stands on no card."""
    for column in card.columns:
        if (cell := row.by.get(column.code)) is not None:
            yield _Line(
                card=card,
                base=None if item[0] else column.base,
                item=item,
                option=(row.code, row.label),
                group=(column.code, column.label),
                cell=cell,
                mean_rank=column.mean_ranks.get(row.code),
                first=column.firsts.get(row.code),
            )


def _interval(line: _Line, words: Words) -> str:
    """Whose bounds stand beside a share; "" where there are none."""
    if line.cell is None or line.cell.low is None or isinstance(line.cell.low, Suppressed):
        return ""
    statistics = line.card.statistics
    return method_words.interval_name(PLAIN.interval if statistics is None else statistics.method.interval, words)


def _share(cell: Cell | None) -> _Figure:
    """None where nobody answered: the card has 0 there, which is no share."""
    if cell is None or (cell.low is None and not isinstance(cell.share, Suppressed)):
        return None
    return cell.share


def _first(line: _Line, figure: str) -> _Figure:
    if line.first is None:
        return None
    return line.first.count if figure == "count" else _share(line.first)


def _places(cards: Sequence[Card]) -> int:
    return max((len(row.places) for card in cards for row in card.rows), default=0)


def _place(number: int, words: Words) -> tuple[_Counted, _Counted]:
    """How many gave an item this place: columns for the count and the share."""
    told = str(number)

    def cell(line: _Line) -> Cell | None:
        return line.row.places[number - 1] if line.row is not None and len(line.row.places) >= number else None

    def count(line: _Line) -> _Figure:
        found = cell(line)
        return None if found is None else found.count

    return (
        (f"place_{number}_count", words.translate("Place {number}: count", number=told), True, count),
        (
            f"place_{number}_share",
            words.translate("Place {number}: share", number=told),
            False,
            lambda x: _share(cell(x)),
        ),
    )
