"""Use case: the replies themselves, unprotected, for those who may see all of them."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from analysis import ledger
from analysis.contact_frame import frame_margins
from analysis.dataset.arrays import Dataset
from analysis.dataset.frame import frame as labelled
from analysis.dataset.frame import repeat_frame
from analysis.disclosure import Audience
from analysis.findings.card import Source
from analysis.findings.method import FrameMargin
from analysis.findings.table import source_document
from analysis.opened_data import every_reply, open_data, source_of
from data.records import ConsultationRecord
from data.store import Store
from survey import published_forms
from survey.access import Actor
from survey.questionnaire import Questionnaire

EXCLUDED = "response/excluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unprotected:
    """The replies themselves, for the use cases that hand them over; `digest` in full."""

    consultation: ConsultationRecord
    questionnaire: Questionnaire
    dataset: Dataset
    digest: str
    source: Source
    margins: tuple[FrameMargin, ...]


def frame(store: Store, slug: str, *, actor: Actor, language: str, now: datetime, repeat: str = "") -> pd.DataFrame:
    """Every submitted reply as one labelled row, unprotected, for whoever goes on alone with pandas.

    The column EXCLUDED marks those that do not count after a review of their quality. `frame.attrs["source"]` names
    the consultation, whether it is fictional, the moment, and the SHA-256 of the state that figures rest on.

    repeat  instead, every instance of this repeat as a row
    """
    opened = open_data(store, slug, actor, Audience.INTERNAL)
    rules = ledger.rules_of(opened.consultation, Audience.INTERNAL)
    source = source_document(source_of(store, opened, language, now, rules))
    dataset = every_reply(store, opened.consultation, opened.scope)
    with store.read() as kept:
        left_out = kept.excluded_responses(opened.consultation.id, opened.scope)
        if repeat:
            who = dataset.respondents
            permissions = {key: who.publishes.at(row) for row, key in enumerate(who.ids.tolist())}
            consultation = kept.consultation(slug)
            found = repeat_frame(
                published_forms.lineage_of(kept, consultation.id),
                kept.responses(consultation.id, opened.scope),
                repeat,
                language,
                hidden=frozenset(consultation.roles.get("contact", "").split()),
                permissions=permissions,
            )
        else:
            found = labelled(dataset, language)
    found[EXCLUDED] = found.index.get_level_values("response_id").isin(left_out)
    found.attrs["source"] = source
    return found


def unprotected(store: Store, slug: str, *, actor: Actor, language: str, now: datetime) -> Unprotected:
    """Every submitted reply that the actor may see, with the contact frame to weigh by."""
    opened = open_data(store, slug, actor, Audience.INTERNAL)
    with store.read() as kept:
        margins = frame_margins(kept, opened.consultation, opened.scope)
    return Unprotected(
        consultation=opened.consultation,
        questionnaire=opened.questionnaire,
        dataset=opened.dataset,
        digest=opened.digest,
        source=source_of(store, opened, language, now, ledger.rules_of(opened.consultation, Audience.INTERNAL)),
        margins=margins,
    )
