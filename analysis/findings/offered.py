"""Which questions a card can be asked for, with the codes of their answers: what people write when they name a figure.

No figure stands here, so nothing is protected; questions that name organisations are left out all the same.
"""

from dataclasses import dataclass

from analysis.dataset.arrays import Dataset
from analysis.dataset.codebook import PSEUDO_VARIABLES
from analysis.disclosure import Audience
from analysis.findings.card import CardKind
from analysis.findings.summary import CARD_KINDS, questions_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A question, a battery, or an item of a battery.

    card     name under which its card is asked for: its own, or that of the battery that the item belongs to
    options  (code, label) of its answers, for an item the points of the scale; () for numbers, words, whole batteries
    filters  whether replies can be filtered and compared by it
    """

    name: str
    card: str
    label: str
    section: str
    kind: CardKind
    options: tuple[tuple[str, str], ...] = ()
    filters: bool = False

    @property
    def is_item(self) -> bool:
        """Whether it is an item of a battery."""
        return self.name != self.card


def offered(dataset: Dataset, language: str) -> tuple[Offered, ...]:
    """Every question that has a card for a meeting, each battery before its items; then the variables that no question
    asks, which are there to filter by."""
    book = dataset.codebook
    batteries = {battery.name: battery for battery in book.batteries}
    found = []
    for name in questions_of(dataset, Audience.MEETING):
        battery = batteries.get(name)
        if battery is not None:
            section = book.words(battery.section_label, language, "")
            label = book.words(battery.label, language, name)
            found.append(Offered(name=name, card=name, label=label, section=section, kind=CardKind.BATTERY))
        found += [_question(dataset, each, name, language) for each in (battery.items if battery else (name,))]
    known = {each.name for each in found}
    found += [
        _question(dataset, name, name, language)
        for name in PSEUDO_VARIABLES
        if name in dataset.variables and name not in known and dataset.variables[name].is_categorical
    ]
    return tuple(found)


def _question(dataset: Dataset, name: str, card: str, language: str) -> Offered:
    variable, book = dataset.variables[name], dataset.codebook
    codes = variable.codes if card == name else book.battery(card).scale
    return Offered(
        name=name,
        card=card,
        label=book.words(variable.label, language, name),
        section=book.words(variable.section_label, language, ""),
        kind=CARD_KINDS[variable.kind],
        options=tuple((code.name, book.words(code.label, language, code.name)) for code in codes),
        filters=variable.is_categorical,
    )
