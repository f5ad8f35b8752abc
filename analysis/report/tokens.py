"""Live numbers in a text: `{{question.option|region=lac|what=share}}` is read, looked up in a card, and written.

A text holds tokens and no digits, so that it says what the replies say at the moment that it is read. Here: how a
token is written and read, which figure of a protected card it names, how the figure looks in a language, and what is
wrong with it. Not here: which cards there are and who may see them (analysis/reports.py), the words that claim
something of a number (claims.py).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from math import fsum

from analysis.charts import wording
from analysis.charts.spec import Words
from analysis.disclosure import Suppressed
from analysis.findings.card import Card, CardKind, Count, Figure, Row
from analysis.findings.offered import Offered
from analysis.report.claims import OF_NET, claims_in, is_true
from data.errors import InvalidInput

WHAT, WAS, MUST, BY = "what", "was", "must", "by"
"""Names in a token that are no variables to filter by."""
_OPENS, _CLOSES = "{{", "}}"
_RULE = re.compile(r"\s*(>=|<=|>|<|=)?\s*([-+−]?\d+(?:[.,]\d+)?)\s*%?\s*$")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_SHOWN = 40
"""Characters that are shown of a token that is left open."""
_SENTENCE_ENDS = re.compile(r"[。！？؟]|[.!?…](?=\s|$)|\n")
_DISJOINT = frozenset({CardKind.SINGLE, CardKind.BATTERY})


class What(StrEnum):
    """Which figure of a question, an option or an item a token shows."""

    SHARE = "share"
    COUNT = "count"
    N = "n"
    REPLIES = "replies"
    NET = "net"
    MEAN = "mean"
    MEDIAN = "median"
    RANK = "rank"
    FIRST = "first"
    HIGHEST = "highest"
    LOWEST = "lowest"


_OF_OPTIONS = frozenset({What.SHARE, What.COUNT, What.RANK, What.FIRST, What.HIGHEST, What.LOWEST})
_KINDS: Mapping[What, frozenset[CardKind]] = {
    What.SHARE: frozenset({CardKind.SINGLE, CardKind.MULTIPLE, CardKind.BATTERY}),
    What.COUNT: frozenset({CardKind.SINGLE, CardKind.MULTIPLE, CardKind.BATTERY}),
    What.N: frozenset(CardKind),
    What.REPLIES: frozenset(CardKind),
    What.NET: frozenset({CardKind.BATTERY}),
    What.MEAN: frozenset({CardKind.BATTERY, CardKind.NUMBER}),
    What.MEDIAN: frozenset({CardKind.NUMBER}),
    What.RANK: frozenset({CardKind.RANKING}),
    What.FIRST: frozenset({CardKind.RANKING}),
    What.HIGHEST: frozenset({CardKind.SINGLE, CardKind.MULTIPLE, CardKind.BATTERY}),
    What.LOWEST: frozenset({CardKind.SINGLE, CardKind.MULTIPLE, CardKind.BATTERY}),
}
_IN_PERCENT = frozenset({What.SHARE, What.FIRST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as it was written.

    source   the token with its braces; `start` and `end` are its place in the text
    target   what stands before the first bar: question, question.option, item.point+point
    was      the value that the writer accepted, if it stands in the token
    must     what has to hold of the number, such as ">50%"
    """

    source: str
    start: int
    end: int
    target: str
    what: str = ""
    by: str = ""
    was: str = ""
    must: str = ""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a token asks for: a figure of some options, of an item or of a question, on one card."""

    question: Offered
    what: What
    options: tuple[str, ...] = ()
    by: str = ""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def card(self) -> tuple[str, tuple[tuple[str, tuple[str, ...]], ...], str]:
        """(name, filters, comparison) of the card; equal ones are asked for once."""
        return self.question.card, self.filters, self.by


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A figure as it stands in a text.

    shown   in the reader's language; "[c]" when it is hidden
    kept    the same in no language, to be compared later; "" when it is hidden
    number  as it is shown: whole percents for a share, points for a net value; None for a group or a hidden figure
    """

    shown: str
    kept: str = ""
    number: Decimal | None = None

    @property
    def is_hidden(self) -> bool:
        """Whether protection hides it."""
        return not self.kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong at a place of a text: a code with parameters for its sentence, and the token.

    start         its place in the text; `line` and `column` are the same for people, from 1
    """

    code: str
    token: str
    start: int
    line: int
    column: int
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a filled text: words, or the value of a token with what is wrong about it."""

    text: str
    token: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A text with its numbers.

    values  token -> value in no language, of those that have one; what is remembered when the text is accepted
    """

    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...]
    values: Mapping[str, str]

    @property
    def text(self) -> str:
        """The text with the numbers in the place of the tokens."""
        return "".join(piece.text for piece in self.pieces)


CardOf = Callable[[Wanted], Card]
"""Finds the protected card of what is wanted; raises InvalidInput and the like when there is none."""


def tokens_in(text: str) -> tuple[Token | Problem, ...]:
    """The tokens of a text in their order; in the place of one that cannot be read, what is wrong with it."""
    found: list[Token | Problem] = []
    at = 0
    while (start := text.find(_OPENS, at)) >= 0:
        end = text.find(_CLOSES, start)
        again = text.find(_OPENS, start + 2)
        if end < 0 or (0 <= again < end):
            stop = min(start + _SHOWN, again if again >= 0 else len(text))
            found.append(_problem("token.not_closed", text, start, text[start:stop].splitlines()[0]))
            at = start + 2
            continue
        at = end + len(_CLOSES)
        found.append(_token(text, start, at))
    return tuple(found)


def _token(text: str, start: int, end: int) -> Token | Problem:
    source = text[start:end]
    target, *parts = (part.strip() for part in source[2:-2].split("|"))
    if not target:
        return _problem("token.empty", text, start, source)
    said: dict[str, str] = {}
    filters: dict[str, list[str]] = {}
    for part in parts:
        name, sign, value = (each.strip() for each in part.partition("="))
        if name.startswith(MUST) and not sign:  # "must>50" lacks the sign, which a rule brings along
            name, value = MUST, ""
        if not name or not value or (name in said and name in (WHAT, WAS, MUST, BY)):
            return _problem("token.part", text, start, source, part=part)
        if name in (WHAT, WAS, MUST, BY):
            said[name] = value
        else:
            filters.setdefault(name, []).append(value)
    if MUST in said and _RULE.match(said[MUST]) is None:
        return _problem("token.rule", text, start, source, rule=said[MUST])
    return Token(
        source=source,
        start=start,
        end=end,
        target=target,
        what=said.get(WHAT, ""),
        by=said.get(BY, ""),
        was=said.get(WAS, ""),
        must=said.get(MUST, ""),
        filters=tuple(sorted((name, tuple(values)) for name, values in filters.items())),
    )


def wanted(token: Token, offered: Sequence[Offered]) -> Wanted:
    """The figure that a token names; names may differ in capitals where only one is meant.

    Raises  InvalidInput "token.unknown_question", ".unknown_option", ".unknown_filter", ".unknown_code" with names that
            are near in `near`; ".unknown_figure", ".no_such_figure", ".needs_option", ".has_option", ".not_added",
            ".needs_by".
    """
    by_name = {each.name: each for each in offered}
    question, written = _question(token.target, by_name)
    options = _options(question, written) if written else ()
    what = _what(token, question, options)
    if what in _OF_OPTIONS and not options:
        raise InvalidInput(
            "token.needs_option", question=question.name, near=_some(code for code, _ in question.options)
        )
    if options and what not in _OF_OPTIONS:
        raise InvalidInput("token.has_option", what=what.value)
    if len(options) > 1 and (what not in (What.SHARE, What.COUNT) or question.kind not in _DISJOINT):
        raise InvalidInput("token.not_added", question=question.name)
    groups = what in (What.HIGHEST, What.LOWEST)
    if groups != bool(token.by):
        raise InvalidInput("token.needs_by", what=what.value)
    variables = {each.name: each for each in offered if each.filters}
    by = _variable(token.by, variables) if token.by else ""
    filters: dict[str, list[str]] = {}
    for written_name, codes in token.filters:
        name = _variable(written_name, variables)
        there = [code for code, _ in variables[name].options]
        for code in codes:
            found = _as_known(code, there)
            if not found:
                raise InvalidInput("token.unknown_code", name=name, choice=code, near=near(code, there))
            filters.setdefault(name, []).append(found)
    chosen = tuple((name, tuple(dict.fromkeys(codes))) for name, codes in sorted(filters.items()))
    return Wanted(question=question, what=what, options=options, by=by, filters=chosen)


def _as_known(name: str, known: Iterable[str]) -> str:
    """The known name that is meant: the same, else the only one that differs in capitals alone; "" for none."""
    names = list(known)
    alike = [each for each in names if each.casefold() == name.casefold()]
    return name if name in names else alike[0] if len(alike) == 1 else ""


def _variable(name: str, variables: Mapping[str, Offered]) -> str:
    found = _as_known(name, variables)
    if not found:
        raise InvalidInput("token.unknown_filter", name=name, near=near(name, list(variables)))
    return found


def _question(target: str, by_name: Mapping[str, Offered]) -> tuple[Offered, str]:
    """The question and what is written after its name; names may hold points themselves, so the longest one counts."""
    ends = [at for at in range(len(target), 0, -1) if at == len(target) or (target[at] == "." and target[at + 1 :])]
    for at in ends:
        if target[:at] in by_name:
            return by_name[target[:at]], target[at + 1 :]
    for at in ends:
        if found := _as_known(target[:at], by_name):
            return by_name[found], target[at + 1 :]
    name = target.partition(".")[0]
    raise InvalidInput("token.unknown_question", question=name, near=near(name, list(by_name)))


def _options(question: Offered, written: str) -> tuple[str, ...]:
    known = [code for code, _ in question.options]
    if whole := _as_known(written, known):
        return (whole,)
    found = []
    for code in (part.strip() for part in written.split("+")):
        meant = _as_known(code, known)
        if not meant:
            raise InvalidInput("token.unknown_option", question=question.name, choice=code, near=near(code, known))
        found.append(meant)
    return tuple(dict.fromkeys(found))


def _what(token: Token, question: Offered, options: tuple[str, ...]) -> What:
    kind = CardKind.BATTERY if question.is_item else question.kind
    if token.what:
        named = _as_known(token.what, [each.value for each in What])
        if not named:
            known = [each.value for each in What]
            raise InvalidInput("token.unknown_figure", what=token.what, near=near(token.what, known))
        what = What(named)
    elif options:
        what = What.RANK if kind is CardKind.RANKING else What.SHARE
    else:
        what = What.MEAN if kind is CardKind.NUMBER else What.SHARE
    whole_battery = kind is CardKind.BATTERY and not question.is_item
    if kind not in _KINDS[what] or (whole_battery and what not in (What.N, What.REPLIES)):
        raise InvalidInput("token.no_such_figure", question=question.name, what=what.value)
    return what


def value(asked: Wanted, card: Card, words: Words) -> Value:
    """The figure on its card, as the card shows it.

    Raises  InvalidInput "token.no_such_figure" when the card has none, ".nobody_answered" when there is nothing to
            count, ".tied" when several groups have the highest or lowest share.
    """
    item = next((each for each in card.items if each.name == asked.question.name), None)
    rows = {row.code: row for row in (item.rows if item is not None else card.rows)}
    base = item.base if item is not None else card.base
    chosen = [rows[code] for code in asked.options if code in rows]
    if len(chosen) != len(asked.options):
        raise InvalidInput("token.no_such_figure", question=asked.question.name, what=asked.what.value)
    if asked.what is What.REPLIES:
        return _count(card.base.replies, words)
    if asked.what is What.N:
        return _count(base.answered, words)
    if base.answered == 0:
        raise InvalidInput("token.nobody_answered", question=asked.question.name)
    match asked.what:
        case What.SHARE:
            return _share(_sum([row.cell.share for row in chosen]), words)
        case What.COUNT:
            return _count(_whole([row.cell.count for row in chosen]), words)
        case What.FIRST:
            first = chosen[0].first
            return _share(_there(None if first is None else first.share, asked), words)
        case What.RANK:
            return _decimal(_there(chosen[0].mean_rank, asked), words)
        case What.NET:
            return _net(_there(item.net if item is not None else None, asked), words)
        case What.MEAN:
            return _decimal(_there(item.mean if item is not None else card.mean, asked), words)
        case What.MEDIAN:
            return _decimal(_there(card.median, asked), words)
        case _:
            return _group(asked, chosen[0], card, words)


def fill(
    text: str,
    offered: Sequence[Offered],
    card_of: CardOf,
    words: Words,
    *,
    accepted: Mapping[str, str] | None = None,
) -> Filled:
    """The text with its numbers, and everything that is wrong with them.

    accepted  token -> value when the text was accepted; one that is shown otherwise now is stale
    A hidden, stale or contradicted number is still written, so that whoever reads the preview sees what is meant.
    """
    pieces: list[Piece] = []
    values: dict[str, str] = {}
    found: list[tuple[Token, Wanted, Value]] = []
    faults: dict[int, Problem] = {}
    for each in tokens_in(text):
        if isinstance(each, Problem):
            faults[each.start] = each
            continue
        try:
            asked = wanted(each, offered)
            number = value(asked, card_of(asked), words)
        except InvalidInput as error:
            faults[each.start] = _problem(error.code, text, each.start, each.source, **error.params)
            continue
        found.append((each, asked, number))
        if number.is_hidden:
            faults[each.start] = _problem("token.hidden", text, each.start, each.source)
            continue
        values[each.source] = number.kept
        was = _plain(each.was) or (accepted or {}).get(each.source, "")
        if was and was != number.kept:
            faults[each.start] = _problem("token.stale", text, each.start, each.source, was=was, now=number.kept)
    for start, problem in _contradictions(text, found, words).items():
        faults.setdefault(start, problem)
    at = 0
    shown = {token.start: number.shown for token, _asked, number in found}
    for each in tokens_in(text):
        start = each.start
        end = start + len(each.token if isinstance(each, Problem) else each.source)
        pieces.append(Piece(text=text[at:start]))
        words_there = shown.get(start, text[start:end])
        pieces.append(Piece(text=words_there, token=text[start:end], problem=faults.get(start)))
        at = end
    pieces.append(Piece(text=text[at:]))
    return Filled(
        pieces=tuple(piece for piece in pieces if piece.text),
        problems=tuple(problem for _start, problem in sorted(faults.items(), key=lambda pair: pair[0])),
        values=values,
    )


def _contradictions(text: str, found: Sequence[tuple[Token, Wanted, Value]], words: Words) -> dict[int, Problem]:
    """Start of a token -> what the words around it, or its own rule, say that its number does not."""
    problems: dict[int, Problem] = {}
    for token, _asked, number in found:
        if token.must and number.number is not None and not _holds(token.must, number.number):
            problems[token.start] = _problem(
                "token.rule_broken", text, token.start, token.source, rule=token.must, now=number.kept
            )
    blank = text
    for token, _asked, _number in found:  # codes are no words of the sentence
        blank = blank[: token.start] + "\ufffc" * (token.end - token.start) + blank[token.end :]
    ends = [0, *(match.end() for match in _SENTENCE_ENDS.finditer(blank)), len(blank)]
    for said in claims_in(blank, words.language):
        first, last = max(end for end in ends if end <= said.start), min(end for end in ends if end >= said.end)
        near = [
            (min(abs(token.start - said.end), abs(said.start - token.end)), token.start, token, number)
            for token, asked, number in found
            if first <= token.start < last
            and number.number is not None
            and (asked.what is What.NET if said.claim in OF_NET else asked.what in _IN_PERCENT)
        ]
        if not near:
            continue
        _distance, start, token, number = min(near, key=lambda each: each[:2])
        assert number.number is not None
        if not token.must and not is_true(said.claim, float(number.number)):
            problem = _problem("token.contradicted", text, start, token.source, words=said.words, now=number.kept)
            problems.setdefault(start, problem)
    return problems


def figures_of(question: Offered) -> tuple[What, ...]:
    """The figures that there are of a question, the usual one first."""
    kind = CardKind.BATTERY if question.is_item else question.kind
    if kind is CardKind.BATTERY and not question.is_item:
        return (What.N, What.REPLIES)
    return tuple(what for what in What if kind in _KINDS[what])


def with_was(token: str, value: str) -> str:
    """The token with another accepted value, where it holds one; else as it is."""
    return re.sub(r"(\|\s*was\s*=)[^|}]*", lambda found: f"{found.group(1)}{value}", token)


def _holds(rule: str, number: Decimal) -> bool:
    match = _RULE.match(rule)
    assert match is not None  # the token would not have been read otherwise
    sign, bound = match.group(1) or "=", Decimal(_plain(match.group(2)))
    return {
        ">": number > bound,
        ">=": number >= bound,
        "<": number < bound,
        "<=": number <= bound,
        "=": number == bound,
    }[sign]


def _share(of: Figure, words: Words) -> Value:
    shown = wording.share(of, words)
    if isinstance(of, Suppressed):
        return Value(shown=shown)
    if 0 < of < 0.005:  # written "<1 %", as on every chart
        return Value(shown=shown, kept="<1", number=Decimal("0.5"))
    return _numeric(shown, wording.rounded(of, "0.01") * 100)


def _count(of: Count, words: Words) -> Value:
    shown = wording.count(of, words)
    return Value(shown=shown) if isinstance(of, Suppressed) else _numeric(shown, Decimal(of))


def _decimal(of: Figure, words: Words) -> Value:
    shown = wording.decimal(of, words)
    return Value(shown=shown) if isinstance(of, Suppressed) else _numeric(shown, wording.rounded(of, "0.1"))


def _net(of: Figure, words: Words) -> Value:
    shown = wording.points(of, words)
    return Value(shown=shown) if isinstance(of, Suppressed) else _numeric(shown, wording.rounded(of, "0.01") * 100)


def _numeric(shown: str, number: Decimal) -> Value:
    plain = number.normalize() + 0  # no minus before nothing
    return Value(shown=shown, kept=f"{plain:f}", number=plain)


def _group(asked: Wanted, row: Row, card: Card, words: Words) -> Value:
    """The group with the highest or lowest share; hidden as soon as one group's share is, for it may be that one."""
    cells = {column.code: row.by.get(column.code) for column in card.columns}
    shares: dict[str, float] = {}
    for code, cell in cells.items():
        if cell is None:
            continue
        if isinstance(cell.share, Suppressed):
            return Value(shown=wording.hidden(words))
        if cell.low is not None:  # else nobody of the group answered
            shares[code] = cell.share
    if not shares:
        raise InvalidInput("token.nobody_answered", question=asked.question.name)
    best = (max if asked.what is What.HIGHEST else min)(shares.values())
    labels = {column.code: column.label for column in card.columns}
    first = [code for code, each in shares.items() if wording.rounded(each, "0.01") == wording.rounded(best, "0.01")]
    if len(first) > 1:
        groups = wording.listing((labels[code] for code in first), words)
        raise InvalidInput("token.tied", groups=groups)
    return Value(shown=labels[first[0]], kept=first[0])


def _sum(shares: Sequence[Figure]) -> Figure:
    hidden = next((each for each in shares if isinstance(each, Suppressed)), None)
    return hidden if hidden is not None else fsum(each for each in shares if not isinstance(each, Suppressed))


def _whole(counts: Sequence[Count]) -> Count:
    hidden = next((each for each in counts if isinstance(each, Suppressed)), None)
    return hidden if hidden is not None else sum(each for each in counts if not isinstance(each, Suppressed))


def _there(figure: Figure | None, asked: Wanted) -> Figure:
    if figure is None:
        raise InvalidInput("token.no_such_figure", question=asked.question.name, what=asked.what.value)
    return figure


def _plain(written: str) -> str:
    """A number as people write it, in the form in which it is compared."""
    bare = written.replace("%", "").replace("\u2212", "-").replace(",", ".").strip()
    return f"{Decimal(bare).normalize() + 0:f}" if _NUMBER.fullmatch(bare) else bare


def near(name: str, known: Sequence[str]) -> str:
    """Names that are near, in a row; those that differ in capitals come first."""
    lowered = {each.lower(): each for each in known}
    close = get_close_matches(name.lower(), list(lowered), n=3, cutoff=0.6)
    return ", ".join(lowered[each] for each in close) or _some(known)


def _some(known: Iterable[str]) -> str:
    names = list(known)
    return ", ".join(names[:8]) + (" …" if len(names) > 8 else "")


def _problem(code: str, text: str, start: int, token: str, **params: object) -> Problem:
    before = text[:start]
    line_start = before.rfind("\n") + 1
    return Problem(
        code=code,
        token=token,
        start=start,
        line=before.count("\n") + 1,
        column=start - line_start + 1,
        params=params,
    )
