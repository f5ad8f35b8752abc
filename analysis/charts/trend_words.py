"""The words of a trend: a table with a line for each figure of two waves, and what must be said beneath it."""

from babel.numbers import format_decimal

from analysis.charts import move_words, wording
from analysis.charts.method_words import correction_name
from analysis.charts.spec import Words
from analysis.findings.moves import Figure
from analysis.findings.trend import Change, Trend
from survey.translator import locale_of

_IN_POINTS = (Figure.SHARE, Figure.FIRST, Figure.NET)


def heads(found: Trend, words: Words) -> tuple[str, ...]:
    """Of the table of changes."""
    return (
        words.translate("Figure"),
        words.translate("n, before"),
        words.translate("n, after"),
        words.translate("before"),
        words.translate("after"),
        words.translate("change"),
        words.translate("95 % interval"),
        "p",
        words.translate("p ({correction})", correction=correction_name(found.correction, words)),
        words.translate("Effect size"),
    )


def row(change: Change, words: Words) -> tuple[str, ...]:
    """What the figure is of, who is behind it, what it was and is; then how sure the change is, and how large."""
    name = name_of(change, words)
    first, last = (
        wording.hidden(words) if n is None else wording.count(n, words) for n in (change.first_n, change.last_n)
    )
    ends = (
        _value(change.figure, change.before, change.first_n, words),
        _value(change.figure, change.after, change.last_n, words),
    )
    if change.difference is None:
        return (name, first, last, *ends, *[""] * 5)
    return (
        name,
        first,
        last,
        *ends,
        _gap(change.figure, change.difference, words),
        _interval(change, words),
        _p(change.p, words),
        _p(change.adjusted, words),
        "" if change.size is None else _signed(change.size, 2, words),
    )


def name_of(change: Change, words: Words) -> str:
    """The words of an option; of other figures also what they are."""
    return change.label if change.figure is Figure.SHARE else move_words.figure_name(change.figure, change.label, words)


def notes(found: Trend, words: Words, *, internal: bool) -> tuple[str, ...]:
    """What the reader must know, and below it the states."""
    return (*remarks(found, words, internal=internal), *sources(found, words))


def sources(found: Trend, words: Words) -> tuple[str, ...]:
    """The line of each state; one of two that are the same."""
    return tuple(dict.fromkeys(wording.source_line(each, words) for each in (found.earlier, found.later)))


def remarks(found: Trend, words: Words, *, internal: bool) -> tuple[str, ...]:
    """What the reader must know: what is worded otherwise, how much can be found, what is not tested."""
    states = found.earlier, found.later
    lines = [
        words.translate("Internal figures: not for publication.") if internal else "",
        wording.reworded_line(found.reworded, words),
    ]
    if found.detectable is not None:
        lines.append(
            words.translate(
                "With this many replies a change of a share by {points} points would be found in four of five cases.",
                points=int(wording.rounded(found.detectable, "0.01") * 100),
            )
        )
    figures = {each.figure for each in found.changes}
    if found.matched and Figure.MEDIAN in figures:
        lines.append(words.translate("The change of the median is the middle one of all changes."))
    if found.matched and not found.same:
        lines.append(words.translate("Compared are the organisations that answered both times, each with itself."))
    if found.same and found.matched:
        lines.append(words.translate("Compared are the replies that are in both states, each with itself."))
    if found.same and not found.matched:
        lines.append(
            words.translate(
                "Both are states of one consultation and share replies: there is no interval and no test here, for "
                "those of separate samples would be wrong."
            )
        )
    elif any(each.difference is not None and each.bounds is None for each in found.changes):
        lines.append(
            words.translate(
                "Where no interval stands, answers are too few or all the same, or their spread is internal or hidden."
            )
        )
    if any(each.size is not None for each in found.changes):
        lines.append(
            words.translate(
                "Effect size: the change over the standard deviation of the answers; 0.2 is small, 0.8 large."
            )
        )
    lines.append(wording.fictional_mark(words) if any(each.fictional for each in states) else "")
    return tuple(filter(None, lines))


def _value(figure: Figure, value: float | None, n: int | None, words: Words) -> str:
    if value is None:
        return wording.NOTHING if n == 0 else wording.hidden(words)
    if figure is Figure.NET:
        return wording.points(value, words)
    return wording.share(value, words) if figure in _IN_POINTS else wording.decimal(value, words)


def _gap(figure: Figure, value: float, words: Words) -> str:
    return wording.points(value, words) if figure in _IN_POINTS else _signed(value, 1, words)


def _interval(change: Change, words: Words) -> str:
    if change.bounds is None:
        return ""
    low, high = (_gap(change.figure, each, words) for each in (change.bounds.low, change.bounds.high))
    return wording.figures_in_order(f"[{low}; {high}]", words)


def _signed(value: float, digits: int, words: Words) -> str:
    whole = wording.rounded(value, f"{10**-digits:.{digits}f}")
    sign = "+" if whole > 0 else wording.MINUS if whole < 0 else ""
    return wording.figures_in_order(sign + _plain(abs(float(whole)), digits, words), words)


def _p(value: float | None, words: Words) -> str:
    if value is None:
        return ""
    return wording.figures_in_order("< " * (value < 0.001) + _plain(max(value, 0.001), 3, words), words)


def _plain(value: float, digits: int, words: Words) -> str:
    return format_decimal(value, format=f"#,##0.{'0' * digits}", locale=locale_of(words.language))
