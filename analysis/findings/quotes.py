"""Open answers that an audience may read, in the words in which they were written."""

import unicodedata
from collections.abc import Mapping, Sequence

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
    variable = dataset.variables.get(question)
    if variable is None:
        raise NotFound("card.unknown_question", question=question)
    if variable.kind is not Kind.TEXT:
        raise InvalidInput("quotes.not_a_text", question=question)
    if variable.identifying and audience is not Audience.INTERNAL:
        raise NotAllowed("card.identifying", question=question)
    view = open_view(dataset, audience=audience, rules=rules or policy(audience), language=language, filters=filters)
    return view_quotes(dataset, view, question, search=search, limit=limit, offset=offset)


def view_quotes(
    dataset: Dataset, view: View, question: str, *, search: str = "", limit: int | None = None, offset: int = 0
) -> tuple[Quote, ...]:
    """As `quotes`, for a view already opened and a question already known to be a text that the audience may see."""
    column = dataset.columns[question]
    if view.hidden or not isinstance(column, TextColumn):
        return ()
    wanted = folded(search)
    internal = view.audience is Audience.INTERNAL
    regions = _region_words(dataset, view.language)
    small = _small_regions(dataset, view)
    found = []
    for row, text in column.texts:
        who = dataset.respondents[row]
        permission = Permission(who.publish)
        named = internal or permission is Permission.NAMED
        readable = named or permission is Permission.ANONYMOUS
        if not view.rows[row] or not readable or wanted not in folded(text):
            continue
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
    end = None if limit is None else offset + limit
    return tuple(found[offset:end])


def folded(text: str) -> str:
    """The text without case and diacritics, for comparing: "Été" and "ete" are the same afterwards."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _region_words(dataset: Dataset, language: str) -> Mapping[str, str]:
    variable = dataset.variables.get(dataset.codebook.roles.get("region", ""))
    codes = variable.codes if variable else ()
    return {code.name: dataset.codebook.words(code.label, language, code.name) for code in codes}


def _small_regions(dataset: Dataset, view: View) -> frozenset[str]:
    replies = dataset.respondents.regions.counts()
    return frozenset(region for region, count in replies.items() if view.rules.hides(count))
