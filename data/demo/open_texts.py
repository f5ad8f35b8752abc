"""Which optional texts each respondent gives: every text of voices/ is said once, by somebody whom it fits."""

import random
from collections.abc import Mapping, Sequence

from data.demo.respondents import Respondent
from data.demo.voices import OPTIONAL, Voice, voices


class Reserve:
    """The optional texts, handed out to the respondents of their language and region."""

    def __init__(self, everyone: Sequence[Respondent], rng: random.Random) -> None:
        self._everyone = everyone
        self._texts: dict[int, dict[str, str]] = {number: {} for number in range(len(everyone))}
        self._rng = rng
        texts = [voice for voice in voices() if voice.question in OPTIONAL]
        for voice in sorted(texts, key=lambda each: (each.region == "any", not each.countries)):
            self._give(voice)

    def texts_of(self, number: int) -> Mapping[str, str]:
        """Question -> text for the respondent of that number; stories come as title and text."""
        return self._texts[number]

    def _give(self, voice: Voice) -> None:
        question = "story_text" if voice.question == "story" else voice.question
        free = [
            number
            for number, who in enumerate(self._everyone)
            if who.part in ("own", "first")
            and who.language == voice.language
            and voice.region in ("any", who.organisation.region)
            and question not in self._texts[number]
        ]
        if not free:
            return
        best = max(free, key=lambda number: (self._fit(voice, number), self._rng.random()))
        self._texts[best][question] = voice.text
        if voice.question == "story":
            self._texts[best]["story_title"] = voice.title

    def _fit(self, voice: Voice, number: int) -> float:
        """Place first, then subject; those who already write much are likelier to write more."""
        who = self._everyone[number]
        place = 0 if not voice.countries else (4 if who.organisation.country in voice.countries else -4)
        subject = 2 if voice.challenge in (who.challenge, who.priority) else 0
        return place + subject + min(len(self._texts[number]), 3) * 0.4 + self._rng.random() * 2
