"""Estimates for the whole contact list as a table and sentences, for the screen and the command line."""

from collections.abc import Iterator

from analysis.charts import method_words, wording
from analysis.charts.spec import Words
from analysis.findings.card import Card, CardKind
from analysis.findings.estimates import Estimates, NoStrata, OptionEstimate, Stratified
from analysis.findings.method import Bounds, Interval, NoFrame

Rows = list[tuple[str, ...]]


def table(found: Estimates, card: Card, words: Words, *, every_interval: bool = False) -> tuple[tuple[str, ...], Rows]:
    """Heads, and a row for each option, or of a number for each group; groups follow all in view.

    every_interval  the bounds of all kinds too, by which a share can be bounded without a contact list
    """
    if card.kind is CardKind.NUMBER:
        return _of_numbers(found, card, words)
    kinds = [kind for kind in Interval if every_interval and not kind.of_frame]
    heads = (
        *((words.translate("Group"), words.translate("Option")) if card.by else (words.translate("Option"),)),
        words.translate("Count"),
        words.translate("Share"),
        *(method_words.interval_name(kind, words) for kind in kinds),
        words.translate("By region: share"),
        words.translate("Standard error"),
        words.translate("By region: 95 %"),
        method_words.interval_name(Interval.HYPERGEOMETRIC, words),
        method_words.interval_name(Interval.WORST_CASE, words),
    )
    rows = [
        ((part.label or words.translate("All"),) if card.by else ()) + _option(each, kinds, words)
        for part in found.parts
        for each in part.options
    ]
    return heads, rows


def note_lines(found: Estimates, card: Card, words: Words) -> tuple[str, ...]:
    """Of whom the figures are, of whom they are not, and why there are none."""
    lines = (*_frame_lines(found, card, words), *_strata_lines(found, words))
    counted = found.everybody.no_strata is None or any(each.whole for each in found.everybody.options)
    return (*lines, *method_words.left_out_lines(found.listed, words)) if counted else lines


def _option(each: OptionEstimate, kinds: list[Interval], words: Words) -> tuple[str, ...]:
    if each.count is None:
        return (each.label, *[wording.hidden(words)] * 2, *[""] * (len(kinds) + 5))
    whole = each.whole
    return (
        each.label,
        wording.count(each.count, words),
        "" if each.share is None else wording.exact_share(each.share, words),
        *(_shares(each.intervals.get(kind.value), words) for kind in kinds),
        *_stratified(each.stratified, words),
        "" if whole is None else _of_whole(whole.low, whole.high, whole.frame, words),
        "" if whole is None else _of_whole(whole.worst, whole.best, whole.frame, words),
    )


def _stratified(found: Stratified | None, words: Words) -> tuple[str, str, str]:
    if found is None:
        return "", "", ""
    error = "" if found.standard_error is None else wording.exact_share(found.standard_error, words)
    return wording.exact_share(found.value, words), error, _shares(found.bounds, words)


def _of_whole(low: int, high: int, frame: int, words: Words) -> str:
    return words.translate(
        "{low} to {high} of {all}",
        low=wording.count(low, words),
        high=wording.count(high, words),
        all=wording.count(frame, words),
    )


def _shares(bounds: Bounds | None, words: Words) -> str:
    if bounds is None:
        return ""
    return _span(wording.exact_share(bounds.low, words), wording.exact_share(bounds.high, words), words)


def _span(low: str, high: str, words: Words) -> str:
    return wording.figures_in_order(f"{low} – {high}", words)


def _of_numbers(found: Estimates, card: Card, words: Words) -> tuple[tuple[str, ...], Rows]:
    heads = (
        *((words.translate("Group"),) if card.by else ()),
        words.translate("Answers"),
        words.translate("By region: mean"),
        words.translate("Standard error"),
        words.translate("By region: mean, 95 %"),
        words.translate("By region: median"),
        words.translate("By region: median, 95 %"),
    )
    rows = []
    for part in found.parts:
        mean, median = part.mean, part.median
        rows.append(
            (
                *((part.label or words.translate("All"),) if card.by else ()),
                wording.count(part.n, words),
                "" if mean is None else method_words.decimal(mean.value, words),
                "" if mean is None or mean.standard_error is None else method_words.decimal(mean.standard_error, words),
                "" if mean is None else _numbers(mean.bounds, words),
                "" if median is None else method_words.decimal(median.value, words),
                "" if median is None else _numbers(median.bounds, words),
            )
        )
    return heads, rows


def _numbers(bounds: Bounds | None, words: Words) -> str:
    if bounds is None:
        return ""
    return _span(method_words.decimal(bounds.low, words), method_words.decimal(bounds.high, words), words)


def _frame_lines(found: Estimates, card: Card, words: Words) -> Iterator[str]:
    if card.kind is CardKind.NUMBER:
        return
    whole = next((each.whole for each in found.everybody.options if each.whole is not None), None)
    if found.everybody.no_frame is not None:
        yield method_words.no_frame(found.everybody.no_frame, words)
    elif whole is not None:
        yield words.translate(
            "Contact list: how many of the {invited} invited would be asked this and say so, by the exact interval at "
            "95 % as if those who replied had been drawn at random, and without any such assumption.",
            invited=wording.count(whole.frame, words),
        )
        if whole.not_asked:
            yield words.plural(
                "{count} that replied and was not asked counts as not saying so.",
                "{count} that replied and were not asked count as not saying so.",
                whole.not_asked,
            )
        if whole.not_applicable:
            yield words.plural(
                "{count} that said that the question does not apply counts as not saying so.",
                "{count} that said that the question does not apply count as not saying so.",
                whole.not_applicable,
            )
        if card.by and found.listed.groups:
            yield words.translate("Each group is bounded by how many of it were invited, as the list tells it.")
    if any(each.no_frame is NoFrame.NO_GROUPS for each in found.groups):
        yield method_words.no_frame(NoFrame.NO_GROUPS, words)


def _strata_lines(found: Estimates, words: Words) -> Iterator[str]:
    reason = found.everybody.no_strata
    if reason is not None:
        yield no_strata(reason, words)
        return
    yield words.translate(
        "By region ({question}): of those on the contact list to whom the question applies. Each region counts by how "
        "many of it were invited, and the fewer of them are silent, the smaller the error.",
        question=found.regions,
    )
    silent = [each.label for each in found.groups if each.no_strata is NoStrata.NOBODY]
    if silent:
        yield words.translate(
            "By region there is nothing of groups in which nobody with a known region answered: {groups}.",
            groups=wording.first_groups(silent, words),
        )
    if found.unspoken:
        places = [f"{each.label} ({wording.count(each.invited, words)})" for each in found.unspoken]
        yield words.translate(
            "By region it says nothing of where nobody replied (in brackets: invited): {places}.",
            places=wording.first_groups(places, words),
        )


def no_strata(reason: NoStrata, words: Words) -> str:
    """Why there is no estimate by region, as a sentence."""
    return {
        NoStrata.PROTECTED: words.translate(
            "No estimate by region here: hidden counts of regions could be worked out from it."
        ),
        NoStrata.NO_REGIONS: words.translate(
            "No estimate by region: the contact list names no region that the questionnaire asks for."
        ),
        NoStrata.FROZEN: words.translate(
            "No estimate by region: this frozen state has not kept which replies are of organisations on the contact "
            "list."
        ),
        NoStrata.UNLINKED: words.translate(
            "No estimate by region: of no reply is it known that it is of an organisation on the contact list."
        ),
        NoStrata.NOBODY: words.translate(
            "No estimate by region: nobody answered who is of a region of the contact list."
        ),
    }[reason]
