"""Words that claim something of the number beside them ("most", "two in three", "half"), in six languages.

The list is short on purpose: each entry says one thing of a share, or of the sign of a net value, in every sentence
that it stands in. What depends on more than the number ("the most common", "at most") is left out of it.
The table for readers is in docs/report-writers.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Claim(StrEnum):
    """What words say of a number."""

    NEARLY_ALL = "nearly_all"
    MOST = "most"
    THREE_QUARTERS = "three_quarters"
    TWO_THIRDS = "two_thirds"
    HALF = "half"
    NEARLY_HALF = "nearly_half"
    MINORITY = "minority"
    THIRD = "third"
    QUARTER = "quarter"
    FEW = "few"
    UP = "up"
    DOWN = "down"


PERCENT: Mapping[Claim, tuple[float, float]] = {
    Claim.NEARLY_ALL: (90, 100),
    Claim.MOST: (51, 100),
    Claim.THREE_QUARTERS: (70, 80),
    Claim.TWO_THIRDS: (62, 72),
    Claim.HALF: (45, 55),
    Claim.NEARLY_HALF: (40, 49),
    Claim.MINORITY: (0, 49),
    Claim.THIRD: (28, 38),
    Claim.QUARTER: (20, 30),
    Claim.FEW: (0, 25),
}
"""The whole percents, as they are shown, of which the words are true. 50 % is neither most nor a minority."""
OF_NET = frozenset({Claim.UP, Claim.DOWN})
"""Claims of the sign of a net value: more at the upper end of the scale than at the lower, or fewer."""

_PHRASES: Mapping[str, Mapping[Claim, tuple[str, ...]]] = {
    "en": {
        Claim.NEARLY_ALL: ("nearly all", "almost all", "the vast majority", "an overwhelming majority"),
        Claim.MOST: (
            "(?<!the )(?<!at )most(?! (?:often|common|important|likely|recent|frequent|urgent)\\w*)",
            "(?<!no )(?<!not a )(?<!than a )majority",
            "more than half",
            "over half",
        ),
        Claim.THREE_QUARTERS: ("three[ -]quarters", "three (?:in|out of) four"),
        Claim.TWO_THIRDS: ("two[ -]thirds", "two (?:in|out of) three"),
        Claim.NEARLY_HALF: ("nearly half", "almost half", "just under half"),
        Claim.HALF: ("half", "one in two"),
        Claim.MINORITY: ("minority", "less than half", "fewer than half", "no majority"),
        Claim.THIRD: ("one third", "a third", "one (?:in|out of) three"),
        Claim.QUARTER: ("one quarter", "a quarter", "one (?:in|out of) four"),
        Claim.FEW: ("(?<!a )few", "hardly any"),
        Claim.UP: ("increased?", "increases", "improved?", "improves", "rose", "risen", "grew", "grown"),
        Claim.DOWN: ("decreased?", "decreases", "worsened", "worsens?", "fell", "fallen", "declined?", "deteriorated"),
    },
    "fr": {
        Claim.NEARLY_ALL: ("presque (?:tous|toutes)", "la quasi-totalité", "l[’']immense majorité"),
        Claim.MOST: ("la plupart", "majorité", "plus de la moitié"),
        Claim.THREE_QUARTERS: ("trois quarts", "trois \\w+ sur quatre", "trois sur quatre"),
        Claim.TWO_THIRDS: ("deux tiers", "deux \\w+ sur trois", "deux sur trois"),
        Claim.NEARLY_HALF: ("près de la moitié", "presque la moitié"),
        Claim.HALF: ("la moitié", "une? \\w+ sur deux", "une? sur deux"),
        Claim.MINORITY: ("minorité", "moins de la moitié", "aucune majorité"),
        Claim.THIRD: ("un tiers", "une? \\w+ sur trois", "une? sur trois"),
        Claim.QUARTER: ("un quart", "une? \\w+ sur quatre", "une? sur quatre"),
        Claim.FEW: ("peu d[’']\\w+", "peu de", "rares sont"),
        Claim.UP: ("augmentée?s?", "augmente", "améliorée?s?", "progressée?s?", "progresse"),
        Claim.DOWN: ("diminuée?s?", "diminue", "baissée?s?", "dégradée?s?", "détériorée?s?", "reculée?s?"),
    },
    "es": {
        Claim.NEARLY_ALL: ("casi tod[ao]s", "la inmensa mayoría", "la gran mayoría"),
        Claim.MOST: ("mayoría", "más de la mitad"),
        Claim.THREE_QUARTERS: ("tres cuartas partes", "tres cuartos", "tres de cada cuatro"),
        Claim.TWO_THIRDS: ("dos tercios", "dos terceras partes", "dos de cada tres"),
        Claim.NEARLY_HALF: ("casi la mitad", "cerca de la mitad"),
        Claim.HALF: ("la mitad", "un[ao]? de cada dos"),
        Claim.MINORITY: ("minoría", "menos de la mitad"),
        Claim.THIRD: ("un tercio", "una tercera parte", "un[ao]? de cada tres"),
        Claim.QUARTER: ("una cuarta parte", "un cuarto", "un[ao]? de cada cuatro"),
        Claim.FEW: ("poc[ao]s",),
        Claim.UP: ("aument(?:a|ó|aron|ado)", "mejor(?:ó|aron|ado)", "crec(?:e|ió|ieron|ido)"),
        Claim.DOWN: ("disminu(?:ye|yó|yeron|ido)", "empeor(?:a|ó|aron|ado)", "baj(?:ó|aron|ado)", "reduj(?:o|eron)"),
    },
    "ru": {
        Claim.NEARLY_ALL: ("почти все", "подавляющ\\w+ большинств\\w+"),
        Claim.MOST: ("большинств\\w+", "больш(?:ая|ей|ую) част\\w+", "(?:более|больше|свыше) половины"),
        Claim.THREE_QUARTERS: ("тр(?:и|ёх|ех) четверт\\w+", "тр(?:и|ое) из четыр\\w+"),
        Claim.TWO_THIRDS: ("дв(?:е|ух) трет\\w+", "дв(?:е|ое|а) из тр\\w+"),
        Claim.NEARLY_HALF: ("почти половин\\w+", "около половины"),
        Claim.HALF: ("половин\\w+", "кажд\\w+ втор\\w+"),
        Claim.MINORITY: ("меньшинств\\w+", "(?:менее|меньше) половины"),
        Claim.THIRD: ("(?:одн\\w+ )?треть(?:ю|и)?", "кажд\\w+ трет\\w+"),
        Claim.QUARTER: ("(?:одн\\w+ )?четверть(?:ю)?", "кажд\\w+ четв[её]рт\\w+"),
        Claim.FEW: ("немног\\w+", "лишь некоторые"),
        Claim.UP: ("увеличил\\w+", "выросл?[аио]?", "улучшил\\w+", "повысил\\w+"),
        Claim.DOWN: ("уменьшил\\w+", "снизил\\w+", "ухудшил\\w+", "сократил\\w+"),
    },
    "ar": {
        Claim.NEARLY_ALL: ("جميع\\w* تقريبا", "الغالبية العظمى", "الأغلبية الساحقة"),
        Claim.MOST: ("معظم", "غالبية", "أغلبية", "أكثر من (?:ال)?نصف"),
        Claim.THREE_QUARTERS: ("ثلاثة أرباع", "ثلاثة من (?:كل|بين) أربع\\w*"),
        Claim.TWO_THIRDS: ("ثلثا", "ثلثي", "ثلثين", "اثن\\w+ من (?:كل|بين) ثلاث\\w*"),
        Claim.NEARLY_HALF: ("ما يقارب (?:ال)?نصف", "قرابة (?:ال)?نصف"),
        Claim.HALF: ("نصف",),
        Claim.MINORITY: ("أقلية", "أقل من (?:ال)?نصف"),
        Claim.THIRD: ("ثلث", "واحد\\w* من (?:كل|بين) ثلاث\\w*"),
        Claim.QUARTER: ("ربع", "واحد\\w* من (?:كل|بين) أربع\\w*"),
        Claim.FEW: ("قليل\\w*", "قلة"),
        Claim.UP: ("ازداد\\w*", "زادت?", "تحسنت?", "ارتفعت?"),
        Claim.DOWN: ("انخفضت?", "تراجعت?", "تدهورت?", "ساءت?"),
    },
    "zh": {
        Claim.NEARLY_ALL: ("几乎所有", "绝大多数"),
        Claim.MOST: ("大多数", "多数", "大部分", "过半", "半数以上", "一半以上", "超过一半", "超过半数"),
        Claim.THREE_QUARTERS: ("四分之三",),
        Claim.TWO_THIRDS: ("三分之二",),
        Claim.NEARLY_HALF: ("近半数?", "近一半", "将近一半"),
        Claim.HALF: ("一半", "半数"),
        Claim.MINORITY: ("少数", "不到一半", "不足半数"),
        Claim.THIRD: ("三分之一",),
        Claim.QUARTER: ("四分之一",),
        Claim.FEW: ("极少数", "很少", "寥寥无几"),
        Claim.UP: ("上升", "增加", "改善", "提高"),
        Claim.DOWN: ("下降", "减少", "恶化", "降低"),
    },
}
_AROUND: Mapping[str, tuple[str, str]] = {
    "zh": ("", ""),
    "ar": (r"(?<!\w)(?:[وفبلك]{0,2}(?:ال)?)", r"(?:ها|هم|هن|ه)?(?!\w)"),
}
"""What may stand around a word: nothing divides Chinese ones; Arabic writes "and", "for", "the", "of them" onto it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A claim in a text, with its words and where they stand."""

    claim: Claim
    words: str
    start: int
    end: int


def claims_in(text: str, language: str) -> tuple[Said, ...]:
    """The claims of a text in their order; () in a language that has no list.

    Of words that overlap the longest count: "less than half" is not "half".
    """
    kept: list[Said] = []
    found = [
        Said(claim=claim, words=match.group().strip(), start=match.start(), end=match.end())
        for pattern, claim in _patterns(language.split("-")[0])
        for match in pattern.finditer(text)
    ]
    for each in sorted(found, key=lambda said: (said.start - said.end, said.start)):
        if all(each.end <= other.start or other.end <= each.start for other in kept):
            kept.append(each)
    return tuple(sorted(kept, key=lambda said: said.start))


def is_true(claim: Claim, value: float) -> bool:
    """Whether a claim is true of a number as it is shown: whole percents, or points for a net value."""
    if claim in OF_NET:
        return value > 0 if claim is Claim.UP else value < 0
    low, high = PERCENT[claim]
    return low <= value <= high


@cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], Claim], ...]:
    before, after = _AROUND.get(language, (r"(?<!\w)", r"(?!\w)"))
    return tuple(
        (re.compile(f"{before}(?:{phrase}){after}", re.IGNORECASE), claim)
        for claim, phrases in _PHRASES.get(language, {}).items()
        for phrase in phrases
    )
