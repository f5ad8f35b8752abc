"""How the answers to a question changed from one consultation to a later one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.dataset.arrays import ANSWERED, BoolArray, Dataset
from analysis.dataset.codebook import Code
from analysis.disclosure import Audience, Suppressed
from analysis.findings.card import Card, Count, Source
from analysis.findings.method import Bounds, Correction, two_digits
from analysis.stats.differences import Difference, detectable_change, shares_apart, shares_paired
from analysis.stats.multiplicity import adjust
from data.errors import InvalidInput, NotAllowed
from survey.organisations import same_name
from survey.versions.wording import likeness


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One option in two waves; every figure is None where a count is hidden, or nobody answered.

    Shares and their difference are whole percents, and p-values have two digits, for a meeting and the public.

    p, adjusted  None too where nothing can be tested
    """

    code: str
    label: str
    before: float | None = None
    after: float | None = None
    difference: float | None = None
    bounds: Bounds | None = None
    p: float | None = None
    adjusted: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """A code whose words differ between the waves: its shares may not be of the same thing."""

    code: str
    earlier: str
    later: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """All options that both waves offer.

    matched         True when only organisations that answered both times are compared, each with itself
    first_n, last_n respondents with a valid answer; None where hidden
    detectable      the smallest change that waves of this size would find with 80 % power (unmatched waves)
    reworded        options that are worded otherwise in the later wave
    earlier, later  the state of either wave
    """

    question: str
    matched: bool
    first_n: int | None
    last_n: int | None
    detectable: float | None
    correction: Correction
    changes: tuple[Change, ...]
    reworded: tuple[Reworded, ...]
    earlier: Source
    later: Source


def reworded(question: str, earlier: Mapping[str, str], later: Mapping[str, str]) -> tuple[Reworded, ...]:
    """Codes of both waves whose words differ, whatever their case, marks and punctuation.

    earlier, later  code -> words, in one language
    Raises  InvalidInput "trend.recoded" when words of the earlier wave stand under another code in the later one, as on
            a scale that was turned round: the same codes then mean something else.
    """
    found = tuple(
        Reworded(code=code, earlier=earlier[code], later=words)
        for code, words in later.items()
        if code in earlier and likeness(earlier[code], words) < 1
    )
    places = {_plain(words): code for code, words in later.items()}
    for each in found:
        words = _plain(each.earlier)
        other = places.get(words, "")
        if other and _plain(earlier.get(other, "")) != words:
            raise InvalidInput("trend.recoded", question=question, words=each.earlier, choice=each.code, other=other)
    return found


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _reworded(earlier: Dataset, later: Dataset, question: str, language: str) -> tuple[Reworded, ...]:
    shared = _shared_language(earlier, later, question, language)
    return reworded(question, _words(earlier, question, shared), _words(later, question, shared))


def _words(dataset: Dataset, question: str, language: str) -> dict[str, str]:
    words = dataset.codebook.words
    return {code.name: words(code.label, language, code.name) for code in dataset.variables[question].codes}


def _shared_language(earlier: Dataset, later: Dataset, question: str, language: str) -> str:
    """The language asked for, or another one that both waves have their options in."""
    spoken = [
        {tag for code in each.variables[question].codes for tag, label in code.label.by_tag.items() if label}
        for each in (earlier, later)
    ]
    wanted = (language, later.codebook.default_language, earlier.codebook.default_language, *sorted(spoken[1]))
    return next((tag for tag in wanted if tag in spoken[0] & spoken[1]), language)


def require_comparable(
    earlier: Dataset, later: Dataset, question: str, *, audience: Audience, matched: bool
) -> list[tuple[Code, int, int]]:
    """Options that both waves offer, with their places in either.

    Raises  InvalidInput "trend.not_comparable" unless both ask the question as a choice with a common option;
            NotAllowed "trend.internal_only" for matched waves unless INTERNAL: those who answered both times differ
            from all who answered by a few, whom nobody counts; as `reworded`.
    """
    for each in (earlier, later):
        variable = each.variables.get(question)
        if variable is None or not variable.is_categorical or variable.identifying:
            raise InvalidInput("trend.not_comparable", question=question)
    codes = {code.name: i for i, code in enumerate(earlier.variables[question].codes)}
    common = [
        (code, codes[code.name], i) for i, code in enumerate(later.variables[question].codes) if code.name in codes
    ]
    if not common:
        raise InvalidInput("trend.not_comparable", question=question)
    if matched and audience is not Audience.INTERNAL:
        raise NotAllowed("trend.internal_only")
    _reworded(earlier, later, question, later.codebook.default_language)
    return common


def trend(
    earlier: Dataset,
    later: Dataset,
    cards: tuple[Card, Card],
    *,
    matched: bool,
    correction: Correction = Correction.BENJAMINI_HOCHBERG,
) -> Trend:
    """The change of each option's share, later minus earlier, with interval and test.

    cards    of the question, of all replies to either wave: unmatched waves are compared by what they show
    matched  by the organisation's name, as the program compares names; whoever stands twice in a wave is left out.
    Raises   as `require_comparable` and `reworded`; InvalidInput "trend.nobody_matched".
    """
    question, language = cards[0].question, cards[0].language
    common = require_comparable(earlier, later, question, audience=cards[0].audience, matched=matched)
    changed = _reworded(earlier, later, question, language)
    first, last = cards[0].base.answered, cards[1].base.answered
    if matched:
        rows = _pairs(earlier, later, _rows(earlier, question), _rows(later, question))
        if not rows[0].size:
            raise InvalidInput("trend.nobody_matched")
        first = last = rows[0].size
        before, after = earlier.chosen(question)[rows[0]], later.chosen(question)[rows[1]]
    found: list[tuple[str, str, tuple[float, float] | None, Difference | None]] = []
    for code, i, j in common:
        label = later.codebook.words(code.label, language, code.name)
        pair = (before[:, i], after[:, j]) if matched else _flags(cards, code.name)
        if pair is None:
            found.append((code.name, label, None, None))
            continue
        x, y = pair
        change = shares_paired(x, y) if matched else shares_apart(x, y)
        found.append((code.name, label, (float(x.mean()), float(y.mean())), change))
    tests = [change.test.p for _, _, _, change in found if change is not None and change.test is not None]
    corrected = iter(adjust(np.array(tests), correction).tolist())
    protected = cards[0].audience is not Audience.INTERNAL

    def part(value: float) -> float:
        return round(value, 2) if protected else value

    def tested(p: float | None) -> float | None:
        return two_digits(p) if protected and p is not None else p

    return Trend(
        question=question,
        matched=matched,
        first_n=first if isinstance(first, int) else None,
        last_n=last if isinstance(last, int) else None,
        detectable=None if matched else _detectable(first, last),
        correction=correction,
        changes=tuple(
            Change(code=code, label=label)
            if change is None or shares is None
            else Change(
                code=code,
                label=label,
                before=part(shares[0]),
                after=part(shares[1]),
                difference=part(change.effect.value),
                bounds=Bounds(low=part(change.effect.low), high=part(change.effect.high)),
                p=None if change.test is None else tested(change.test.p),
                adjusted=None if change.test is None else tested(next(corrected)),
            )
            for code, label, shares, change in found
        ),
        reworded=changed,
        earlier=cards[0].source,
        later=cards[1].source,
    )


def _detectable(first: Count, last: Count) -> float | None:
    if isinstance(first, Suppressed) or isinstance(last, Suppressed) or not first or not last:
        return None
    return detectable_change(first, last)


def _flags(cards: tuple[Card, Card], code: str) -> tuple[BoolArray, BoolArray] | None:
    """(n,) who chose the option in each wave, in no order; None where a card does not say how many."""
    found = []
    for card in cards:
        count = next(row.cell.count for row in card.rows if row.code == code)
        n = card.base.answered
        if isinstance(count, Suppressed) or isinstance(n, Suppressed) or n == 0:
            return None
        found.append(np.arange(n) < count)
    return found[0], found[1]


def _rows(dataset: Dataset, question: str) -> np.ndarray:
    answered: BoolArray = dataset.columns[question].state == ANSWERED
    return np.flatnonzero(answered)


def _pairs(earlier: Dataset, later: Dataset, first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the organisations that answered once in either wave, in the same order."""
    names = []
    for dataset, rows in ((earlier, first), (later, last)):
        of = {int(row): same_name(dataset.respondents[row].organisation) for row in rows}
        times = Counter(of.values())
        names.append({name: row for row, name in of.items() if name and times[name] == 1})
    both = sorted(names[0].keys() & names[1].keys())
    return (
        np.array([names[0][name] for name in both], dtype=np.int64),
        np.array([names[1][name] for name in both], dtype=np.int64),
    )
