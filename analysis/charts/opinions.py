"""Groups of opinion in words and as charts: what is said first, what each group holds, bars for all, a map for inside.

A sentence names a side of the scale by the scale's own words; nothing here knows what agreement is.
"""

from collections.abc import Iterable
from dataclasses import replace

from babel.numbers import format_decimal

from analysis.charts import wording
from analysis.charts.spec import RTL, ChartSpec, Form, MapSpec, Role, Series, ValueFormat, Words
from analysis.disclosure import Audience, Suppressed
from analysis.findings import provenance
from analysis.findings.card import Card
from analysis.findings.opinions import RESAMPLED_SHARE, Band, OpinionGroup, Opinions, Part, Statement, Verdict
from survey.translator import locale_of

MOST_DRAWN = 8


def headline(found: Opinions, words: Words) -> str:
    """How many groups there are, or why there are none."""
    if found.hidden:
        return words.translate("Nothing is shown: too few replies are there, or in one of the groups.")
    if found.verdict is Verdict.GROUPS:
        count = wording.count(len(found.groups), words)
        if found.gap:
            return words.translate("Groups of opinion: {count}.", count=count)
        return words.translate("Groups of opinion: {count}, without a gap between them.", count=count)
    if found.verdict is Verdict.FEW_PEOPLE:
        return words.translate("Groups are not looked for: fewer than 20 replies have enough answers.")
    if found.verdict is Verdict.FEW_STATEMENTS:
        return words.translate("Groups are not looked for: there are fewer than 3 statements.")
    if found.verdict is Verdict.UNRELATED:
        return words.translate(
            "One group of opinion: what a reply says to one statement tells nothing about the other statements."
        )
    if found.verdict is Verdict.ONE_GROUP:
        return words.translate(
            "One group of opinion: no division is clearer than what chance makes of shuffled answers (p = {p}).",
            p=_decimal(found.p or 0.0, words),
        )
    return words.translate(
        "One group of opinion: the clearest division, into {count}, is not shown, because a part of the replies gives "
        "another one (overlap {share}; 75 % is needed).",
        count=wording.count(found.tried, words),
        share=wording.share(found.stability or 0.0, words),
    )


def base_line(found: Opinions, words: Words) -> str:
    """Who is divided by how many statements; "" where that is hidden."""
    if found.hidden:
        return ""
    return words.translate(
        "Replies with enough answers: {placed}. Statements: {statements}.",
        placed=wording.count(found.placed, words),
        statements=wording.count(found.statements, words),
    )


def trust_lines(found: Opinions, words: Words) -> tuple[str, ...]:
    """How far the division may be trusted; () without one."""
    if not found.groups:
        return ()
    lines = []
    if not found.gap:
        lines.append(
            words.translate(
                "Opinions run from one end to the other. The groups are the ends; who stands near the middle could be "
                "in either."
            )
        )
    lines.append(
        words.translate(
            "How stable: in draws of {drawn} of the replies the least stable group comes back with an overlap of "
            "{share}.",
            drawn=wording.share(RESAMPLED_SHARE, words),
            share=wording.share(found.stability or 0.0, words),
        )
    )
    if found.again is not None:
        lines.append(
            words.translate(
                "The same number of groups is the clearest in {share} of the draws.",
                share=wording.share(found.again, words),
            )
        )
    lines.append(
        words.translate(
            "Chance gives so clear a division of shuffled answers with p = {p}.", p=_decimal(found.p or 0.0, words)
        )
    )
    lines.append(
        words.translate(
            "The groups were computed from these answers. They are no parties, and nobody was asked which one they "
            "belong to."
        )
    )
    return tuple(lines)


def note_lines(found: Opinions, words: Words) -> tuple[str, ...]:
    """What a reader must know besides."""
    lines = [words.translate("Groups are always of all replies, whatever is filtered.")]
    if found.audience is not Audience.INTERNAL and (found.shared or found.groups):
        lines.append(
            words.translate(
                "Shares are given by fifths, and statements are left out, so that no small number can be worked out."
            )
        )
    if found.source.fictional:
        lines.append(wording.fictional_mark(words))
    return tuple(lines)


def group_name(group: OpinionGroup, words: Words) -> str:
    """A group with its size."""
    return words.translate(
        "Group {number} (n = {size})",
        number=wording.count(group.number, words),
        size=wording.count(group.size, words),
    )


def sections(found: Opinions, words: Words) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(heading, sentences): what sets each group apart, what divides them, what all share."""
    parts = [
        (
            words.translate("What sets {group} apart", group=group_name(group, words)),
            sentences(group.apart, words) or (words.translate("No statement for certain."),),
        )
        for group in found.groups
    ]
    if found.groups:
        nothing = (words.translate("No statement for certain."),)
        parts.append((words.translate("What divides the groups"), sentences(found.dividing, words) or nothing))
        parts.append((words.translate("What all groups share"), sentences(found.shared, words) or nothing))
    elif found.shared:
        parts.append((words.translate("Where the majority stands"), sentences(found.shared, words)))
    return tuple(parts)


def sentences(statements: Iterable[Statement], words: Words) -> tuple[str, ...]:
    """One for each statement: the side by its own words, and the share of each group on it."""
    return tuple(
        words.translate(
            "“{statement}” – {side}: {shares}",
            statement=_isolated(each.label, words),
            side=_isolated(each.words, words),
            shares=_shares(each.shares, words),
        )
        for each in statements
    )


def part(value: Part, words: Words) -> str:
    """A share, exact, by a fifth, or hidden."""
    if isinstance(value, Band):
        low, high = wording.share(value.low, words), wording.share(value.high, words)
        return wording.figures_in_order(f"{low}–{high}", words)
    return wording.share(value, words)


def chart(card: Card, words: Words) -> ChartSpec:
    """The bars of a kept finding: what is said of the groups and how far they may be trusted stands in the note.

    Raises  ValueError for a card without groups that may be shown.
    """
    spec = None if card.opinions is None else bars(card.opinions, words)
    if card.opinions is None or spec is None:
        raise ValueError("the card tells no groups of opinion")
    told = (headline(card.opinions, words), *trust_lines(card.opinions, words), spec.note)
    return replace(spec, note=wording.sentences(told), provenance=provenance.of_card(card))


def statements_told(found: Opinions) -> tuple[Statement, ...]:
    """Every statement that is told of the groups, each side once."""
    every = (*found.dividing, *_in_turn(found.groups), *found.shared)
    return tuple({(each.name, each.side): each for each in every}.values())


def may_be_drawn(found: Opinions) -> bool:
    """Whether there are bars: what the groups share is told in words alone."""
    return bool(_drawn(found))


def bars(found: Opinions, words: Words) -> ChartSpec | None:
    """How much of each group is on one side of the statements that matter most; None when nothing may be drawn."""
    chosen = _drawn(found)
    if not chosen:
        return None
    names = [group_name(each, words) for each in found.groups] or [words.translate("All replies")]
    series = tuple(
        Series(
            name=name,
            values=tuple(_length(each.shares[at]) for each in chosen),
            labels=tuple(part(each.shares[at], words) for each in chosen),
            role=Role.GROUP if found.groups else Role.ACCENT,
        )
        for at, name in enumerate(names)
    )
    told = headline(found, words)
    return ChartSpec(
        form=Form.GROUPED if found.groups else Form.BARS,
        title=words.translate("Groups of opinion: {question}", question=found.label),
        measure=words.translate("Share of those who answered, on the side that is named"),
        base=words.translate("n = {replies}", replies=wording.count(found.placed, words)),
        categories=tuple(f"{each.label} – {each.words}" for each in chosen),
        series=series,
        value_format=ValueFormat.SHARE,
        maximum=1.0,
        note=wording.sentences(note_lines(found, words)),
        source=wording.source_line(found.source, words),
        alt=wording.sentences((told, *(wording.sentence(each, words) for each in sentences(chosen, words)))),
        language=words.language,
        direction=words.direction,
    )


def opinion_map(found: Opinions, words: Words) -> MapSpec | None:
    """Where each reply stands, for inside the house; None for others and when nobody is placed."""
    if found.audience is not Audience.INTERNAL or len(found.points) < 2 or not found.groups:
        return None
    names = tuple(group_name(each, words) for each in found.groups)
    return MapSpec(
        title=words.translate("Map of replies"),
        groups=names,
        points=tuple((each.x, each.y, each.group - 1) for each in found.points),
        note=words.translate("Replies that answer alike stand close together. Not for publication."),
        alt=words.translate("Map of replies: {groups}.", groups=wording.listing(names, words)),
        direction=words.direction,
    )


def _drawn(found: Opinions) -> list[Statement]:
    """The statements that matter most, each once."""
    drawn: dict[str, Statement] = {}
    for each in (*found.dividing, *_in_turn(found.groups), *(() if found.groups else found.shared)):
        drawn.setdefault(each.name, each)
    return [*drawn.values()][:MOST_DRAWN]


def _in_turn(groups: tuple[OpinionGroup, ...]) -> Iterable[Statement]:
    """The first statement of each group, then the second of each."""
    longest = max((len(group.apart) for group in groups), default=0)
    return (group.apart[at] for at in range(longest) for group in groups if at < len(group.apart))


def _length(value: Part) -> float | None:
    if isinstance(value, Suppressed):
        return None
    return (value.low + value.high) / 2 if isinstance(value, Band) else value


def _shares(shares: tuple[Part, ...], words: Words) -> str:
    if len(shares) == 1:
        return part(shares[0], words)
    return wording.listing(
        (
            words.translate("group {number} {share}", number=wording.count(number, words), share=part(each, words))
            for number, each in enumerate(shares, start=1)
        ),
        words,
    )


def _isolated(text: str, words: Words) -> str:
    """A text that may be in another script than the sentence around it, kept in its own order."""
    return f"\u2068{text}\u2069" if words.direction == RTL else text


def _decimal(value: float, words: Words) -> str:
    return wording.figures_in_order(format_decimal(value, format="0.00", locale=locale_of(words.language)), words)
