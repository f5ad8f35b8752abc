"""Open answers that an audience may read, in the words in which they were written."""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import islice

import numpy as np

from analysis.dataset.arrays import NO_FILTERS, BoolArray, Dataset, TextColumn
from analysis.dataset.remembering import remembered
from analysis.dataset.texts import PIECE, words_of
from analysis.disclosure import Audience, Permission, Policy, policy
from analysis.findings.card import Quote
from analysis.findings.view import View, open_view
from data.errors import InvalidInput, NotAllowed, NotFound
from survey.questionnaire import Kind


def quotes(
    dataset: Dataset,
    question: str,
    *,
    audience: Audience,
    language: str,
    filters: Mapping[str, Sequence[str]] = NO_FILTERS,
    rules: Policy | None = None,
    search: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> tuple[Quote, ...]:
    """The answers to an open question that this audience may read, in the order of the responses.

    INTERNAL reads all of them, with the organisation's name; each says what its reply permits.
    MEETING and PUBLIC read those with the permission "named",
    with that name, and those with "anon", without; never one without permission. They read nothing when fewer
    replies than the threshold are in view, and the region of an anonymous answer only when at least that many replies
    come from the region.

    rules    what holds for the audience; None for `disclosure.policy`
    search   shows only answers that contain these words, whatever their case and diacritics.
    limit    at most so many, after leaving out `offset`; None for all.
    Raises   NotFound "card.unknown_question"; InvalidInput "quotes.not_a_text"; NotAllowed "card.identifying" when the
             question names the organisation and the audience is not internal; as open_view.
    """
    view = _opened(dataset, question, audience, language, filters, rules)
    return view_quotes(dataset, view, question, search=search, limit=limit, offset=offset)


def first_quotes(
    dataset: Dataset,
    question: str,
    *,
    audience: Audience,
    language: str,
    filters: Mapping[str, Sequence[str]] = NO_FILTERS,
    rules: Policy | None = None,
    search: str = "",
    limit: int,
) -> tuple[int, tuple[Quote, ...]]:
    """How many there are, and the first of them; arguments and errors as for `quotes`."""
    view = _opened(dataset, question, audience, language, filters, rules)
    rows = _readable(dataset, view, question, search)
    return len(rows), _quotes(dataset, view, question, rows[:limit])


def _opened(
    dataset: Dataset,
    question: str,
    audience: Audience,
    language: str,
    filters: Mapping[str, Sequence[str]],
    rules: Policy | None,
) -> View:
    variable = dataset.variables.get(question)
    if variable is None:
        raise NotFound("card.unknown_question", question=question)
    if variable.kind is not Kind.TEXT:
        raise InvalidInput("quotes.not_a_text", question=question)
    if variable.identifying and audience is not Audience.INTERNAL:
        raise NotAllowed("card.identifying", question=question)
    return open_view(dataset, audience=audience, rules=rules or policy(audience), language=language, filters=filters)


def view_quotes(
    dataset: Dataset, view: View, question: str, *, search: str = "", limit: int | None = None, offset: int = 0
) -> tuple[Quote, ...]:
    """As `quotes`, for a view already opened and a question already known to be a text that the audience may see."""
    end = None if limit is None else offset + limit
    return _quotes(dataset, view, question, _readable(dataset, view, question, search)[offset:end])


def _quotes(dataset: Dataset, view: View, question: str, rows: Sequence[int]) -> tuple[Quote, ...]:
    internal = view.audience is Audience.INTERNAL
    regions = _region_words(dataset, view.language)
    small = _small_regions(dataset, view)
    found = []
    column = dataset.columns[question]
    assert isinstance(column, TextColumn)
    for row in rows:
        who = dataset.respondents[row]
        permission = Permission(who.publish)
        named = internal or permission is Permission.NAMED
        found.append(
            Quote(
                response_id=who.response_id,
                question=question,
                text=column.texts.at(row) or "",
                language=who.language,
                region=regions.get(who.region, who.region) if named or who.region not in small else "",
                attribution=who.organisation if named else "",
                permission=permission,
            )
        )
    return tuple(found)


def _readable(dataset: Dataset, view: View, question: str, search: str) -> list[int]:
    """The rows whose answers the audience may read, in view, that contain the words searched for."""
    column = dataset.columns[question]
    if view.hidden or not isinstance(column, TextColumn):
        return []
    allowed = list(Permission) if view.audience is Audience.INTERNAL else [Permission.NAMED, Permission.ANONYMOUS]
    permissions = dataset.respondents.publishes
    may = np.array([word in allowed for word in permissions.words], dtype=np.bool_)
    rows = view.rows & may[permissions.codes] & column.texts.there
    wanted = folded(search)
    if wanted:
        rows &= _containing(dataset, question, wanted)
    found: list[int] = np.flatnonzero(rows).tolist()
    return found


@remembered(16)  # a page that is drawn again asks for the same words
def _containing(dataset: Dataset, question: str, wanted: str) -> BoolArray:
    """(n,) the rows whose answers contain what was folded before."""
    column = dataset.columns[question]
    assert isinstance(column, TextColumn)
    found = np.zeros(column.texts.size, dtype=np.bool_)
    rows = np.flatnonzero(column.texts.there)
    texts = (words for piece in column.texts.pieces for words in words_of(piece) if words is not None)
    for start in range(0, rows.size, PIECE):
        part = list(islice(texts, PIECE))
        found[rows[start : start + PIECE]] = [wanted in text for text in _all_folded(part)]
    found.setflags(write=False)
    return found


def folded(text: str) -> str:
    """The text without case and diacritics, for comparing: "Été" and "ete" are the same afterwards."""
    if text.isascii():
        return text.casefold()
    letters = unicodedata.normalize("NFKD", text.casefold())
    signs = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    table = _combining()
    bare = signs[~table[np.where(signs < table.size, signs, 0)]]
    return bare.tobytes().decode("utf-32-le", "surrogatepass")


def _all_folded(texts: Sequence[str]) -> list[str]:
    """Each text as `folded` makes it; all at once, which takes a tenth of the time."""
    together = folded(_BETWEEN.join(texts)).split(_BETWEEN) if texts else []
    return together if len(together) == len(texts) else [folded(text) for text in texts]


_BETWEEN = "\x1e"
"""The record separator: nobody types it, and it is folded to itself."""


@lru_cache(maxsize=1)
def _combining() -> BoolArray:
    """(signs,) those that only change the letter before them; behind the first two planes there are none."""
    return np.array([unicodedata.combining(chr(number)) > 0 for number in range(0x2_0000)], dtype=np.bool_)


def _region_words(dataset: Dataset, language: str) -> Mapping[str, str]:
    variable = dataset.variables.get(dataset.codebook.roles.get("region", ""))
    codes = variable.codes if variable else ()
    return {code.name: dataset.codebook.words(code.label, language, code.name) for code in codes}


def _small_regions(dataset: Dataset, view: View) -> frozenset[str]:
    replies = dataset.respondents.regions.counts()
    return frozenset(region for region, count in replies.items() if view.rules.hides(count))
