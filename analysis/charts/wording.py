"""Figures and dates as a reader of a language writes them, and the lines that stand on every chart.

Left-to-right marks keep "[c]", "+34" and "25%" in order inside Arabic text. No choice of chart is made here.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal, format_percent

from analysis.charts import badge_words
from analysis.charts.spec import RTL, Words
from analysis.disclosure import Audience, Permission, Suppressed
from analysis.findings.card import Base, Card, CardKind, Quote, Source
from analysis.findings.rewording import Reworded
from survey.translator import locale_of

LEFT_TO_RIGHT_MARK = "\u200e"
_LOOSE = ("\u00a0%", "+")
HIDDEN = "[c]"
NOTHING = "–"
MINUS = "\u2212"
MOST_REWORDED = 5
"""So many pairs of words stand in a note."""
MOST_GROUPS = 12
"""Groups of which a note tells mean and median."""
WIDE_ENDS = ("。", "！", "？")
"""Signs that end a Chinese sentence, behind which there is no space."""
_ENDS = (*WIDE_ENDS, ".", "!", "?", "؟")
CAUSES = ("dont_know", "refused", "not_applicable", "skipped", "not_asked")


def unbroken(text: str) -> str:
    """The text whose "n = 461" no end of a line takes apart."""
    return text.replace("n = ", "n\u00a0=\u00a0")


def with_plain_spaces(text: str) -> str:
    """The text as people search for it in files of data and printed lines: "n = 461", "p = 0.02" and "43 / 391" with
    spaces that a keyboard has."""
    return text.replace("\u00a0=\u00a0", " = ").replace("\u00a0/\u00a0", " / ")


def figures_in_order(text: str, words: Words) -> str:
    """Figures and signs as text, safe from being turned round inside right-to-left text."""
    if words.direction != RTL:
        return text
    # A sign that does not touch its figure, or is none of a number, needs a mark behind it as well: "95 %", "100+".
    return f"{LEFT_TO_RIGHT_MARK}{text}{LEFT_TO_RIGHT_MARK if text.endswith(_LOOSE) else ''}"


def rounded(value: float, step: str) -> Decimal:
    """The value as a spreadsheet rounds it, halves upwards; a workbook and a chart must not differ by a percent."""
    return Decimal(repr(float(value))).quantize(Decimal(step), ROUND_HALF_UP)


def whole_percent(value: float) -> float:
    """The share that is printed: whole percents, halves upwards."""
    return float(rounded(value, "0.01"))


def permission(value: Permission, words: Words) -> str:
    """What may become of an open answer, in words."""
    return {
        Permission.NAMED: words.translate("may be published with the name"),
        Permission.ANONYMOUS: words.translate("may be published without the name"),
        Permission.NOT: words.translate("must not be published"),
    }[value]


def whose(quote: Quote, words: Words) -> str:
    """Who said it, and what may become of it."""
    name = f"– {quote.attribution}" if quote.attribution else words.translate("– not named")
    return f"{name} · {permission(quote.permission, words)}"


def hidden(words: Words) -> str:
    """What stands in the place of a suppressed figure."""
    return figures_in_order(HIDDEN, words)


def count(value: int | Suppressed, words: Words) -> str:
    """A count with the language's grouping of digits."""
    if isinstance(value, Suppressed):
        return hidden(words)
    return figures_in_order(format_decimal(value, locale=locale_of(words.language)), words)


def share(value: float | Suppressed, words: Words) -> str:
    """A share as whole percent; what is above zero and rounds to it is written "<1 %"."""
    if isinstance(value, Suppressed):
        return hidden(words)
    if not math.isfinite(value):
        return NOTHING
    if 0 < value < 0.005:
        return figures_in_order("<" + format_percent(0.01, locale=locale_of(words.language)), words)
    return figures_in_order(format_percent(rounded(value, "0.01"), locale=locale_of(words.language)), words)


def exact_share(value: float, words: Words) -> str:
    """A share as percent with one decimal, halves upwards, where two of them are held against each other."""
    locale = locale_of(words.language)
    pattern = locale.percent_formats[None].pattern.replace("#,##0", "#,##0.0")
    return figures_in_order(format_percent(rounded(value, "0.001"), pattern, locale=locale), words)


def points(value: float | Suppressed | None, words: Words) -> str:
    """A difference of shares as signed percentage points; NOTHING where there is none."""
    if value is None:
        return NOTHING
    if isinstance(value, Suppressed):
        return hidden(words)
    whole = int(rounded(value, "0.01") * 100)
    sign = "+" if whole > 0 else MINUS if whole < 0 else ""
    return figures_in_order(f"{sign}{abs(whole)}", words)


def decimal(value: float | Suppressed | None, words: Words) -> str:
    """A mean or a rank with one decimal; NOTHING where there is none."""
    if value is None:
        return NOTHING
    if isinstance(value, Suppressed):
        return hidden(words)
    locale = locale_of(words.language)
    return figures_in_order(format_decimal(rounded(value, "0.1"), format="#,##0.0", locale=locale), words)


def count_and_share(of: int | Suppressed, part: float | Suppressed, answered: int | Suppressed, words: Words) -> str:
    """The share; below 30 answers the count comes first, because a percentage would promise too much, and of no answers
    there is no share."""
    if isinstance(of, Suppressed) or isinstance(part, Suppressed):
        return hidden(words)
    if answered == 0:
        return count(of, words)
    if isinstance(answered, Suppressed) or answered >= 30:
        return share(part, words)
    return f"{count(of, words)}\u00a0({share(part, words)})"


def day(value: date, words: Words) -> str:
    """A day of a month, short enough for an axis."""
    return format_skeleton("MMMd", value, locale=locale_of(words.language))


def moment(value: datetime, words: Words) -> str:
    """Date and time with its zone."""
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be printed")
    locale = locale_of(words.language)
    clock = figures_in_order(
        f"{format_time(value, 'HH:mm', tzinfo=value.tzinfo, locale=locale)} {value.tzname()}", words
    )
    return words.translate("{date}, {time}", date=format_date(value.date(), "long", locale=locale), time=clock)


def source_line(source: Source, words: Words) -> str:
    """Consultation, time with zone and state of the data; of a frozen state what was erased of it."""
    line = state_line(source.title, source.as_of, source.snapshot, words)
    return sentences((line, erased_line(source.erased, words) if source.erased else ""))


def state_line(title: str, as_of: datetime, snapshot: str, words: Words) -> str:
    """Consultation, time with zone and the first digits of the state."""
    return words.translate(
        "Source: {title}. As of {moment}. Data state {snapshot}.",
        title=title,
        moment=moment(as_of, words),
        snapshot=figures_in_order(snapshot, words),
    )


def erased_line(erased: int, words: Words) -> str:
    """How many replies of a frozen state are gone."""
    return words.translate("Erased since and not counted: {count}.", count=count(erased, words))


def fictional_mark(words: Words) -> str:
    """The sentence that says that nothing here is real."""
    return words.translate("Fictional data: organisations and answers are invented.")


def internal_mark(audience: Audience, words: Words) -> str:
    """The sentence on a file of internal figures; "" on others."""
    return words.translate("Internal figures: not for publication.") if audience is Audience.INTERNAL else ""


def reworded_line(found: Sequence[Reworded], words: Words) -> str:
    """What is worded otherwise at the later of two ends; "" where nothing is."""
    if not found:
        return ""
    told = [f"“{each.earlier}” – “{each.later}”" for each in found[:MOST_REWORDED]]
    pairs = words.listed([*told, "…"] if len(found) > MOST_REWORDED else told)
    return words.translate("Worded otherwise later, so perhaps not the same thing: {pairs}.", pairs=pairs)


def base_line(card: Card, words: Words) -> str:
    """n in words: of how many replies; for a battery the range over its items."""
    if card.kind is CardKind.BATTERY:
        known = [item.base.answered for item in card.items]
        numbers = [n for n in known if not isinstance(n, Suppressed)]
        if numbers and min(numbers) != max(numbers):
            return words.translate(
                "n = {low} to {high}, by item (replies: {replies})",
                low=count(min(numbers), words),
                high=count(max(numbers), words),
                replies=count(card.base.replies, words),
            )
    return words.translate(
        "n = {answered} (replies: {replies})",
        answered=count(card.base.answered, words),
        replies=count(card.base.replies, words),
    )


def cause(code: str, words: Words) -> str:
    """Why an answer is missing, in words."""
    names = {
        "dont_know": words.translate("don't know"),
        "refused": words.translate("no answer wished"),
        "not_applicable": words.translate("does not apply"),
        "skipped": words.translate("skipped"),
        "not_asked": words.translate("not asked"),
    }
    return names.get(code, code)


def without_answer(words: Words) -> dict[str, str]:
    """The causes that are told of each item of a battery, as headings."""
    return {"dont_know": words.translate("Don't know"), "not_applicable": words.translate("Does not apply")}


def missing_line(base: Base, words: Words) -> str:
    """Who is not in the base and why, as far as it may be said; "" when nothing is to be said."""
    known = [code for code in (*CAUSES, *(set(base.missing) - set(CAUSES))) if base.missing.get(code, 0) != 0]
    parts = [
        f"{cause(code, words)} {count(base.missing[code], words)}"
        for code in known
        if not isinstance(base.missing[code], Suppressed)
    ]
    return words.translate("Without an answer: {causes}.", causes=listing(parts, words)) if parts else ""


def sentences(parts: Iterable[str]) -> str:
    """Sentences one after the other, without the empty ones; behind a Chinese full stop there is no space."""
    told = ""
    for part in filter(None, parts):
        told += part if not told or told.endswith(WIDE_ENDS) else f" {part}"
    return told


def sentence(text: str, words: Words) -> str:
    """The text with a full stop of the language, unless it ends with a sign of its own."""
    return text if text.endswith(_ENDS) else f"{text}{words.translate('.')}"


def listing(parts: Iterable[str], words: Words) -> str:
    """Several things in a row, divided as the language does."""
    return words.translate(", ").join(parts)


def filter_line(card: Card, words: Words) -> str:
    """Which replies are in view; "" for all."""
    if not card.filter_labels:
        return ""
    told = []
    let_through = card.filter_causes or ((),) * len(card.filter_labels)
    for (name, values), causes in zip(card.filter_labels, let_through, strict=True):
        said = listing([*filter(None, (values,)), *(cause(code, words) for code in causes)], words)
        told.append(f"{name}{words.colon}{said}")
    filters = words.listed(told)
    return words.translate("Only replies with {filters}.", filters=filters)


def net_line(card: Card, words: Words) -> str:
    """What the net value of a battery's items is; "" where none has one."""
    if all(item.net is None for item in card.items):
        return ""
    return words.translate(
        "Net: share of the two highest minus share of the two lowest points of the scale, in percentage points."
    )


def middle_line(card: Card, words: Words) -> str:
    """Mean and median of a number in each group of a comparison; "" for another card."""
    told = [
        f"{column.label} {decimal(column.mean, words)}{column.mean_letters and f' {column.mean_letters}'}"
        f" ({decimal(column.median, words)})"
        for column in card.columns
        if column.mean is not None or column.median is not None
    ]
    if not told:
        return ""
    return words.translate("Mean (and median) by group: {groups}.", groups=first_groups(told, words))


def first_groups(told: Sequence[str], words: Words) -> str:
    """What is told of each group, of the first MOST_GROUPS of them."""
    groups = words.listed(told[:MOST_GROUPS])
    if len(told) <= MOST_GROUPS:
        return groups
    return words.translate("{places} and {count} more", places=groups, count=count(len(told) - MOST_GROUPS, words))


def note_lines(card: Card, words: Words, *, has_hidden: bool) -> tuple[str, ...]:
    """What a reader must know besides the figures."""
    middles = [value for column in card.columns for value in (column.mean, column.median)]
    has_hidden |= any(isinstance(value, Suppressed) for value in middles)
    lines = [
        net_line(card, words),
        middle_line(card, words),
        filter_line(card, words),
        missing_line(card.base, words) if card.kind is not CardKind.BATTERY else "",
        words.translate("Several answers were possible; shares may add up to more than 100 %.")
        if card.kind is CardKind.MULTIPLE
        else "",
        words.translate("{mark}: not shown, to protect small groups.", mark=hidden(words)) if has_hidden else "",
        badge_words.line(card.robustness, words),
        words.translate("Left out after a review of quality: {count}.", count=count(card.source.excluded, words))
        if card.source.excluded
        else "",
        fictional_mark(words) if card.source.fictional else "",
    ]
    return tuple(line for line in lines if line)
