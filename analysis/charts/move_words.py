"""The words of a comparison of two frozen states: which replies differ, what else differs, how far figures moved."""

from collections.abc import Mapping, Sequence

from analysis.charts import wording
from analysis.charts.spec import Words
from analysis.findings.moves import Figure, Move


def change_name(change: str, words: Words) -> str:
    """What happened to a response between two states."""
    return {
        "came": words.translate("new"),
        "changed": words.translate("corrected"),
        "withdrawn": words.translate("withdrawn"),
        "deleted": words.translate("in the trash"),
        "excluded": words.translate("excluded"),
        "went": words.translate("not counted any more"),
    }[change]


def condition_name(condition: str, words: Words) -> str:
    """What figures rest on besides the answers."""
    names = {
        "codebook": words.translate("code-book"),
        "frame": words.translate("contact list"),
        "invited": words.translate("contact list"),
        "links": words.translate("replies that count for the contact list"),
        "program": words.translate("program version"),
        "protection": words.translate("protection of small groups"),
        "roles": words.translate("parts of questions"),
        "scope": words.translate("part of the consultation"),
        "versions": words.translate("questionnaire"),
    }
    return names.get(condition, condition)


def summary_lines(
    counts: Mapping[str, int], erased: tuple[int, int], conditions: Sequence[str], words: Words
) -> tuple[str, ...]:
    """Replies by what happened to them, what was erased since, and what else is not the same."""
    told = [f"{change_name(change, words)} {wording.count(count, words)}" for change, count in counts.items() if count]
    lines = [
        words.translate("Replies: {changes}.", changes=wording.listing(told, words))
        if told
        else words.translate("Both hold the same replies.")
    ]
    if any(erased):
        lines.append(
            words.translate(
                "Erased since, and not in the comparison: {first} of the first, {second} of the second.",
                first=wording.count(erased[0], words),
                second=wording.count(erased[1], words),
            )
        )
    if conditions:
        names = wording.listing(dict.fromkeys(condition_name(each, words) for each in conditions), words)
        lines.append(words.translate("Not the same in both: {conditions}.", conditions=names))
    return tuple(lines)


def heads(words: Words) -> tuple[str, ...]:
    """Of the table of figures that moved."""
    return (
        words.translate("Question"),
        words.translate("Figure"),
        words.translate("before"),
        words.translate("after"),
        words.translate("change"),
    )


def figure_name(which: Figure, label: str, words: Words) -> str:
    """What a figure is called, and of which option or item it is; "" for that of a whole question."""
    what = {
        Figure.NUMBER_ANSWERED: "n",
        Figure.SHARE: words.translate("Share"),
        Figure.NET: words.translate("Net"),
        Figure.MEAN: words.translate("Mean"),
        Figure.MEDIAN: words.translate("Median"),
        Figure.MEAN_RANK: words.translate("Mean rank"),
        Figure.FIRST: words.translate("Put first"),
    }[which]
    return f"{what}{words.colon}{label}" if label else what


def row(move: Move, words: Words) -> tuple[str, str, str, str, str]:
    """Question with item, what the figure is, both values, the difference."""
    label = f"{move.label}{words.colon}{move.item_label}" if move.item_label else move.label
    figure = figure_name(move.figure, move.code_label, words)
    before, after = (
        _value(move, move.before, move.count_before, words),
        _value(move, move.after, move.count_after, words),
    )
    return label, figure, before, after, _change(move, words)


def _value(move: Move, value: float | None, count: int | None, words: Words) -> str:
    if value is None:
        return wording.NOTHING
    if move.figure is Figure.NUMBER_ANSWERED:
        return wording.count(round(value), words)
    if move.figure is Figure.NET:
        return wording.points(value, words)
    if move.figure in (Figure.SHARE, Figure.FIRST):
        told = wording.share(value, words)
        return told if count is None else f"{told} ({wording.count(count, words)})"
    return wording.decimal(value, words)


def _change(move: Move, words: Words) -> str:
    change = move.change
    if change is None:
        return wording.NOTHING
    if move.figure in (Figure.SHARE, Figure.FIRST, Figure.NET):
        return wording.points(change, words)
    sign = "+" if change > 0 else ""
    told = f"{change:+.0f}" if move.figure is Figure.NUMBER_ANSWERED else f"{sign}{change:.1f}"
    return wording.figures_in_order(told.replace("-", wording.MINUS), words)


def largest_first(moves: Sequence[Move]) -> tuple[Move, ...]:
    """Shares and nets by how far they moved, then means and ranks likewise, then n."""
    order = {Figure.SHARE: 0, Figure.FIRST: 0, Figure.NET: 0, Figure.NUMBER_ANSWERED: 2}
    return tuple(sorted(moves, key=lambda each: (order.get(each.figure, 1), -abs(each.change or 0.0))))
