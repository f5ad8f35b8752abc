"""Use case: the groups of opinion in a battery."""

from datetime import datetime

from analysis import ledger
from analysis.dataset.arrays import Dataset
from analysis.dataset.remembering import remembered
from analysis.disclosure import Audience
from analysis.findings.opinions import Division, Opinions, divide
from analysis.findings.opinions import opinions as protected_opinions
from analysis.opened_data import open_data, source_of
from data.store import Store
from survey.access import Actor


def opinions(
    store: Store,
    slug: str,
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    now: datetime,
    snapshot: str = "",
) -> Opinions:
    """The groups of opinion in a battery, always of all replies, whatever is filtered elsewhere."""
    opened = open_data(store, slug, actor, audience, snapshot)
    division = _division(opened.dataset, opened.digest, question)
    rules = ledger.rules_of(opened.consultation, audience)
    return protected_opinions(
        opened.dataset,
        division,
        audience=audience,
        rules=rules,
        language=language,
        source=source_of(store, opened, language, now, rules),
    )


@remembered(16)
def _division(dataset: Dataset, _digest: str, question: str) -> Division:
    return divide(dataset, question)
