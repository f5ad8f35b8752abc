"""Use case: the replies themselves, unprotected, for those who may see all of them."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from analysis import ledger, states
from analysis.contact_frame import contact_list
from analysis.dataset.arrays import Dataset
from analysis.dataset.frame import frame as labelled
from analysis.dataset.frame import repeat_frame
from analysis.disclosure import Audience
from analysis.findings.card import Source
from analysis.findings.listed import ContactList
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
    contacts: ContactList


def frame(
    store: Store, slug: str, *, actor: Actor, language: str, now: datetime, repeat: str = "", snapshot: str = ""
) -> pd.DataFrame:
    """Every submitted reply as one labelled row, unprotected, for whoever goes on alone with pandas.

    The column EXCLUDED marks those that do not count after a review of their quality. `frame.attrs["source"]` names
    the consultation, whether it is fictional, the moment, and the SHA-256 of the state that figures rest on.

    repeat    instead, every instance of this repeat as a row
    snapshot  of this frozen state: the replies of then that count still, as they were; attrs["source"]["gone"] says how
              many others there were
    """
    opened = open_data(store, slug, actor, Audience.INTERNAL, snapshot)
    rules = ledger.rules_of(opened.consultation, Audience.INTERNAL)
    source = source_document(source_of(store, opened, language, now, rules))
    frozen = opened.frozen
    with store.read() as kept:
        consultation = kept.consultation(slug)
        excluded = kept.excluded_responses(consultation.id, opened.scope)
        if frozen is None:
            line, responses = published_forms.lineage_of(kept, consultation.id), None
        else:
            line = states.line_of(kept, consultation, frozen.record)
            responses = states.handed_over(line, frozen)
            source["gone"] = frozen.record.replies - len(responses)
        if repeat:
            dataset = every_reply(store, opened.consultation, opened.scope) if frozen is None else opened.dataset
            who = dataset.respondents
            found = repeat_frame(
                line,
                kept.responses(consultation.id, opened.scope) if responses is None else responses,
                repeat,
                language,
                hidden=frozenset(opened.consultation.roles.get("contact", "").split()),
                permissions={key: who.publishes.at(row) for row, key in enumerate(who.ids.tolist())},
            )
        elif responses is None:
            found = labelled(every_reply(store, opened.consultation, opened.scope), language)
        else:
            found = labelled(opened.dataset, language)
            found = found[found.index.isin([each.id for each in responses])]
    found[EXCLUDED] = found.index.get_level_values("response_id").isin(excluded)
    found.attrs["source"] = source
    return found


def unprotected(store: Store, slug: str, *, actor: Actor, language: str, now: datetime) -> Unprotected:
    """Every submitted reply that the actor may see, with the contact frame to weigh by."""
    opened = open_data(store, slug, actor, Audience.INTERNAL)
    rules = ledger.rules_of(opened.consultation, Audience.INTERNAL)
    with store.read() as kept:
        contacts = contact_list(kept, opened.consultation, opened.scope, rules)
    return Unprotected(
        consultation=opened.consultation,
        questionnaire=opened.questionnaire,
        dataset=opened.dataset,
        digest=opened.digest,
        source=source_of(store, opened, language, now, rules),
        contacts=contacts,
    )
