"""The method of a card in words: what was weighted, which interval, what letters mean, which order the ballots give."""

from collections.abc import Iterator, Mapping

from babel.numbers import format_decimal

from analysis.charts import wording
from analysis.charts.spec import Words
from analysis.findings.card import Card
from analysis.findings.method import (
    Association,
    Bounds,
    Correction,
    FrameBase,
    Interval,
    JoinedRanking,
    NoFrame,
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


def interval_name(kind: Interval, words: Words) -> str:
    """An interval by the names of its authors, the same in every language; what needs the contact list in words."""
    return {
        Interval.WILSON: "Wilson",
        Interval.CLOPPER_PEARSON: "Clopper–Pearson",
        Interval.AGRESTI_COULL: "Agresti–Coull",
        Interval.JEFFREYS: "Jeffreys",
        Interval.HYPERGEOMETRIC: words.translate("Contact list: exact (hypergeometric)"),
        Interval.WORST_CASE: words.translate("Contact list: all silent say no, or yes"),
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
    if found.frame is None:
        kind = interval_name(found.method.interval, words)
        lines.append(words.translate("Intervals: {kind}, 95 %.", kind=kind))
    else:
        lines += _frame_lines(card, found.frame, found.method.interval, words)
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


def _frame_lines(card: Card, frame: FrameBase, interval: Interval, words: Words) -> list[str]:
    """What bounds shares by the contact list: the kind, how many are on it, and of whom nothing is said."""
    if frame.reason is not None:
        lines = [no_frame(frame.reason, words)]
    elif interval is Interval.WORST_CASE:
        lines = [
            words.translate(
                "Bounds for the whole contact list of {invited}: the share if nobody who is silent would say so, and "
                "if everybody would.",
                invited=wording.count(frame.invited, words),
            )
        ]
    else:
        lines = [
            words.translate(
                "Intervals: exact (hypergeometric), 95 %, for the whole contact list of {invited}, as if those who "
                "replied had been drawn from it at random.",
                invited=wording.count(frame.invited, words),
            )
        ]
    if frame.reason is None:
        lines += left_out_lines(frame, words)
    if frame.not_asked:
        lines.append(
            words.plural(
                "Left out of the list: {count} that replied and was not asked.",
                "Left out of the list: {count} that replied and were not asked.",
                frame.not_asked,
            )
        )
    if frame.not_applicable:
        lines.append(
            words.plural(
                "Left out of the list: {count} that said that the question does not apply.",
                "Left out of the list: {count} that said that the question does not apply.",
                frame.not_applicable,
            )
        )
    if card.by and frame.groups:
        lines.append(words.translate("Each group is bounded by how many of it were invited, as the list tells it."))
    elif card.by and frame.reason is None:
        lines.append(no_frame(NoFrame.NO_GROUPS, words))
    return lines


def left_out_lines(frame: FrameBase, words: Words) -> Iterator[str]:
    """How many replies do not count for the contact list, and why; or by how many its bounds are the wider."""
    if frame.strangers:
        yield words.plural(
            "For the contact list {count} reply is left out that is of nobody on it.",
            "For the contact list {count} replies are left out that are of nobody on it.",
            frame.strangers,
        )
    if frame.elsewhere:
        yield words.plural(
            "For the contact list {count} reply is left out that is of an organisation in another part of it.",
            "For the contact list {count} replies are left out that are of organisations in another part of it.",
            frame.elsewhere,
        )
    if frame.repeated:
        yield words.plural(
            "For the contact list {count} further reply of an organisation that replied before is left out.",
            "For the contact list {count} further replies of organisations that replied before are left out.",
            frame.repeated,
        )
    if frame.allowed:
        yield words.plural(
            "Up to {count} reply may be of nobody on the contact list, or a second one; its answers are not told apart "
            "here, and the bounds hold whatever they are.",
            "Up to {count} replies may be of nobody on the contact list, or second ones; their answers are not told "
            "apart here, and the bounds hold whatever they are.",
            frame.allowed,
        )


def no_frame(reason: NoFrame, words: Words) -> str:
    """Why nothing is said of the whole contact list, as a sentence."""
    return {
        NoFrame.WEIGHTED: words.translate("Weighted shares have no bounds for the whole contact list."),
        NoFrame.FILTERED: words.translate(
            "Nothing is said of the whole contact list: only a part of the replies is in view."
        ),
        NoFrame.FROZEN: words.translate(
            "Nothing is said of the whole contact list: this frozen state has not kept which replies are of those on "
            "it."
        ),
        NoFrame.NOBODY: words.translate("Nothing is said of the whole contact list: nobody is on it."),
        NoFrame.UNLINKED: words.translate(
            "Nothing is said of the whole contact list: of no reply is it known that it is of an organisation on it."
        ),
        NoFrame.MORE_REPLIED: words.translate(
            "Nothing is said of the whole contact list: more replied than are on it."
        ),
        NoFrame.HIDDEN: words.translate(
            "Nothing is said of the whole contact list: it is hidden how many were not asked, or to how many the "
            "question does not apply."
        ),
        NoFrame.NO_GROUPS: words.translate(
            "Nothing is said of groups in the whole contact list: it does not tell how many of each were invited."
        ),
    }[reason]


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
            deff=decimal(report.design_effect, words),
            lowest=decimal(report.lowest, words),
            highest=decimal(report.highest, words),
        )
    )
    lowest, highest = (decimal(each, words) for each in report.bounds)
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
    if report.strangers:
        lines.append(
            words.plural(
                "{count} reply is of nobody on the contact list; it is weighted as if it were, and has {share} of the "
                "weight.",
                "{count} replies are of nobody on the contact list; they are weighted as if they were, and have "
                "{share} of the weight.",
                report.strangers,
                share=wording.share(report.strangers_weight, words),
            )
        )
    if report.repeated:
        lines.append(
            words.plural(
                "{count} reply is a further one of an organisation that replied before; it is weighted too, and has "
                "{share} of the weight.",
                "{count} replies are further ones of organisations that replied before; they are weighted too, and "
                "have {share} of the weight.",
                report.repeated,
                share=wording.share(report.repeated_weight, words),
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
        f"{labels[each.higher]} − {labels[each.lower]} {decimal(each.difference, words)} "
        f"({_bounds(Bounds(low=each.low, high=each.high), words, digits=2)}), p {_p(each.adjusted, words)}"
        for each in apart[:MOST_NAMED]
    ]
    told = words.listed(pairs)
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
        "v": decimal(found.strength, words),
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
        orders = words.listed(" > ".join(labels[code] for code in order) for order in found.kemeny[:3])
        lines.append(
            words.translate("Kemeny: {count} orders tie, among them {orders}.", count=found.kemeny_count, orders=orders)
        )
    else:
        lines.append(words.translate("Kemeny: too many items to look for the best order."))
    return lines


def decimal(value: float, words: Words) -> str:
    """A number with two decimals."""
    return wording.figures_in_order(
        format_decimal(round(value, 2), format="#,##0.00", locale=locale_of(words.language)), words
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
