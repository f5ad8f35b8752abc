"""The method of a card in words: what was weighted, which interval, what letters mean, which order the ballots give."""

from collections.abc import Mapping

from babel.numbers import format_decimal

from analysis.charts import wording
from analysis.charts.spec import Words
from analysis.findings.card import Card
from analysis.findings.method import (
    Association,
    Bounds,
    Correction,
    IntervalKind,
    JoinedRanking,
    Statistics,
    Strength,
    Unranked,
    WeightKind,
    WeightReport,
)
from survey.translator import locale_of

MOST_NAMED = 8
"""Cells of the frame that nobody replied for, and pairs of groups that differ, of which the names are told."""
LEAST_SURE = 0.05
"""Means are apart when the corrected p-value is at most this, as for a letter."""


def weight_name(kind: WeightKind, words: Words) -> str:
    """A kind of weights in words."""
    return {
        WeightKind.UNWEIGHTED: words.translate("Unweighted"),
        WeightKind.RAKED: words.translate("Raked to the contact frame"),
        WeightKind.EQUAL_REGIONS: words.translate("Every region counts the same"),
        WeightKind.POSTSTRATIFIED: words.translate("Post-stratified to the contact frame"),
        WeightKind.LINEAR: words.translate("Calibrated to the contact frame (linear)"),
        WeightKind.LOGIT: words.translate("Calibrated to the contact frame (logit)"),
    }[kind]


def interval_name(kind: IntervalKind) -> str:
    """An interval by the names of its authors, the same in every language."""
    return {
        IntervalKind.WILSON: "Wilson",
        IntervalKind.CLOPPER_PEARSON: "Clopper–Pearson",
        IntervalKind.AGRESTI_COULL: "Agresti–Coull",
        IntervalKind.JEFFREYS: "Jeffreys",
    }[kind]


def correction_name(correction: Correction, words: Words) -> str:
    """A correction by the names of its authors; "none" in words."""
    return {
        Correction.NONE: words.translate("no correction"),
        Correction.BONFERRONI: "Bonferroni",
        Correction.HOLM: "Holm",
        Correction.BENJAMINI_HOCHBERG: "Benjamini–Hochberg",
        Correction.BENJAMINI_YEKUTIELI: "Benjamini–Yekutieli",
    }[correction]


def unranked_name(unranked: Unranked, words: Words) -> str:
    """What a ballot says of items it leaves out."""
    return {
        Unranked.LAST: words.translate("Items left out come last"),
        Unranked.SILENT: words.translate("Items left out are not counted"),
    }[unranked]


def strength_name(strength: Strength, words: Words) -> str:
    """The variant of Schulze's method."""
    return {
        Strength.WINNING: words.translate("winning votes"),
        Strength.MARGINS: words.translate("margins"),
    }[strength]


def method_lines(card: Card, words: Words) -> tuple[str, ...]:
    """What stands under a card that a method was chosen for; () under a plain one."""
    found = card.statistics
    if found is None:
        return ()
    lines = [] if found.weights is None else list(weight_lines(found.weights, words))
    if found.effective_n is not None:
        lines.append(words.translate("Effective n here: {n}.", n=wording.count(round(found.effective_n), words)))
    lines.append(words.translate("Intervals: {kind}, 95 %.", kind=interval_name(found.method.interval)))
    lines += _number_lines(found, words)
    lines += _group_lines(card, words)
    if card.by and found.method.letters:
        lines += _letter_lines(found, words)
        lines += _mean_lines(found, {column.code: column.label for column in card.columns}, words)
        if found.association is not None:
            lines.append(_association_line(found.association, words))
    if found.ranking is not None:
        lines += _ranking_lines(found.ranking, {row.code: row.label for row in card.rows}, words)
    return tuple(lines)


def weight_lines(report: WeightReport, words: Words) -> tuple[str, ...]:
    """Weights with what they cost and where they fail."""
    margins = wording.listing(report.margins, words)
    if report.kind is WeightKind.EQUAL_REGIONS:
        lines = [words.translate("Weighted so that every region counts the same.")]
    elif report.kind is WeightKind.RAKED:
        lines = [words.translate("Weighted to the contact frame by: {margins}.", margins=margins)]
    else:
        kind = weight_name(report.kind, words)
        lines = [words.translate("{kind} by: {margins}.", kind=kind, margins=margins)]
    lines.append(
        words.translate(
            "Effective number of {replies} replies: {effective} (design effect {deff}; weights {lowest} to {highest}).",
            replies=wording.count(report.replies, words),
            effective=wording.count(round(report.effective_n), words),
            deff=_decimal(report.design_effect, words),
            lowest=_decimal(report.lowest, words),
            highest=_decimal(report.highest, words),
        )
    )
    lowest, highest = (_decimal(each, words) for each in report.bounds)
    if report.bounded and report.converged:  # else they were brought to a mean of 1, perhaps out of the bounds
        lines.append(
            words.translate(
                "No reply counts less than {lowest} or more than {highest} times as much as without weights.",
                lowest=lowest,
                highest=highest,
            )
        )
    if report.trimmed:
        lines.append(
            words.translate(
                "Weights below {lowest} and above {highest} were cut; the difference was shared out among the others.",
                lowest=lowest,
                highest=highest,
            )
        )
    if not report.converged:
        lines.append(
            words.translate(
                "The weights do not reach the frame: a category is missed by {miss}.",
                miss=wording.share(report.miss, words),
            )
        )
    if report.unspoken:
        places = wording.listing([each.label for each in report.unspoken[:MOST_NAMED]], words)
        if len(report.unspoken) > MOST_NAMED:
            count = wording.count(len(report.unspoken) - MOST_NAMED, words)
            places = words.translate("{places} and {count} more", places=places, count=count)
        lines.append(
            words.translate("Invited, but nobody replied, so no weight can speak for: {places}.", places=places)
        )
    if report.unknown:
        lines.append(
            words.plural(
                "{count} reply is not known by a category of the frame.",
                "{count} replies are not known by a category of the frame.",
                report.unknown,
            )
        )
    return tuple(lines)


def _number_lines(found: Statistics, words: Words) -> list[str]:
    lines = []
    if found.mean_bounds is not None:
        lines.append(words.translate("Mean, 95 %: {bounds}.", bounds=_bounds(found.mean_bounds, words)))
    if found.median_bounds is not None:
        lines.append(words.translate("Median, 95 %: {bounds}.", bounds=_bounds(found.median_bounds, words)))
    return lines


def _group_lines(card: Card, words: Words) -> list[str]:
    """Bounds of the means and of the medians of groups, where a card has any."""
    means = [f"{each.label} {_bounds(each.mean_bounds, words)}" for each in card.columns if each.mean_bounds]
    medians = [f"{each.label} {_bounds(each.median_bounds, words)}" for each in card.columns if each.median_bounds]
    told = []
    if means:
        told.append(words.translate("Mean by group, 95 %: {groups}.", groups=wording.first_groups(means, words)))
    if medians:
        told.append(words.translate("Median by group, 95 %: {groups}.", groups=wording.first_groups(medians, words)))
    return told


def _mean_lines(found: Statistics, labels: Mapping[str, str], words: Words) -> list[str]:
    """Which means are apart beyond chance, the furthest first, each with its interval and corrected p."""
    if not found.mean_pairs:
        return []
    apart = [each for each in found.mean_pairs if each.adjusted <= LEAST_SURE]
    apart.sort(key=lambda each: -each.difference)
    name = correction_name(found.method.correction, words)
    if not apart:
        return [words.translate("No two groups differ in their means beyond chance (Welch, {name}).", name=name)]
    pairs = [
        f"{labels[each.higher]} − {labels[each.lower]} {_decimal(each.difference, words)} "
        f"({_bounds(Bounds(low=each.low, high=each.high), words, digits=2)}), p {_p(each.adjusted, words)}"
        for each in apart[:MOST_NAMED]
    ]
    told = "; ".join(pairs)
    if len(apart) > MOST_NAMED:
        rest = wording.count(len(apart) - MOST_NAMED, words)
        told = words.translate("{places} and {count} more", places=told, count=rest)
    return [words.translate("Means apart (Welch, {name}): {pairs}.", name=name, pairs=told)]


def _letter_lines(found: Statistics, words: Words) -> list[str]:
    lines = [
        words.translate(
            "A letter names a column with a lower share: small for p up to 0.05, capital for p up to 0.01 "
            "({correction}).",
            correction=correction_name(found.method.correction, words),
        )
    ]
    if found.untested:
        lines.append(
            words.plural(
                "{count} pair of cells was not tested: too small, hidden or the same.",
                "{count} pairs of cells were not tested: too small, hidden or the same.",
                found.untested,
            )
        )
    return lines


def _association_line(found: Association, words: Words) -> str:
    test = {
        "pearson": "Pearson chi²",
        "fisher": "Fisher",
        "fisher_simulated": "Fisher (simulated)",
        "rao_scott": "Rao–Scott F",
        "rao_scott_multiple": "Rao–Scott chi², multiple response",
    }.get(found.test, found.test)
    if found.strength is None or found.low is None or found.high is None:
        return words.translate("All groups together: {test}, p {p}.", test=test, p=_p(found.p, words))
    told = {
        "test": test,
        "p": _p(found.p, words),
        "v": _decimal(found.strength, words),
        "bounds": _bounds(Bounds(low=found.low, high=found.high), words, digits=2),
    }
    if not found.about:
        return words.translate("All groups together: {test}, p {p}; Cramér's V {v} ({bounds}).", **told)
    return words.translate(
        "All groups together: {test}, p {p}; strongest for {about}: Cramér's V {v} ({bounds}).",
        about=" × ".join(f"“{label}”" for label in found.about),
        **told,
    )


def _ranking_lines(found: JoinedRanking, labels: Mapping[str, str], words: Words) -> list[str]:
    scores = [f"{labels[code]} {wording.count(round(score), words)}" for code, score in found.borda]
    places = [" = ".join(labels[code] for code in place) for place in found.schulze]
    lines = [
        words.translate("Joined from all ballots. {treatment}.", treatment=unranked_name(found.unranked, words)),
        words.translate("Borda: {order}.", order=" > ".join(scores)),
        words.translate(
            "Schulze ({variant}): {order}.", variant=strength_name(found.strength, words), order=" > ".join(places)
        ),
    ]
    if found.kemeny_count == 1:
        order = " > ".join(labels[code] for code in found.kemeny[0])
        lines.append(words.translate("Kemeny: {order}.", order=order))
    elif found.kemeny_count > 1:
        orders = "; ".join(" > ".join(labels[code] for code in order) for order in found.kemeny[:3])
        lines.append(
            words.translate("Kemeny: {count} orders tie, among them {orders}.", count=found.kemeny_count, orders=orders)
        )
    else:
        lines.append(words.translate("Kemeny: too many items to look for the best order."))
    return lines


def _decimal(value: float, words: Words) -> str:
    return wording.figures_in_order(
        format_decimal(round(value, 2), format="0.00", locale=locale_of(words.language)), words
    )


def _bounds(bounds: Bounds, words: Words, *, digits: int = 1) -> str:
    pattern = "0." + "0" * digits
    low, high = (
        format_decimal(round(each, digits), format=pattern, locale=locale_of(words.language))
        for each in (bounds.low, bounds.high)
    )
    return wording.figures_in_order(f"{low}–{high}", words)


def _p(value: float, words: Words) -> str:
    locale = locale_of(words.language)
    if value < 0.001:
        return wording.figures_in_order("< " + format_decimal(0.001, format="0.000", locale=locale), words)
    return wording.figures_in_order("= " + format_decimal(round(value, 3), format="0.000", locale=locale), words)
