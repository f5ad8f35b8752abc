"""The demo consultation's contact frame and its 461 answers, all invented; the same at every call.

`invitations()` and `responses()` are what others use. Who answers is decided in `respondents.py`, what they tick in
`closed.py`, when they write in `arrivals.py`; what they say was written by hand in voices/ and letters.csv.
"""

import argparse
import csv
import json
import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from data.demo import closed
from data.demo.arrivals import DEADLINE, start_of, submission_times
from data.demo.form_order import SPARE_TEXTS, add_other, in_form_order
from data.demo.open_texts import Reserve
from data.demo.respondents import Respondent, respondents, unheard, uninvited_names

LATE = 43
SEED = 2029


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoInvitation:
    """One organisation of the contact frame."""

    organisation: str
    region: str
    country: str
    organisation_type: str
    language: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoResponse:
    """One submitted response; `invitation` is the organisation's name in the frame, "" when it came by the open link.

    Times are aware and in UTC. `answers` holds relevant answers only, in the order of the form: text or code (str),
    number (int), or codes (list).
    """

    invitation: str
    language: str
    started_at: datetime
    submitted_at: datetime
    answers: Mapping[str, str | int | list[str]]


@cache
def invitations() -> tuple[DemoInvitation, ...]:
    """About 900 fictional organisations, by region and name."""
    outside = uninvited_names()
    invited = [
        who.organisation for who in respondents() if who.part != "again" and who.organisation.name not in outside
    ]
    frame = sorted((*invited, *unheard()), key=lambda one: (one.region, one.country, one.name))
    return tuple(
        DemoInvitation(
            organisation=one.name,
            region=one.region,
            country=one.country,
            organisation_type=one.organisation_type,
            language=one.language,
            email=one.email,
        )
        for one in frame
    )


@cache
def responses() -> tuple[DemoResponse, ...]:
    """The 461 submitted responses in the order in which they arrived."""
    everyone = respondents()
    times = _times(everyone)
    reserve = Reserve(everyone, random.Random(SEED + 5))
    drawn: list[DemoResponse] = []
    first_answers: dict[str, closed.Answers] = {}
    for number, (who, submitted) in enumerate(zip(everyone, times, strict=True)):
        rng = random.Random(SEED * 1000 + number)
        if who.part == "again":
            answers = _answer_again(first_answers[who.organisation.email], who, rng)
        else:
            answers = _answer(who, reserve.texts_of(number), rng)
        if who.part == "first":
            first_answers[who.organisation.email] = answers
        by_link = who.part == "again" or who.organisation.name in uninvited_names()
        drawn.append(
            DemoResponse(
                invitation="" if by_link else who.organisation.name,
                language=who.language,
                started_at=start_of(submitted, rng),
                submitted_at=submitted,
                answers=answers,
            )
        )
    return tuple(sorted(drawn, key=lambda response: response.submitted_at))


def _answer(who: Respondent, texts: Mapping[str, str], rng: random.Random) -> closed.Answers:
    """All answers of a respondent in the order of the form."""
    person = closed.character(who.organisation, priority=who.priority, challenge=who.challenge, rng=rng)
    answers = closed.organisation_answers(person, rng)
    answers |= closed.situation_answers(person, rng)
    answers |= closed.participation_answers(person, str(answers["ecosoc"]), rng)
    answers |= closed.outlook_answers(person, rng)
    answers |= {"finding": who.finding, "recommendation": who.recommendation} | dict(texts)
    if "story_text" in texts:
        answers["story_yes"] = "yes"
        answers["story_evidence"] = closed.evidence(rng)
    elif rng.random() > 0.17:
        answers["story_yes"] = "no"
    if rng.random() < 0.6:
        answers["contact_email"] = who.organisation.email
    add_other(answers, who.language, rng)
    return in_form_order(answers)


def _answer_again(first: closed.Answers, who: Respondent, rng: random.Random) -> closed.Answers:
    """The second answer of an organisation: almost the same ticks, its two main texts slightly reworded, less else."""
    answers = {name: value for name, value in first.items() if name not in SPARE_TEXTS}
    answers |= {"finding": who.finding, "recommendation": who.recommendation, "org_name": who.name_given}
    scales = [name for name, value in answers.items() if isinstance(value, str) and value in ("1", "2", "3", "4")]
    for name in rng.sample(scales, 3):
        answers[name] = str(int(str(answers[name])) + 1)
    return in_form_order(answers)


def _times(everyone: tuple[Respondent, ...]) -> list[datetime]:
    """A time for each respondent: campaigns in the last five days, second answers some days after the first."""
    rng = random.Random(SEED + 4)
    pool = submission_times(len(everyone), LATE, rng)
    chosen: dict[int, datetime] = {}

    def take(number: int, earliest: datetime, latest: datetime) -> None:
        chosen[number] = rng.choice([time for time in pool if earliest <= time <= latest])
        pool.remove(chosen[number])

    for number, who in enumerate(everyone):
        if who.part == "campaign":
            take(number, DEADLINE - timedelta(days=5), DEADLINE)
        elif who.part == "first":
            take(number, DEADLINE - timedelta(days=40), DEADLINE - timedelta(days=12))
        elif who.part == "again":
            take(number, chosen[number - 1] + timedelta(days=2), chosen[number - 1] + timedelta(days=11))
    rng.shuffle(pool)
    return [chosen[number] if number in chosen else pool.pop() for number in range(len(everyone))]


def write(folder: Path) -> None:
    """Puts invitations.csv and responses.jsonl into the folder, for review."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "invitations.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(asdict(invitations()[0])))
        table.writeheader()
        table.writerows(asdict(invitation) for invitation in invitations())
    with (folder / "responses.jsonl").open("w", encoding="utf-8") as file:
        for response in responses():
            line = asdict(response) | {
                "started_at": response.started_at.isoformat(),
                "submitted_at": response.submitted_at.isoformat(),
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the demo's invitations and responses for review.")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    write(parser.parse_args().out)
