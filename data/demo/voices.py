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


def _pairs(
    source: str, region: str, language: str, rng: random.Random
) -> list[Message]:
    texts = [
        voice
        for voice in voices()
        if voice.language == language and voice.region == source
    ]
    findings = [voice for voice in texts if voice.question == "finding"]
    recommendations = [voice for voice in texts if voice.question == "recommendation"]
    rng.shuffle(findings)
    rng.shuffle(recommendations)
    findings.sort(key=lambda voice: not voice.countries)
    pairs = []
    for finding in findings:
        if not recommendations:
            break
        fitting = max(recommendations, key=lambda voice: _fit(finding, voice))
        recommendations.remove(fitting)
        named = sorted(fitting.countries or finding.countries)
        shared = sorted(fitting.countries & finding.countries)
        pairs.append(
            Message(
                finding=finding.text,
                recommendation=fitting.text,
                challenge=fitting.challenge,
                country=(shared or named or [""])[0],
            )
        )
    rng.shuffle(pairs)
    return pairs


def _fit(finding: Voice, recommendation: Voice) -> int:
    """How well two texts go together: same challenge first, then no contradiction of place."""
    same = 2 if finding.challenge == recommendation.challenge else 0
    if finding.countries and recommendation.countries:
        return same + (2 if finding.countries & recommendation.countries else -3)
    return same + 1
