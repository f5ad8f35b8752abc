"""Two questions about the same things, set against each other: how important each is said to be, and how it changed.

Which questions pair is read from the questionnaire alone, so it tells nothing of any reply. Figures are those of the
two cards, each protected as it is; nothing is counted across them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.dataset.codebook import Codebook
from analysis.disclosure import SUPPRESSED, Suppressed
from analysis.findings.card import Card, CardKind, Facing, Figure
from analysis.findings.profile import profile_questions
from analysis.findings.scale import is_ordered
from survey.questionnaire import Kind, Text

FEWEST = 3
"""Things that two questions must share before they are set against each other."""
_CHOICES = (Kind.RANK, Kind.SELECT_MULTIPLE, Kind.SELECT_ONE)
"""What says how important things are, the kind that says it best first."""
_Named = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One thing: its code on the card of x, its shorter name, how important it is (x), and the net value of what was
    said of it (y).

    None where nobody answered.
    """

    code: str
    label: str
    x: Figure | None
    y: Figure | None


def facing(codebook: Codebook, question: str) -> Facing | None:
    """The question that a battery, or a choice that says how important things are, can be set against.

    Two questions pair when they share FEWEST things and half of the battery's items, by the codes of the options (an
    item's is its name without what all names of the battery begin with) or by their words. Of several the one in the
    same section comes first, then a ranking, then what is asked first. None for questions about the respondents.
    """
    about = profile_questions(codebook)
    batteries = {
        each.name: each.section
        for each in codebook.batteries
        if each.name not in about and len(each.scale) > 1 and is_ordered([code.name for code in each.scale])
    }
    choices = {
        each.name: (each.section, _CHOICES.index(each.kind))
        for each in codebook.variables
        if each.kind in _CHOICES and each.section and not each.battery and each.name not in about
    }
    if question in batteries:
        own = batteries[question]
        order = sorted(choices, key=lambda name: (choices[name][0] != own, choices[name][1]))
        order += [name for name in batteries if name != question]
    elif question in choices:
        own = choices[question][0]
        order = sorted(batteries, key=lambda name: batteries[name] != own)
    else:
        return None
    named = _named(codebook, question)
    for other in order:
        theirs = _named(codebook, other)
        pairs = _shared(named, theirs)
        items = named if question in batteries else theirs
        if len(pairs) >= max(FEWEST, len(items) / 2):
            return Facing(question=other, pairs=pairs)
    return None


def pairs(card: Card) -> tuple[Pair, ...]:
    """What both cards say of each thing that they share, in the order of x; () for a card that stands alone."""
    if card.facing is None or card.against is None:
        return ()
    first, second = axes(card)
    named = dict(card.facing.pairs) if first is card else {theirs: own for own, theirs in card.facing.pairs}
    ups, found = {code: (label, y) for code, label, y in _figures(second)}, []
    for code, label, x in _figures(first):
        other = named.get(code, "")
        if other in ups:
            found.append(Pair(code=code, label=min(label, ups[other][0], key=len), x=x, y=ups[other][1]))
    return tuple(found)


def axes(card: Card) -> tuple[Card, Card]:
    """The card of x, which says how important things are, and that of y, the battery.

    Of two batteries the one that is looked at is x. Raises  ValueError for a card that stands alone.
    """
    if card.against is None:
        raise ValueError("nothing stands against this card")
    if card.kind is CardKind.BATTERY and card.against.kind is not CardKind.BATTERY:
        return card.against, card
    return card, card.against


def _figures(card: Card) -> Iterator[tuple[str, str, Figure | None]]:
    """(code, words, figure): the net value of an item, the share that chose an option, or put it first."""
    if card.kind is CardKind.BATTERY:
        yield from ((item.name, item.label, item.net) for item in card.items)
        return
    for row in card.rows:
        cell = row.first if card.kind is CardKind.RANKING else row.cell
        if cell is not None:
            shown = SUPPRESSED if isinstance(cell.count, Suppressed) else cell.share
            yield row.code, row.label, None if card.base.answered == 0 else shown


def _named(codebook: Codebook, question: str) -> _Named:
    """(name or code, words in the default language) of a battery's items or a question's options."""
    battery = next((each for each in codebook.batteries if each.name == question), None)
    if battery is None:
        return tuple((code.name, _words(codebook, code.label)) for code in codebook.variable(question).codes)
    return tuple((name, _words(codebook, codebook.variable(name).label)) for name in battery.items)


def _words(codebook: Codebook, text: Text) -> str:
    return " ".join(codebook.words(text, codebook.default_language, "").casefold().split())


def _shared(own: _Named, theirs: _Named) -> tuple[tuple[str, str], ...]:
    """Pairs of names that mean the same; digits alone are the points of a scale and mean nothing."""
    codes = {code: name for name, code in zip([n for n, _ in theirs], _codes(theirs), strict=True)}
    labels = {label: name for name, label in theirs if label}
    found = []
    for (name, label), code in zip(own, _codes(own), strict=True):
        other = codes.get(code) if not code.isdigit() else None
        other = other or labels.get(label)
        if other is not None:
            found.append((name, other))
    return tuple(found) if len({other for _, other in found}) == len(found) else ()


def _codes(named: _Named) -> Sequence[str]:
    """Names without what all of them begin with, up to a sign that divides words."""
    names = [name for name, _ in named]
    if len(names) < 2:
        return names
    first, last = min(names), max(names)
    same = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    cut = max(first[:same].rfind(sign) for sign in "_.-") + 1
    return [name[cut:] for name in names]
