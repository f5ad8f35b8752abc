"""Which answers were given together, described: sets of options as columns over a grid of dots (UpSet).

Source  Lex, Gehlenborg, Strobelt, Vuillemot and Pfister (2014), "UpSet: visualization of intersecting sets", IEEE
        Transactions on Visualization and Computer Graphics 20:1983-1992.
"""

from collections.abc import Mapping

from analysis.charts import wording
from analysis.charts.spec import ChartSpec, Form, Series, Sets, ValueFormat, Words
from analysis.disclosure import Suppressed
from analysis.findings import provenance
from analysis.findings.card import Card, Combination


def combinations(card: Card, words: Words) -> ChartSpec:
    """The sets of options that replies chose, the most frequent first.

    A meeting and the public see those of which no small group is told, and in words how many replies chose another one.
    Raises  ValueError for a card that tells none.
    """
    found = card.combinations
    if found is None:
        raise ValueError("the card tells no combinations")
    inside = {code for each in found.told for code in each.codes}
    options = [row for row in card.rows if row.code in inside]
    place = {row.code: number for number, row in enumerate(options)}
    labels = {row.code: row.label for row in options}
    told = [each for each in found.told if set(each.codes) <= set(labels)]
    names = tuple(name_of(each, labels) for each in told)
    counts = tuple(wording.count(each.count, words) for each in told)
    measure = words.translate("Replies that chose exactly these answers")
    base = wording.base_line(card, words)
    notes = (
        others_line(card, words),
        wording.filter_line(card, words),
        wording.missing_line(card.base, words),
        wording.fictional_mark(words) if card.source.fictional else "",
    )
    highest = wording.listing((f"{name} ({count})" for name, count in zip(names[:3], counts[:3], strict=True)), words)
    leading = words.translate("Highest: {figures}.", figures=highest) if names else others_line(card, words)
    title = words.translate("Which answers were given together: {question}", question=card.label)
    return ChartSpec(
        form=Form.UPSET,
        title=title,
        measure=measure,
        base=base,
        categories=names,
        series=(Series(name=measure, values=tuple(float(each.count) for each in told), labels=counts),),
        value_format=ValueFormat.COUNT,
        maximum=float(max((each.count for each in told), default=1)),
        note=wording.sentences(notes),
        source=wording.source_line(card.source, words),
        alt=wording.sentences((wording.sentence(title, words), leading, wording.sentence(base, words))),
        language=words.language,
        direction=words.direction,
        provenance=provenance.of_card(card),
        plan=Sets(
            options=tuple(row.label for row in options),
            members=tuple(tuple(place[code] for code in each.codes) for each in told),
        ),
    )


def name_of(found: Combination, labels: Mapping[str, str]) -> str:
    """The options of a set in words."""
    return " + ".join(labels[code] for code in found.codes)


def others_line(card: Card, words: Words) -> str:
    """What is not told one by one, and that small groups are protected; "" where everything is told, and where all may
    see that nobody answered."""
    found = card.combinations
    if found is None or card.base.answered == 0:
        return ""
    rest = wording.count(found.replies, words)
    if found.others is not None:
        told = words.plural(
            "{count} further combination, {replies} replies.",
            "{count} further combinations, {replies} replies.",
            found.others,
            replies=rest,
        )
        return told if found.others else ""
    if not found.told:
        return words.translate("No combination can be shown without telling of a small group.")
    protected = words.translate("Combinations that would tell of a small group are not shown.")
    if isinstance(found.replies, Suppressed):
        return protected
    other = words.plural(
        "{count} reply chose another combination.", "{count} replies chose another combination.", found.replies
    )
    return wording.sentences((other, protected)) if found.replies else ""
