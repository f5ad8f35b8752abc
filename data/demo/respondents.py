"""Who answers: one respondent per reply, with its message, its organisation and its first priority."""

import random
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache

from data.demo import tendencies as lean
from data.demo.organisations import Organisation, Register
from data.demo.places import FOLDER, Place, cell_places, rows
from data.demo.voices import Message, messages, spoken_of

CAMPAIGN = {
    ("weu", "en"): 13,
    ("nam", "en"): 7,
    ("ssa", "en"): 2,
    ("sea", "en"): 1,
    ("oce", "en"): 1,
    ("glob", "en"): 1,
    ("weu", "es"): 1,
    ("lac", "es"): 1,
    ("weu", "fr"): 1,
}
"""Replies that carry the same letter, by region and language."""
UNINVITED = 18
UNHEARD = 471
"""Organisations of the frame that never answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Respondent:
    """One reply before its closed answers are drawn.

    part  "own" for words of its own, "campaign" for a letter that others send too, "first" and "again" for two
          replies of one organisation
    """

    part: str
    organisation: Organisation
    name_given: str
    language: str
    priority: str
    challenge: str
    finding: str
    recommendation: str


@cache
def respondents() -> tuple[Respondent, ...]:
    """Every respondent, cell by cell; a second reply follows directly after the first one."""
    rng = random.Random(2029)
    register = Register(rng)
    everyone: list[Respondent] = []
    for region, by_language in lean.REPLIES.items():
        wanted = _priorities(region, sum(by_language.values()), rng)
        for language, count in by_language.items():
            parts = _messages(region, language, count, rng)
            for part, message in sorted(parts, key=lambda each: each[0] == "own"):
                if part == "again":
                    first = everyone[-1]
                    everyone.append(_second(first, message, len(everyone)))
                    wanted.append(first.priority)
                    _take(wanted, first.priority, rng)
                    continue
                priority = _take(wanted, message.challenge, rng)
                everyone.append(_respondent(part, message, priority, region, language, register, rng))
    return tuple(everyone)


@cache
def uninvited_names() -> frozenset[str]:
    """Names of the organisations that answer through the open link because the frame does not hold them."""
    rng = random.Random(2030)
    own = [who.organisation.name for who in respondents() if who.part == "own"]
    return frozenset(rng.sample(own, UNINVITED))


@cache
def unheard() -> tuple[Organisation, ...]:
    """The organisations of the frame that do not answer, spread a little differently from those that do."""
    rng = random.Random(2031)
    register = Register(rng, taken=tuple(who.organisation for who in respondents()))
    shares = {region: sum(by_language.values()) + 12 for region, by_language in lean.REPLIES.items()}
    shares |= {"mena": 60, "sa": 70, "glob": 12}
    found = []
    for _number in range(UNHEARD):
        region = rng.choices(list(shares), list(shares.values()))[0]
        language = rng.choices(list(lean.REPLIES[region]), list(lean.REPLIES[region].values()))[0]
        theme = rng.choice(tuple(lean.TYPES))
        found.append(_organisation(_place(region, language, "", rng), language, theme, register, rng))
    return tuple(found)


def _messages(region: str, language: str, count: int, rng: random.Random) -> list[tuple[str, Message]]:
    """The part and the message of each reply of a cell."""
    letters = rows(FOLDER / "letters.csv")
    cell = [row for row in letters if row["region"] == region and row["language"] == language]
    chosen = [(row["part"], _letter(row, rng)) for row in cell]
    sent = next((row for row in letters if row["part"] == "campaign" and row["language"] == language), None)
    if sent is not None:
        chosen += [("campaign", _letter(sent, rng)) for _copy in range(CAMPAIGN.get((region, language), 0))]
    own = messages(region, language, rng)[: count - len(chosen)]
    if len(own) + len(chosen) != count:
        raise LookupError(f"{region} {language}: {len(own)} findings for {count - len(chosen)} replies")
    lacking = sorted(
        spoken_of(region, language) - {message.country for _part, message in chosen} - {each.country for each in own}
    )
    for place, message in enumerate(own):
        if lacking and not message.country:
            own[place] = replace(message, country=lacking.pop())
    return chosen + [("own", message) for message in own]


def _letter(row: dict[str, str], rng: random.Random) -> Message:
    """The row's message, with one of the words wherever it offers several ({new|growing})."""

    def said(text: str) -> str:
        while "{" in text:
            before, _, rest = text.partition("{")
            options, _, after = rest.partition("}")
            text = before + options.split("|")[rng.random() < 0.2] + after
        return text

    return Message(
        finding=said(row["finding"]),
        recommendation=said(row["recommendation"]),
        challenge=row["challenge"],
        country=row["country"],
    )


def _respondent(
    part: str, message: Message, priority: str, region: str, language: str, register: Register, rng: random.Random
) -> Respondent:
    weights = lean.THEMES[message.challenge] if part != "campaign" else {"prev": 1}
    theme = rng.choices(list(weights), list(weights.values()))[0]
    place = _place(region, language, message.country, rng)
    organisation = _organisation(place, language, theme, register, rng)
    return Respondent(
        part=part,
        organisation=organisation,
        name_given=organisation.name,
        language=language,
        priority=priority,
        challenge=message.challenge,
        finding=message.finding,
        recommendation=message.recommendation,
    )


def _second(first: Respondent, message: Message, number: int) -> Respondent:
    """The same organisation once more; some write their name a little differently."""
    name = first.organisation.name
    spelled = (name, name.upper(), f"{name} ", name)[number % 4].strip()
    return Respondent(
        part="again",
        organisation=first.organisation,
        name_given=spelled,
        language=first.language,
        priority=first.priority,
        challenge=message.challenge,
        finding=message.finding,
        recommendation=message.recommendation,
    )


def _place(region: str, language: str, country: str, rng: random.Random) -> Place:
    candidates = cell_places(region, language)
    named = [place for place in candidates if place.country == country]
    return rng.choices(named or candidates, [place.weight for place in named or candidates])[0]


def _organisation(place: Place, language: str, theme: str, register: Register, rng: random.Random) -> Organisation:
    if theme == "ad" and place.region in ("weu", "nam", "oce", "glob"):
        theme = "rights"
    kinds = dict(lean.TYPES[theme])
    if place.region == "glob":
        kinds = {"ingo": 7, "network": 3}
    kind = rng.choices(list(kinds), list(kinds.values()))[0]
    return register.found(place, language=language, organisation_type=kind, theme=theme)


def _priorities(region: str, count: int, rng: random.Random) -> list[str]:
    """`count` first priorities in the region's proportions (largest remainders), shuffled."""
    shares = lean.PRIORITY[region]
    exact = {code: share * count / sum(shares.values()) for code, share in shares.items()}
    numbers = Counter({code: int(value) for code, value in exact.items()})
    by_remainder = sorted(exact, key=lambda code: int(exact[code]) - exact[code])
    for code in by_remainder[: count - sum(numbers.values())]:
        numbers[code] += 1
    wanted = list(numbers.elements())
    rng.shuffle(wanted)
    return wanted


def _take(wanted: list[str], challenge: str, rng: random.Random) -> str:
    """Takes a first priority from those left: the message's own challenge whenever there is one."""
    if challenge in wanted and rng.random() < 0.95:
        wanted.remove(challenge)
        return challenge
    return wanted.pop()
