"""Use case: what replies tell of all who were invited: their weights, and estimates for the whole contact frame."""

from dataclasses import dataclass
from datetime import datetime

from analysis.disclosure import Audience
from analysis.findings.card import Card
from analysis.findings.estimates import OptionEstimate, estimates
from analysis.findings.method import Method, WeightKind, WeightReport
from analysis.findings.refine import require_method
from analysis.findings.weighting import weigh
from analysis.opened_data import Filters, frame_of, open_data, screen_audience
from analysis.review import card
from data.store import Store
from survey.access import Actor

RAKED = Method(weights=WeightKind.RAKED)


def weights(
    store: Store, slug: str, method: Method, *, actor: Actor, language: str, snapshot: str = ""
) -> WeightReport | None:
    """What the weights of a method are and cost; None without any.

    Raises  InvalidInput as `analysis.findings.weighting.weigh`; NotAllowed "weights.internal_only" for who sees
            protected figures only: the heaviest weight tells how many replies the smallest region sent.
    """
    require_method(method, screen_audience(actor, slug))
    opened = open_data(store, slug, actor, Audience.MEETING, snapshot)
    found = weigh(opened.dataset, method, frame_of(store, opened, method), language)
    return None if found is None else found.report


def margins(store: Store, slug: str, *, actor: Actor, language: str, snapshot: str = "") -> dict[str, str]:
    """Variables of the contact frame that can be weighted by, with their labels; {} for who may not see weights."""
    opened = open_data(store, slug, actor, Audience.MEETING, snapshot)
    if screen_audience(actor, slug) is not Audience.INTERNAL:
        return {}
    known = opened.dataset.variables
    names = [name for each in frame_of(store, opened, RAKED) for name in each.variables if name in known]
    return {name: opened.dataset.codebook.words(known[name].label, language, name) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """The estimates of a question's options, and the card that they are made of: its n, audience and state."""

    card: Card
    options: tuple[OptionEstimate, ...]


def estimate(
    store: Store,
    slug: str,
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    now: datetime,
    snapshot: str = "",
) -> Estimated:
    """Every option of a question of choices with all its intervals, and what it says of the whole contact frame.

    For a meeting and the public it rests on the card that they may see, and stands in the ledger as that card.

    snapshot  of this frozen state, which has kept the contact list by region and type only: no figure is of all of it
    """
    opened = open_data(store, slug, actor, audience, snapshot)
    filters = Filters(snapshot=snapshot)
    found = card(store, slug, question, actor=actor, audience=audience, language=language, filters=filters, now=now)
    margins = frame_of(store, opened, Method(weights=WeightKind.RAKED))
    invited = 0
    if opened.frozen is None:
        with store.read() as kept:
            invited = sum(each.invited for each in kept.frame_counts(opened.consultation.id, opened.scope))
    return Estimated(card=found, options=estimates(found, opened.dataset, margins, invited))
