"""Open answers that an audience may read, in the words in which they were written."""

import re
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from analysis.dataset.arrays import NO_FILTERS, Dataset, TextColumn
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
    found = _readable(dataset, view, question, search)
    return len(found), _quotes(dataset, view, question, found[:limit])


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


def _quotes(dataset: Dataset, view: View, question: str, rows: Sequence[tuple[int, str]]) -> tuple[Quote, ...]:
    internal = view.audience is Audience.INTERNAL
    regions = _region_words(dataset, view.language)
    small = _small_regions(dataset, view)
    found = []
    for row, text in rows:
        who = dataset.respondents[row]
        permission = Permission(who.publish)
        named = internal or permission is Permission.NAMED
        found.append(
            Quote(
                response_id=who.response_id,
                question=question,
                text=text,
                language=who.language,
                region=regions.get(who.region, who.region) if named or who.region not in small else "",
                attribution=who.organisation if named else "",
                permission=permission,
            )
        )
    return tuple(found)


def _readable(dataset: Dataset, view: View, question: str, search: str) -> list[tuple[int, str]]:
    """(row, words) of the answers in view that the audience may read and that contain the words searched for."""
    column = dataset.columns[question]
    if view.hidden or not isinstance(column, TextColumn):
        return []
    allowed = list(Permission) if view.audience is Audience.INTERNAL else [Permission.NAMED, Permission.ANONYMOUS]
    permissions = dataset.respondents.publishes
    may = np.array([word in allowed for word in permissions.words], dtype=np.bool_)
    rows = (view.rows & may[permissions.codes]).tolist()
    wanted = folded(search)
    return [(row, text) for row, text in column.texts if rows[row] and (not wanted or wanted in folded(text))]


def folded(text: str) -> str:
    """The text without case and diacritics, for comparing: "Été" and "ete" are the same afterwards."""
    if text.isascii():
        return text.casefold()
    return _combining().sub("", unicodedata.normalize("NFKD", text.casefold()))


@lru_cache(maxsize=1)
def _combining() -> re.Pattern[str]:
    """Every sign that only changes the letter before it."""
    signs = (chr(number) for number in range(0x80, sys.maxunicode + 1))
    return re.compile(f"[{''.join(sign for sign in signs if unicodedata.combining(sign))}]+")


def _region_words(dataset: Dataset, language: str) -> Mapping[str, str]:
    variable = dataset.variables.get(dataset.codebook.roles.get("region", ""))
    codes = variable.codes if variable else ()
    return {code.name: dataset.codebook.words(code.label, language, code.name) for code in codes}


def _small_regions(dataset: Dataset, view: View) -> frozenset[str]:
    replies = dataset.respondents.regions.counts()
    return frozenset(region for region, count in replies.items() if view.rules.hides(count))
