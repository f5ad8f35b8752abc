"""What was chosen, in words: the claims about options and about the groups that are compared."""

from collections.abc import Mapping, Sequence

from analysis.charts import wording
from analysis.charts.claims import FEW, Claim, Degree, Of, Says
from analysis.charts.phrases import clipped, in_a_row, joined, quoted
from analysis.charts.spec import Words
from analysis.disclosure import Suppressed
from analysis.findings.card import Card


def options_in_words(card: Card, found: Sequence[Claim], words: Words) -> str:
    """The claims about options, and about the groups among them."""
    labels = {row.code: row.label for row in card.rows}
    first, n = found[0], card.base.answered
    assert not isinstance(n, Suppressed)
    assert first.figure is not None
    second = next((each for each in found if each.says is Says.NEXT), None)
    named = quoted([labels[code] for code in first.about], words)
    share, size = wording.share(first.figure, words), wording.count(n, words)
    if n < FEW:
        sentence = _few_options(first, named, share, n, words)
    elif first.says is Says.TIED:
        sentence = _tied_options(first, named, share, size, words)
    elif first.says is Says.AHEAD:
        sentence = _ahead(named, share, size, words, second, labels)
    else:
        sentence = _many_options(first, named, share, size, words, second, labels)
    return in_a_row([sentence, *_groups_in_words(card, found[1:], words)], words)


def _few_options(first: Claim, named: str, share: str, n: int, words: Words) -> str:
    count = wording.count(first.count or 0, words)
    if first.says is Says.TIED and len(first.about) == 2:
        return words.plural(
            "{options} are tied: {chosen} of {count} respondent each ({share}).",
            "{options} are tied: {chosen} of {count} respondents each ({share}).",
            n,
            options=named,
            chosen=count,
            share=share,
        )
    if first.says is Says.TIED:
        return words.plural(
            "Several answers are tied for first place: {chosen} of {count} respondent each ({share}).",
            "Several answers are tied for first place: {chosen} of {count} respondents each ({share}).",
            n,
            chosen=count,
            share=share,
        )
    if first.says is Says.GIVEN:
        return words.plural(
            "{option} was chosen by {chosen} of {count} respondent ({share}).",
            "{option} was chosen by {chosen} of {count} respondents ({share}).",
            n,
            option=named,
            chosen=count,
            share=share,
        )
    return words.plural(
        "{option} is the most frequent answer: {chosen} of {count} respondent ({share}).",
        "{option} is the most frequent answer: {chosen} of {count} respondents ({share}).",
        n,
        option=named,
        chosen=count,
        share=share,
    )


def _tied_options(first: Claim, named: str, share: str, size: str, words: Words) -> str:
    if len(first.about) == 2:
        return words.translate(
            "{options} are tied as the most frequent answers ({share} each, n = {n}).",
            options=named,
            share=share,
            n=size,
        )
    return words.plural(
        "{count} answer is tied for first place ({share} each, n = {n}).",
        "{count} answers are tied for first place ({share} each, n = {n}).",
        len(first.about),
        share=share,
        n=size,
    )


def _ahead(named: str, share: str, size: str, words: Words, second: Claim | None, labels: Mapping[str, str]) -> str:
    if second is None or second.figure is None:
        return words.translate(
            "{option} ({share}, n = {n}) is only just ahead of the other answers.", option=named, share=share, n=size
        )
    return words.translate(
        "{option} ({share}) is only just ahead of {second} ({second_share}; n = {n}).",
        option=named,
        share=share,
        second=quoted([labels[second.about[0]]], words),
        second_share=wording.share(second.figure, words),
        n=size,
    )


def _many_options(
    first: Claim,
    named: str,
    share: str,
    size: str,
    words: Words,
    second: Claim | None,
    labels: Mapping[str, str],
) -> str:
    _ = words.translate
    told = {"option": named, "share": share, "n": size}
    following = {}
    if second is not None and second.figure is not None:
        following = {
            "second": quoted([labels[second.about[0]]], words),
            "second_share": wording.share(second.figure, words),
        }
    degree = first.degree
    if not following and degree in (Degree.THIRD, Degree.QUARTER):
        degree = Degree.SOME  # a fraction below one half does not tell that it leads
    match degree:
        case Degree.ALL:
            sentence = _("All respondents chose {option} (n = {n}).", option=named, n=size)
        case Degree.NEARLY_ALL:
            sentence = _("Nearly all respondents ({share}, n = {n}) chose {option}.", **told)
        case Degree.THREE_QUARTERS:
            sentence = _("Three in four respondents ({share}, n = {n}) chose {option}.", **told)
        case Degree.TWO_THIRDS:
            sentence = _("Two in three respondents ({share}, n = {n}) chose {option}.", **told)
        case Degree.MOST:
            sentence = _("Most respondents ({share}, n = {n}) chose {option}.", **told)
        case Degree.HALF:
            sentence = _("About half of the respondents ({share}, n = {n}) chose {option}.", **told)
        case Degree.THIRD:
            sentence = _("One in three respondents ({share}, n = {n}) chose {option}.", **told)
        case Degree.QUARTER:
            sentence = _("One in four respondents ({share}, n = {n}) chose {option}.", **told)
        case _:
            sentence = _("The most frequent answer is {option} ({share}, n = {n}).", **told)
    if not following:
        return sentence
    return in_a_row([sentence, _("Next comes {second} ({second_share}).", **following)], words)


def _groups_in_words(card: Card, found: Sequence[Claim], words: Words) -> list[str]:
    _ = words.translate
    labels = {column.code: column.label for column in card.columns}
    said = {each.says: each for each in found if each.of is Of.GROUP}
    if (same := said.get(Says.SAME)) is not None:
        if same.part:
            return [_("The share is nearly the same in all groups shown with at least 30 answers.")]
        return [_("The share is nearly the same in all groups.")]
    if Says.HIGHEST not in said or Says.LOWEST not in said:
        return []
    high, low = said[Says.HIGHEST], said[Says.LOWEST]
    told = {
        "high": joined([clipped(labels[code]) for code in high.about], words),
        "high_share": wording.share(high.figure or 0.0, words),
        "low": joined([clipped(labels[code]) for code in low.about], words),
        "low_share": wording.share(low.figure or 0.0, words),
    }
    if high.part:
        sentences = [
            _(
                "Among the groups shown with at least 30 answers, highest: {high} ({high_share}); "
                "lowest: {low} ({low_share}).",
                **told,
            )
        ]
    else:
        sentences = [_("Highest: {high} ({high_share}); lowest: {low} ({low_share}).", **told)]
    if Says.BEYOND_CHANCE in said:
        sentences.append(_("The difference is beyond chance."))
    if Says.WITHIN_CHANCE in said:
        sentences.append(_("The difference is not beyond chance."))
    return sentences
