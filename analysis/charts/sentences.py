"""What a card says, as one or two short sentences in the reader's language, made of its claims."""

from collections.abc import Sequence

from analysis.charts import wording
from analysis.charts.claims import FEW, Claim, Says, claims
from analysis.charts.option_sentences import options_in_words
from analysis.charts.phrases import in_a_row, joined, quoted
from analysis.charts.spec import Words
from analysis.disclosure import Suppressed
from analysis.findings.card import Card, CardKind


def headline(card: Card, words: Words) -> str:
    """The card's finding as one or two short sentences; "" when nothing can be said."""
    found = claims(card)
    if not found:
        return ""
    match card.kind:
        case CardKind.SINGLE | CardKind.MULTIPLE:
            sentence = options_in_words(card, found, words)
        case CardKind.BATTERY:
            sentence = _battery_in_words(card, found, words)
        case CardKind.RANKING:
            sentence = _ranking_in_words(card, found, words)
        case _:
            sentence = _number_in_words(card, found, words)
    return sentence


def _battery_in_words(card: Card, found: Sequence[Claim], words: Words) -> str:
    _ = words.translate
    said = {each.says: each for each in found}
    told = {
        key: value
        for name, says in (("high", Says.HIGHEST), ("low", Says.LOWEST))
        if says in said
        for key, value in _end_of_battery(card, name, said[says], words).items()
    }
    sentences = []
    if Says.SAME in said:
        sentences.append(
            _("All items have the same net value ({net}).", net=wording.points(said[Says.SAME].figure, words))
        )
    elif Says.HIGHEST in said and Says.LOWEST in said:
        sentences.append(
            _("Highest net value: {high} ({high_net}, n = {high_n}); lowest: {low} ({low_net}, n = {low_n}).", **told)
        )
    elif Says.HIGHEST in said:
        sentences.append(_("Highest net value: {high} ({high_net}, n = {high_n}).", **told))
    elif Says.LOWEST in said:
        sentences.append(_("Lowest net value: {low} ({low_net}, n = {low_n}).", **told))
    if Says.ALL_BELOW in said:
        sentences.append(_("All items have a negative net value."))
    if Says.ALL_ABOVE in said:
        sentences.append(_("All items have a positive net value."))
    return _with_few(card, in_a_row(sentences, words), words)


def _end_of_battery(card: Card, name: str, claim: Claim, words: Words) -> dict[str, str]:
    own = [item for item in card.items if item.name in claim.about]
    return {
        name: quoted([item.label for item in own], words),
        f"{name}_net": wording.points(claim.figure, words),
        f"{name}_n": joined([wording.count(item.base.answered, words) for item in own], words),
    }


def _ranking_in_words(card: Card, found: Sequence[Claim], words: Words) -> str:
    labels = {row.code: row.label for row in card.rows}
    first = found[0]
    second = found[1] if len(found) > 1 else None
    told = {
        "items": quoted([labels[code] for code in first.about], words),
        "rank": wording.decimal(first.figure, words),
        "n": wording.count(card.base.answered, words),
    }
    if second is not None:
        told["second"] = quoted([labels[second.about[0]]], words)
        told["second_rank"] = wording.decimal(second.figure, words)
    _ = words.translate
    if first.says is Says.TIED:
        sentence = _("{items} share first place (mean rank {rank}, n = {n}).", **told)
    elif first.says is Says.AHEAD and second is not None:
        sentence = _("{items} (mean rank {rank}) is only just ahead of {second} ({second_rank}; n = {n}).", **told)
    elif first.says is Says.AHEAD:
        sentence = _("{items} (mean rank {rank}, n = {n}) is only just ahead of the others.", **told)
    elif second is not None:
        sentence = _("{items} comes first (mean rank {rank}, n = {n}), followed by {second} ({second_rank}).", **told)
    else:
        sentence = _("{items} comes first (mean rank {rank}, n = {n}).", **told)
    return _with_few(card, sentence, words)


def _number_in_words(card: Card, found: Sequence[Claim], words: Words) -> str:
    _ = words.translate
    told = {each.says: wording.decimal(each.figure, words) for each in found}
    n = wording.count(card.base.answered, words)
    if len(told) == 2:
        sentence = _(
            "The median is {median}, the mean {mean} (n = {n}).", median=told[Says.MIDDLE], mean=told[Says.MEAN], n=n
        )
    elif Says.MIDDLE in told:
        sentence = _("The median is {median} (n = {n}).", median=told[Says.MIDDLE], n=n)
    else:
        sentence = _("The mean is {mean} (n = {n}).", mean=told[Says.MEAN], n=n)
    return _with_few(card, sentence, words)


def _with_few(card: Card, sentence: str, words: Words) -> str:
    """The sentence, after the number of answers when they are few."""
    n = card.base.answered
    if isinstance(n, Suppressed) or n >= FEW:
        return sentence
    told = words.plural("Only {count} respondent answered.", "Only {count} respondents answered.", n)
    return in_a_row([told, sentence], words)
