"""Use case: read the open answers that an audience may read."""

from analysis import ledger
from analysis.disclosure import Audience
from analysis.findings import quotes as voices
from analysis.findings.card import Quote
from analysis.opened_data import Filters, open_data
from data.store import Store
from survey.access import Actor


def quotes(
    store: Store,
    slug: str,
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    filters: Filters,
    search: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> tuple[Quote, ...]:
    """Open answers that this audience may read."""
    opened = open_data(store, slug, actor, audience, filters.snapshot)
    return voices.quotes(
        opened.dataset,
        question,
        audience=audience,
        language=language,
        filters=filters.as_mapping(),
        rules=ledger.rules_of(opened.consultation, audience),
        search=search,
        limit=limit,
        offset=offset,
    )


def first_quotes(
    store: Store,
    slug: str,
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    filters: Filters,
    search: str = "",
    limit: int,
) -> tuple[int, tuple[Quote, ...]]:
    """How many open answers this audience may read, and the first of them."""
    opened = open_data(store, slug, actor, audience, filters.snapshot)
    return voices.first_quotes(
        opened.dataset,
        question,
        audience=audience,
        language=language,
        filters=filters.as_mapping(),
        rules=ledger.rules_of(opened.consultation, audience),
        search=search,
        limit=limit,
    )
