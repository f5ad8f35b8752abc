"""Closed answers of one organisation, drawn from the distributions in `tendencies.py`.

A latent optimism moves all scales of a respondent together; a latent carelessness decides how much is skipped, and
questions near the end of the form are skipped more often. Codes come out in the order of the form's lists.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.demo import tendencies as lean
from data.demo.organisations import Organisation

Answers = dict[str, str | int | list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """What stays the same through one respondent's answers."""

    organisation: Organisation
    priority: str
    challenge: str
    """The challenge that the recommendation addresses."""
    fields: tuple[str, ...]
    optimism: float
    carelessness: float


def character(organisation: Organisation, *, priority: str, challenge: str, rng: random.Random) -> Character:
    """A respondent of that organisation."""
    theme = lean.FIELDS[organisation.theme]
    count = 2 if organisation.theme == "rights" else 1
    fields = _some(theme, count + rng.choices((0, 1, 2, 3), (20, 40, 28, 12))[0], lean.FIELD_ORDER, rng)
    gloom = 0.2 if organisation.organisation_type == "pwud" else 0.0
    return Character(
        organisation=organisation,
        priority=priority,
        challenge=challenge,
        fields=tuple(fields),
        optimism=max(-2.0, min(2.0, rng.gauss(0, 1))) - gloom,
        carelessness=rng.choices((0.4, 1.9), (60, 40))[0],
    )


def organisation_answers(who: Character, rng: random.Random) -> Answers:
    """The sections before the progress battery, without texts."""
    home = who.organisation
    answers: Answers = {"consent": "agree"}
    answers["publish"] = _one(lean.PUBLISH.get(home.region, lean.PUBLISH_ELSEWHERE), rng)
    answers |= {"org_name": home.name, "country": home.country, "region": home.region}
    answers["org_type"] = home.organisation_type
    answers["work_level"] = _levels(home, rng)
    answers["fields"] = list(who.fields)
    challenges = {who.challenge: 99.0, who.priority: 30.0} | {
        code: float(weight)
        for code, weight in lean.PRIORITY[home.region].items()
        if code not in (who.challenge, who.priority)
    }
    answers["work_challenges"] = _some(challenges, rng.choices((1, 2, 3), (15, 35, 50))[0], sorted(challenges), rng)
    if not _skips(who, 0.06, rng):
        weights = lean.POPULATIONS[home.theme]
        chosen = _some(weights, rng.choices((1, 2, 3, 4), (20, 35, 30, 15))[0], lean.POPULATION_ORDER, rng)
        answers["populations"] = (
            ["none"] if chosen[-1] == "none" and len(chosen) == 1 else [c for c in chosen if c != "none"]
        )
    ecosoc = _one(_by_type(lean.ECOSOC, home), rng)
    answers["ecosoc"] = ecosoc
    if not _skips(who, 0.06, rng):
        shares = lean.NETWORKS["status" if ecosoc in ("general", "special", "roster") else "no status"]
        member = [code for code, share in shares.items() if rng.random() * 100 < share]
        answers["networks"] = member or ["none"]
    if not _skips(who, 0.06, rng):
        answers["led_by"] = _one(_by_type(lean.LED_BY, home), rng)
    return answers


def situation_answers(who: Character, rng: random.Random) -> Answers:
    """Progress, priorities, services, barriers and where resources would help."""
    home = who.organisation
    answers: Answers = {}
    change = lean.PROGRESS[home.region]
    for code, base in lean.PROGRESS["base"].items():
        _rate(answers, f"prog_{code}", base + change.get(code, 0.0), lean.PROGRESS_UNKNOWN[code], 0.065, who, rng)
    answers["prio_1"] = who.priority
    rest = {code: weight for code, weight in lean.PRIORITY[home.region].items() if code != who.priority}
    rest |= {who.challenge: 45} if who.challenge != who.priority else {}
    if not _skips(who, 0.06, rng):
        second = _one(rest, rng)
        answers["prio_2"] = second
        if not _skips(who, 0.07, rng):
            answers["prio_3"] = _one({code: weight for code, weight in rest.items() if code != second}, rng)
    change = lean.SERVICES[home.region]
    by_type = lean.SERVICES_BY_TYPE.get(home.organisation_type, {})
    for code, base in lean.SERVICES["base"].items():
        mean = base + change.get(code, 0.0) + by_type.get(code, 0.0)
        _rate(answers, f"serv_{code}", mean, lean.SERVICES_UNKNOWN[code], 0.09, who, rng)
    if not _skips(who, 0.09, rng):
        weights = lean.BARRIERS | lean.BARRIERS_BY_REGION.get(home.region, {})
        if home.organisation_type == "pwud":
            weights = weights | {"law": lean.LAW_FOR_USERS}
        count = rng.choices((1, 2, 3), (6, 20, 74))[0]
        answers["barriers"] = _some(weights, count, list(lean.BARRIERS), rng)
    if rng.random() < 0.82:
        answers["invest_rank"] = _ranking(who.fields, rng)
    return answers


def participation_answers(who: Character, ecosoc: str, rng: random.Random) -> Answers:
    """Participation, civic space, funding and positions of an organisation with that consultative status."""
    home = who.organisation
    answers: Answers = {}
    for code, base in lean.PARTICIPATION.items():
        mean = base + (lean.NATIONAL_BY_REGION.get(home.region, 0.0) if code == "nat" else 0.0)
        mean += lean.PARTICIPATION_BY_ECOSOC.get(ecosoc, 0.0) if code == "int" else 0.0
        _rate(answers, f"part_{code}", mean, lean.PARTICIPATION_UNKNOWN[code], 0.11, who, rng)
    status = ecosoc in ("general", "special", "roster")
    answers["part_done"] = "yes" if rng.random() < (0.86 if status else 0.58) else "no"
    if answers["part_done"] == "yes":
        weights = lean.PROCESSES | ({"cnd": 14.0, "them": 6.0} if status else {})
        answers["part_process"] = _some(
            weights, rng.choices((1, 2, 3, 4), (30, 36, 24, 10))[0], list(lean.PROCESSES), rng
        )
    if not _skips(who, 0.12, rng):
        limits = lean.LIMITS | lean.LIMITS_BY_REGION.get(home.region, {})
        limits = limits | ({"ecosoc": 0.0} if status else {})
        chosen = _some(limits, rng.choices((1, 2, 3, 4), (18, 36, 32, 14))[0], list(lean.LIMITS), rng)
        answers["part_barriers"] = ["none"] if rng.random() < 0.06 else chosen
    _rate(answers, "civic_space", lean.CIVIC_SPACE.get(home.region, 2.6), 0.06, 0.13, who, rng)
    _rate(answers, "funding", lean.FUNDING.get(home.region, 2.05), 0.05, 0.13, who, rng)
    if not _skips(who, 0.14, rng):
        answers["pos_oviedo"] = _one(lean.OVIEDO["prev" if "prev" in who.fields else "else"], rng)
    if home.region in ("ssa", "mena") and not _skips(who, 0.14, rng):
        answers["pos_africa"] = _one(lean.COMMON_POSITION, rng)
    if home.region in ("sa", "sea", "oce") and not _skips(who, 0.14, rng):
        answers["pos_ap"] = _one(lean.COMMON_POSITION, rng)
    return answers


def outlook_answers(who: Character, rng: random.Random) -> Answers:
    """The closed questions beside the recommendation: its challenge and the confidence in progress."""
    answers: Answers = {}
    if not _skips(who, 0.08, rng):
        answers["rec_challenge"] = who.challenge if rng.random() < 0.93 else who.priority
    if not _skips(who, 0.17, rng):
        answers["confidence"] = _point(lean.CONFIDENCE.get(who.organisation.region, 3.0), who, rng)
    return answers


def _rate(
    answers: Answers, name: str, mean: float, unknown: float, skipped: float, who: Character, rng: random.Random
) -> None:
    """Puts one answer on a scale of five, or "dk", or nothing."""
    if _skips(who, skipped, rng):
        return
    answers[name] = "dk" if rng.random() < unknown else str(_point(mean, who, rng))


def _point(mean: float, who: Character, rng: random.Random) -> int:
    return max(1, min(5, round(mean + 0.4 * who.optimism + rng.gauss(0, 0.85))))


def _skips(who: Character, share: float, rng: random.Random) -> bool:
    return rng.random() < share * who.carelessness


def _one(weights: Mapping[str, float], rng: random.Random) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _some(weights: Mapping[str, float], count: int, order: Sequence[str], rng: random.Random) -> list[str]:
    """Up to `count` different codes, likelier by weight, in the order of the form."""
    left = {code: weight for code, weight in weights.items() if weight > 0}
    chosen: set[str] = set()
    while left and len(chosen) < count:
        code = _one(left, rng)
        del left[code]
        chosen.add(code)
    return [code for code in order if code in chosen]


def _by_type(table: Mapping[str, Mapping[str, float]], home: Organisation) -> Mapping[str, float]:
    return table.get(home.organisation_type, table["other types"])


def _levels(home: Organisation, rng: random.Random) -> list[str]:
    weights = dict(lean.LEVELS)
    if home.region == "glob" or home.organisation_type == "ingo":
        weights |= {"international": 40}
    if home.organisation_type in ("cbo", "service", "pwud"):
        weights |= {"local": 25}
    return _some(weights, rng.choices((1, 2, 3), (40, 40, 20))[0], list(lean.LEVELS), rng)


def _ranking(fields: tuple[str, ...], rng: random.Random) -> list[str]:
    """The areas for investment from most to least useful; about one in eight names only the first three."""
    value = dict(lean.INVESTMENT)
    for field in fields:
        for area, bonus in lean.INVESTMENT_BY_FIELD.get(field, {}).items():
            value[area] += bonus
    order = sorted(value, key=lambda area: -(value[area] + rng.gauss(0, 0.9)))
    return order[:3] if rng.random() < 0.125 else order


def evidence(rng: random.Random) -> str:
    """What kind of evidence supports a success story."""
    return _one(lean.EVIDENCE, rng)
