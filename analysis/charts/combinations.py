"""Which answers were given together, described: sets of options as columns over a grid of dots (UpSet).

Source  Lex, Gehlenborg, Strobelt, Vuillemot and Pfister (2014), "UpSet: visualization of intersecting sets", IEEE
        Transactions on Visualization and Computer Graphics 20:1983-1992.
"""

from analysis.charts import wording
from analysis.charts.spec import ChartSpec, Form, Series, Sets, ValueFormat, Words
from analysis.findings import provenance
from analysis.findings.card import Card


def combinations(card: Card, words: Words) -> ChartSpec | None:
    """The sets of options that replies chose, the most frequent first; None for a card that tells none."""
    found = card.combinations
    if found is None:
        return None
    inside = {code for each in found.told for code in each.codes}
    options = [row for row in card.rows if row.code in inside]
    place = {row.code: number for number, row in enumerate(options)}
    labels = {row.code: row.label for row in options}
    told = [each for each in found.told if set(each.codes) <= set(labels)]
    names = tuple(" + ".join(labels[code] for code in each.codes) for each in told)
    counts = tuple(wording.count(each.count, words) for each in told)
    measure = words.translate("Replies that chose exactly these answers")
    base = wording.base_line(card, words)
    others = words.plural(
        "{count} further combination, {replies} replies.",
        "{count} further combinations, {replies} replies.",
        found.others,
        replies=wording.count(found.replies, words),
    )
    notes = (
        wording.internal_mark(card, words),
        others if found.others else "",
        wording.filter_line(card, words),
        wording.fictional_mark(words) if card.source.fictional else "",
    )
    leading = wording.listing((f"{name} ({count})" for name, count in zip(names[:3], counts[:3], strict=True)), words)
    title = words.translate("Which answers were given together: {question}", question=card.label)
    return ChartSpec(
        form=Form.UPSET,
        title=title,
        measure=measure,
        base=base,
        categories=names,
        series=(Series(name=measure, values=tuple(float(each.count) for each in told), labels=counts),),
        value_format=ValueFormat.COUNT,
        maximum=float(max(each.count for each in told)),
        note=" ".join(note for note in notes if note),
        source=wording.source_line(card.source, words),
        alt=f"{title}. {words.translate('Highest: {figures}.', figures=leading)} {base}.",
        language=words.language,
        direction=words.direction,
        provenance=provenance.of_card(card),
        plan=Sets(
            options=tuple(row.label for row in options),
            members=tuple(tuple(place[code] for code in each.codes) for each in told),
        ),
    )
