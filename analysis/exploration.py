"""What a reader looks at on Questions, as one value: written into the address, read from it, gone back to.

An address may come from anywhere. What it asks for is held against what is there and what the reader may see; the rest
is named, so that it can be told, and left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.charts.choose import CHOSEN
from analysis.dataset.snapshot import FEWEST_DIGITS
from analysis.findings.method import PARAMETERS, PLAIN, Method, WeightKind, method_of, parameters_of, unweighted
from analysis.findings.quotes import folded
from analysis.inventory import Listed
from analysis.opened_data import Filters
from data.errors import InvalidInput

Parameters = tuple[tuple[str, str], ...]
"""(name, value) in the order of an address; a name may come again."""

NAMES = frozenset({"f", "by", "section", "search", "numbers", "form", "answers", "snapshot", *PARAMETERS})
"""Names in an address that are a look's; all others belong to the page around it."""
LONGEST_SEARCH = 200
MOST_FILTERS = 12
"""Questions by which replies are chosen at once; an address of more is cut."""
MOST_PAIRS = 60
"""Charts in a form of their own, and open questions searched, in one address; of more it is cut."""
MOST_STEPS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Which replies, which part of the questionnaire, compared by what, by which method.

    section  name of the part; "" for the one that comes first
    by       variable whose values are compared; "" for none
    search   words that a question or an option has; "" shows the section
    numbers  the tables stand open below the charts, which show their intervals
    forms    (question, form) of the charts that a reader chose to be drawn otherwise, by question
    answers  (question, words) that are searched for in the answers to open questions, by question
    """

    filters: Filters = field(default_factory=Filters)
    section: str = ""
    by: str = ""
    search: str = ""
    method: Method = PLAIN
    numbers: bool = False
    forms: Parameters = ()
    answers: Parameters = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What there is, and what the reader may ask for.

    filters    variable -> its codes
    sections   names of parts
    compared   variables that may be compared by
    snapshots  SHA-256 of each frozen state
    weighted   whether weighted figures may be seen
    charted    names of questions that have a chart; worded  of those that are answered in words
    margins    variables of the contact list that may be weighted by
    framed     whether there is a contact list that shares can be bounded by
    """

    filters: Mapping[str, frozenset[str]]
    sections: frozenset[str]
    compared: frozenset[str]
    snapshots: tuple[str, ...]
    weighted: bool
    charted: frozenset[str] = frozenset()
    worded: frozenset[str] = frozenset()
    margins: frozenset[str] = frozenset()
    framed: bool = False


def parameters(look: Look) -> Parameters:
    """The look for an address, without what is as always; names as in the address of a file."""
    pairs = [("f", f"{name}:{code}") for name, codes in look.filters.by_variable for code in codes]
    pairs += [(name, value) for name, value in (("by", look.by), ("section", look.section), ("search", look.search))]
    pairs += [*parameters_of(look.method), ("numbers", "1" if look.numbers else "")]
    pairs += [("form", f"{question}:{form}") for question, form in look.forms]
    pairs += [("answers", f"{question}:{words}") for question, words in look.answers]
    pairs += [("snapshot", look.filters.snapshot)]
    return tuple((name, value) for name, value in pairs if value)


def read(given: Mapping[str, Sequence[str]], known: Known) -> tuple[Look, tuple[str, ...]]:
    """The look that an address names, and those of its values that are not there or not to be seen by this reader."""
    refused: list[str] = []

    def one(name: str, allowed: Sequence[str] | frozenset[str] | None = None) -> str:
        values = [value for value in given.get(name, ()) if value]
        if not values:
            return ""
        if allowed is not None and values[-1] not in allowed:
            refused.append(_told(name, values[-1]))
            return ""
        return values[-1]

    search = one("search")[:LONGEST_SEARCH].strip()
    state = state_of(given, known.snapshots)
    if one("snapshot") and not state:
        refused.append(_told("snapshot", one("snapshot")))
    look = Look(
        filters=Filters.of(_filters(given, known, refused), snapshot=state),
        section=one("section", known.sections),
        by=one("by", known.compared),
        search=search,
        method=_method(given, known, refused),
        numbers=one("numbers", ("0", "1")) == "1",
        forms=_pairs("form", given, known.charted, refused, lambda form: form if form in CHOSEN else ""),
        answers=_pairs("answers", given, known.worded, refused, lambda words: words[:LONGEST_SEARCH].strip()),
    )
    return look, tuple(dict.fromkeys(refused))


def state_of(given: Mapping[str, Sequence[str]], snapshots: Sequence[str]) -> str:
    """The one SHA-256 that begins as the address says; "" when none or several do."""
    digits = "".join(given.get("snapshot", ())[-1:]).strip().lower()
    found = [sha256 for sha256 in snapshots if sha256.startswith(digits)] if len(digits) >= FEWEST_DIGITS else []
    return found[0] if len(found) == 1 else ""


def _filters(given: Mapping[str, Sequence[str]], known: Known, refused: list[str]) -> dict[str, list[str]]:
    chosen: dict[str, list[str]] = {}
    for pair in given.get("f", ()):
        name, _, code = pair.partition(":")
        if code not in known.filters.get(name, ()) or (name not in chosen and len(chosen) == MOST_FILTERS):
            refused.append(_told("f", pair))
        elif code not in chosen.setdefault(name, []):
            chosen[name].append(code)
    return {name: sorted(codes) for name, codes in chosen.items()}


def _pairs(
    name: str,
    given: Mapping[str, Sequence[str]],
    questions: frozenset[str],
    refused: list[str],
    value_of: Callable[[str], str],
) -> Parameters:
    """A value for each of these questions, the last that is named; value_of  gives "" for what is none."""
    found: dict[str, str] = {}
    for pair in given.get(name, ()):
        question, _, text = pair.partition(":")
        value = value_of(text) if question in questions else ""
        if value and (question in found or len(found) < MOST_PAIRS):
            found[question] = value
        else:
            refused.append(_told(name, pair))
    return tuple(sorted(found.items()))


def _method(given: Mapping[str, Sequence[str]], known: Known, refused: list[str]) -> Method:
    """Each parameter by itself, so that one bad one does not cost the others."""
    found = {}
    for name, values in given.items():
        if name not in NAMES or not values:
            continue
        try:
            method_of({name: values[-1]})
        except InvalidInput:
            refused.append(_told(name, values[-1]))
        else:
            found[name] = values[-1]
    method = method_of(found)
    if method.interval.of_frame and not known.framed:
        refused.append(_told("interval", method.interval))
        method = replace(method, interval=PLAIN.interval)
    if method.weights is not WeightKind.UNWEIGHTED and not known.weighted:
        refused.append(_told("weights", method.weights))
        return unweighted(method)
    missing = [name for name in method.margins if name not in known.margins]
    refused += [_told("margins", name) for name in missing]
    return replace(method, margins=tuple(name for name in method.margins if name not in missing))


def _told(name: str, value: str) -> str:
    return f"{name}={as_asked(value)}"


def as_asked(value: str) -> str:
    """What an address asked for, as a message names it: the beginning, on one line, without what ends a code span."""
    return " ".join(value.replace("`", "").split())[:40]


def toggled(filters: Filters, variable: str, code: str) -> Filters:
    """The filters with one more code chosen, or with it taken back when it was."""
    chosen = {name: list(codes) for name, codes in filters.by_variable}
    codes = chosen.setdefault(variable, [])
    if code in codes:
        codes.remove(code)
    else:
        codes.append(code)
    return Filters.of({name: sorted(codes) for name, codes in chosen.items()}, snapshot=filters.snapshot)


def found(questions: Sequence[Listed], search: str) -> tuple[Listed, ...]:
    """The questions of which the label, an option or an item has every word, whatever case and diacritics."""
    words = folded(search).split()
    return tuple(
        each for each in questions if all(word in folded(" ".join((each.label, *each.options))) for word in words)
    )


def sections(questions: Sequence[Listed]) -> dict[str, str]:
    """Titles of the parts that the questions stand in by their names, in their order.

    Parts may share a title: the second of them has "(2)" behind it, so that each can be told and chosen.
    """
    titles: dict[str, str] = {}
    for each in questions:
        if each.place not in titles:
            title, number = each.section, 1
            while title in titles.values():
                number += 1
                title = f"{each.section} ({number})"
            titles[each.place] = title
    return titles


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Looks one after the other, and the place of the present one; () before the first."""

    looks: tuple[Parameters, ...] = ()
    place: int = -1

    def after(self, look: Parameters) -> "Steps":
        """With this look as the present one; what had been undone is forgotten when it is another."""
        if self.looks and self.looks[self.place] == look:
            return self
        looks = (*self.looks[: self.place + 1], look)[-MOST_STEPS:]
        return Steps(looks=looks, place=len(looks) - 1)

    def moved(self, by: int) -> "Steps":
        """So many looks further or, below 0, back; as far as there are."""
        return replace(self, place=min(max(self.place + by, 0), len(self.looks) - 1))

    @property
    def undoable(self) -> bool:
        """Whether there is a look to go back to."""
        return self.place > 0

    @property
    def redoable(self) -> bool:
        """Whether a look was left by going back."""
        return self.place < len(self.looks) - 1
