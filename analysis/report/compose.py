"""Cards, kept findings and recommendations as one report, in the reader's language."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from analysis.charts import wording
from analysis.charts.choose import as_drawn, chart_to_take_away
from analysis.charts.spec import RTL, ChartSpec, Form, Words
from analysis.findings import provenance
from analysis.findings.card import Card, Quote
from analysis.report.tree import Figure, Heading, Numbers, Part, Quotes, RecommendationPart, Report
from data.analysis_records import FindingRecord, RecommendationRecord
from data.errors import InvalidInput

QUOTES_SHOWN = 3


def compose(
    cards: Sequence[Card],
    *,
    title: str,
    words: Words,
    findings: Sequence[tuple[FindingRecord, Card]] = (),
    recommendations: Sequence[RecommendationRecord] = (),
    pictures: Sequence[ChartSpec] = (),
    numbers: Numbers = Numbers.DOCUMENTS,
    picked: bool = False,
) -> Report:
    """A report of all that was found: who answered, kept findings, recommendations, then every card under its section.

    pictures  of who answered
    findings  each with its frozen card, which must have been made for this audience
    picked    the cards are of chosen questions, which the query then names
    Raises    InvalidInput "report.empty" without a card or a finding, for then nothing says from when the figures are.
    """
    shown = (*cards, *(card for _, card in findings))
    if not shown:
        raise InvalidInput("report.empty")
    statements = {finding.id: finding.statement for finding, _ in findings}
    kept = [part(card, words, title=finding.statement) for finding, card in findings]
    written = [recommendation_part(each, statements, words) for each in recommendations]
    parts = [
        *_headed(words.translate("Who answered"), [Figure(spec=spec, card=None) for spec in pictures]),
        *_headed(words.translate("Findings"), [each for each in kept if each]),
        *_headed(words.translate("Recommendations"), written),
    ]
    for section, of_section in groupby(cards, key=lambda card: card.section):
        parts += _headed(section, [each for card in of_section if (each := part(card, words))])
    asked = provenance.of_cards(cards or shown, picked=picked)
    return bound(parts, shown[0], title=title, words=words, asked=asked, numbers=numbers)


def bound(
    parts: Sequence[Part],
    card: Card,
    *,
    title: str,
    words: Words,
    asked: str,
    numbers: Numbers = Numbers.DOCUMENTS,
) -> Report:
    """The parts between covers, which say of which state and time `card` is; asked  the query, as JSON."""
    source = card.source
    mark = wording.fictional_mark(words) if source.fictional else ""
    internal = wording.internal_mark(card.audience, words)
    cover = [] if title == source.title else [source.title]
    cover.append(words.translate("As of {moment}", moment=wording.moment(source.as_of, words)))
    cover.append(words.translate("Replies: {replies}", replies=wording.count(card.base.replies, words)))
    return Report(
        title=title,
        cover=(*cover, internal) if internal else tuple(cover),
        mark=mark,
        parts=tuple(parts),
        language=words.language,
        direction=words.direction,
        as_of=source.as_of,
        sha256=source.sha256,
        provenance=asked,
        source=wording.source_line(source, words),
        internal=internal,
        numbers=numbers,
    )


def part(
    card: Card, words: Words, *, title: str = "", remark: str = "", form: Form | None = None
) -> Figure | Quotes | None:
    """A card as a part of a report; None for a question to which there is no answer that may be read.

    title   a sentence that says the finding, instead of the question
    remark  a sentence of staff below it, instead of the card's
    form    of its chart; None for the card's own
    Raises  InvalidInput "form.unsuitable".
    """
    card = as_drawn(card, form)
    spec = chart_to_take_away(card, words, statement=title, form=form)
    if spec is not None:
        return Figure(spec=spec, card=card, remark=remark or card.remark)
    if not card.quotes:
        return None
    # It begins with a Latin letter, and would be laid out from left to right by it.
    base = ("\u200f" if words.direction == RTL else "") + wording.base_line(card, words)
    lines = (wording.internal_mark(card.audience, words), *wording.note_lines(card, words, has_hidden=False))
    return Quotes(
        title=title or card.label,
        base=words.translate("Some of the answers · {base}", base=base),
        quotes=_chosen(card.quotes, words.language),
        note=wording.sentences(lines),
        source=wording.source_line(card.source, words),
        card=card,
        remark=remark or card.remark,
    )


def recommendation_part(
    recommendation: RecommendationRecord, statements: dict[int, str], words: Words
) -> RecommendationPart:
    """The recommendation in words; statements  of the kept findings by id."""
    facts = (
        (words.translate("Addressed to"), recommendation.addressee),
        (words.translate("Level"), recommendation.level),
        (words.translate("Challenge"), recommendation.challenge),
    )
    return RecommendationPart(
        number=wording.count(recommendation.position, words),
        text=recommendation.text,
        facts=tuple((name, value) for name, value in facts if value),
        rests_on=tuple(statements[number] for number in recommendation.finding_ids if number in statements),
    )


def _headed(text: str, parts: Sequence[Part]) -> Iterator[Part]:
    """The parts below a heading, where there are any and it has words."""
    if parts and text:
        yield Heading(level=1, text=text, has_slide=False)
    yield from parts


def _chosen(quotes: Sequence[Quote], language: str) -> tuple[Quote, ...]:
    """Up to three different answers, those in the reader's language first."""
    different: dict[str, Quote] = {}
    for quote in quotes:
        different.setdefault(quote.text.casefold().strip(), quote)
    ordered = sorted(different.values(), key=lambda quote: quote.language != language)
    return tuple(ordered[:QUOTES_SHOWN])
