"""The written answers of the demo: who may say them, and which finding goes with which recommendation."""

import random
from dataclasses import dataclass
from functools import cache

from data.demo.places import FOLDER, named_countries, rows

OPTIONAL = (
    "work_how",
    "positive",
    "worrying",
    "action_local",
    "action_national",
    "action_regional",
    "action_international",
    "story",
    "comments",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One text; `region` is a region code or "any"; `countries` are those it names."""

    question: str
    language: str
    region: str
    challenge: str
    title: str
    text: str
    countries: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A finding with its recommendation, the challenge they address and the country they speak of, if any."""

    finding: str
    recommendation: str
    challenge: str
    country: str


@cache
def voices() -> tuple[Voice, ...]:
    """Every text of the voices folder, file by file."""
    return tuple(
        Voice(
            question=row["question"],
            language=path.stem[:2],
            region=row["region"],
            challenge=row["challenge"],
            title=row["title"],
            text=row["text"],
            countries=named_countries(row["text"], row["region"], path.stem[:2]),
        )
        for path in sorted((FOLDER / "voices").glob("*.csv"))
        for row in rows(path)
    )


def messages(region: str, language: str, rng: random.Random) -> list[Message]:
    """Every finding of the cell with one recommendation, of the same challenge and country as far as there is one.

    Voices of region "any" follow at the end, for cells that need more than their own.
    """
    own = _pairs(region, region, language, rng)
    return own + _pairs("any", region, language, rng)


def _pairs(source: str, region: str, language: str, rng: random.Random) -> list[Message]:
    texts = [voice for voice in voices() if voice.language == language and voice.region == source]
    findings = [voice for voice in texts if voice.question == "finding"]
    recommendations = [voice for voice in texts if voice.question == "recommendation"]
    rng.shuffle(findings)
    rng.shuffle(recommendations)
    couples = [(finding, recommendation) for finding in findings for recommendation in recommendations]
    taken: set[str] = set()
    pairs = []
    for finding, recommendation in sorted(couples, key=lambda couple: -_fit(*couple)):
        if finding.text in taken or recommendation.text in taken:
            continue
        taken |= {finding.text, recommendation.text}
        named = sorted(finding.countries & recommendation.countries or finding.countries or recommendation.countries)
        pairs.append(
            Message(
                finding=finding.text,
                recommendation=recommendation.text,
                challenge=recommendation.challenge,
                country=named[0] if named else "",
            )
        )
    rng.shuffle(pairs)
    return pairs


def spoken_of(region: str, language: str) -> frozenset[str]:
    """Countries that an optional text of the cell names alone: somebody from there should be among the respondents."""
    return frozenset(
        country
        for voice in voices()
        if voice.question in OPTIONAL
        and (voice.region, voice.language) == (region, language)
        and len(voice.countries) == 1
        for country in voice.countries
    )


def _fit(finding: Voice, recommendation: Voice) -> int:
    """How well two texts go together: same challenge first, then no contradiction of place."""
    same = 2 if finding.challenge == recommendation.challenge else 0
    if finding.countries and recommendation.countries:
        return same + (2 if finding.countries & recommendation.countries else -3)
    return same + 1
