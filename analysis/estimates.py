"""Use case: what replies tell of all who were invited: their weights, and estimates for the whole contact frame."""

from dataclasses import dataclass
from datetime import datetime

from analysis.disclosure import Audience
from analysis.findings.card import Card
from analysis.findings.estimates import Estimates, estimates, require_estimates
from analysis.findings.method import Method, WeightReport
from analysis.findings.refine import require_method
from analysis.findings.weighting import weigh, with_uncounted
from analysis.opened_data import Filters, contacts_of, list_size, margins_of, open_data, screen_audience, whole_list
from analysis.review import card
from data.store import Store
from survey.access import Actor

NO_FILTERS = Filters()


def weights(
    store: Store, slug: str, method: Method, *, actor: Actor, language: str, snapshot: str = ""
) -> WeightReport | None:
    """What the weights of a method are and cost; None without any.

    Raises  InvalidInput as `analysis.findings.weighting.weigh`; NotAllowed "weights.internal_only" for who sees
            protected figures only: the heaviest weight tells how many replies the smallest region sent.
    """
    require_method(method, screen_audience(actor, slug))
    opened = open_data(store, slug, actor, Audience.MEETING, snapshot)
    contacts = contacts_of(store, opened, method, Audience.INTERNAL)
    found = with_uncounted(weigh(opened.dataset, method, contacts.margins, language), opened.dataset, contacts)
    return None if found is None else found.report


def margins(store: Store, slug: str, *, actor: Actor, language: str, snapshot: str = "") -> dict[str, str]:
    """Variables of the contact frame that can be weighted by, with their labels; {} for who may not see weights."""
    opened = open_data(store, slug, actor, Audience.MEETING, snapshot)
    if screen_audience(actor, slug) is not Audience.INTERNAL:
        return {}
    known = opened.dataset.variables
    names = [name for each in margins_of(store, opened) for name in each.variables if name in known]
    return {name: opened.dataset.codebook.words(known[name].label, language, name) for name in names}


def framed(store: Store, slug: str, *, actor: Actor, snapshot: str = "") -> bool:
    """Whether there is a contact list that shares can be bounded by; an older frozen state has kept none."""
    return bool(list_size(store, open_data(store, slug, actor, Audience.MEETING, snapshot)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """The estimates of a question, and the card that they are made of: its n, audience and state."""

    card: Card
    estimates: Estimates


def estimate(
    store: Store,
    slug: str,
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    now: datetime,
    filters: Filters = NO_FILTERS,
    by: str = "",
) -> Estimated:
    """What a question of choices or numbers says of the whole contact frame, of all in view and of each group.

    For a meeting and the public it rests on the card that they may see, and stands in the ledger as that card.

    by       a variable whose values are the groups
    Raises   InvalidInput "estimate.no_choices"; as `analysis.review.card`.
    """
    opened = open_data(store, slug, actor, audience, filters.snapshot)
    require_estimates(opened.dataset, question)
    found = card(
        store, slug, question, actor=actor, audience=audience, language=language, filters=filters, now=now, by=by
    )
    return Estimated(card=found, estimates=estimates(found, opened.dataset, whole_list(store, opened, audience)))
