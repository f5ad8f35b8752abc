"""What a card says as a sentence, word for word, and which findings are the strongest."""

import re
from dataclasses import replace

import pytest

from analysis.charts.headlines import claims, headline, strongest
from analysis.disclosure import SUPPRESSED, Suppressed
from analysis.findings.card import Card, CardKind, Cell, Column, Lens, LensVerdict, Robustness, Row, Verdict
from survey.translator import Words
from tests.analysis import cards
from tests.analysis.cards import ENGLISH


def plain(text: str) -> str:
    """The words without the marks that keep figures in order."""
    return re.sub("[\u200e\u2066\u2068\u2069]", "", text).replace("\u00a0", " ").replace("\u202f", " ")


def options(n: int, *counts: int | Suppressed, kind: CardKind = CardKind.SINGLE) -> Card:
    names = ("A", "B", "C", "D")
    rows = tuple(cards.row(f"o{i}", names[i], count, n) for i, count in enumerate(counts))
    return cards.card(kind, rows=rows, base=cards.base(n))


def compared(*groups: tuple[int, int | Suppressed]) -> Card:
    """A card by groups of (answers, how many say A)."""
    names = ("North", "South", "East", "West")
    known = [(n, 0 if isinstance(count, Suppressed) else count) for n, count in groups]
    n, chosen = (sum(column) for column in zip(*known, strict=True))
    cells = {f"g{i}": cards.cell(count, own) for i, (own, count) in enumerate(groups)}
    columns = tuple(Column(code=f"g{i}", label=names[i], base=cards.base(own)) for i, (own, _) in enumerate(groups))
    rows = (
        Row(code="a", label="A", cell=cards.cell(chosen, n), by=cells),
        Row(code="b", label="B", cell=cards.cell(n - chosen, n)),
    )
    return cards.card(CardKind.SINGLE, rows=rows, base=cards.base(n), by="region", by_label="Region", columns=columns)


def ranked(*means: float) -> Card:
    names = ("A", "B", "C", "D")
    rows = tuple(
        Row(code=f"o{i}", label=names[i], cell=cards.cell(400), mean_rank=mean) for i, mean in enumerate(means)
    )
    return cards.card(CardKind.RANKING, rows=rows)


WHOLE_BATTERY = cards.battery(items=cards.battery().items[:3])


@pytest.mark.parametrize(
    ("card", "english", "french", "arabic"),
    [
        (
            options(99, 66, 33),
            "Two in three respondents (67%, n = 99) chose “A”.",
            "Deux répondants sur trois (67 %, n = 99) ont choisi « A ».",
            "اختار ثلثا الجهات المجيبة (67%، n = 99) الإجابة «A».",
        ),
        (
            options(400, 240, 160),
            "Most respondents (60%, n = 400) chose “A”.",
            "La majorité des répondants (60 %, n = 400) ont choisi « A ».",
            "اختارت غالبية الجهات المجيبة (60%، n = 400) الإجابة «A».",
        ),
        (
            options(400, 160, 140, 100),
            "The most frequent answer is “A” (40%, n = 400). Next comes “B” (35%).",
            "La réponse la plus fréquente est « A » (40 %, n = 400). Vient ensuite « B » (35 %).",
            "الإجابة الأكثر تكرارًا هي «A» (40%، n = 400). تليها «B» (35%).",
        ),
        (
            options(100, 40, 39, 21),
            "“A” (40%) is only just ahead of “B” (39%; n = 100).",
            "« A » (40 %) ne devance que de peu « B » (39 % ; n = 100).",
            "تتقدم الإجابة «A» (40%) بفارق ضئيل فقط على الإجابة «B» (39%؛ n = 100).",
        ),
        (
            options(100, 40, 40, 20),
            "“A” and “B” are tied as the most frequent answers (40% each, n = 100).",
            "« A » et « B » sont à égalité en tête des réponses (40 % chacune, n = 100).",
            "تتساوى «A» و«B» في المرتبة الأولى بين الإجابات (40% لكل منهما، n = 100).",
        ),
        (
            options(90, 30, 30, 30),
            "3 answers are tied for first place (33% each, n = 90).",
            "3 réponses sont à égalité en tête (33 % chacune, n = 90).",
            "3 إجابات متساوية في المرتبة الأولى (33% لكل منها، n = 90).",
        ),
        (
            options(20, 12, 8),
            "“A” is the most frequent answer: 12 of 20 respondents (60%).",
            "La réponse la plus fréquente est « A » : 12 des 20 répondants (60 %).",
            "الإجابة الأكثر تكرارًا هي «A»: 12 من أصل 20 جهة مجيبة (60%).",
        ),
        (
            options(8, 5, 3),
            "“A” is the most frequent answer: 5 of 8 respondents (63%).",
            "La réponse la plus fréquente est « A » : 5 des 8 répondants (63 %).",
            "الإجابة الأكثر تكرارًا هي «A»: 5 من أصل 8 جهات مجيبة (63%).",
        ),
        (
            compared((100, 90), (200, 100), (60, 40)),
            "Most respondents (64%, n = 360) chose “A”. Highest: North (90%); lowest: South (50%). "
            "The difference is beyond chance.",
            "La majorité des répondants (64 %, n = 360) ont choisi « A ». Maximum : North (90 %) ; minimum : South "
            "(50 %). La différence dépasse ce que le hasard explique.",
            "اختارت غالبية الجهات المجيبة (64%، n = 360) الإجابة «A». الأعلى: North (90%)؛ الأدنى: South (50%). "
            "الفرق يتجاوز ما تفسره الصدفة.",
        ),
        (
            compared((40, 26), (40, 22), (12, 12)),
            "Two in three respondents (65%, n = 92) chose “A”. Among the groups shown with at least 30 answers, "
            "highest: North (65%); lowest: South (55%). The difference is not beyond chance.",
            "Deux répondants sur trois (65 %, n = 92) ont choisi « A ». Parmi les groupes affichés ayant au moins 30 "
            "réponses, maximum : North (65 %) ; minimum : South (55 %). La différence ne dépasse pas ce que le hasard "
            "explique.",
            "اختار ثلثا الجهات المجيبة (65%، n = 92) الإجابة «A». من بين المجموعات المعروضة التي فيها 30 إجابة على "
            "الأقل، الأعلى: North (65%)؛ الأدنى: South (55%). الفرق لا يتجاوز ما تفسره الصدفة.",
        ),
        (
            WHOLE_BATTERY,
            "Highest net value: “High transmission of HIV, hepatitis C” (+40, n = 400); lowest: “Expanding and "
            "diversifying range of drugs and drug markets” (−50, n = 400).",
            "Solde le plus haut : « High transmission of HIV, hepatitis C » (+40, n = 400) ; le plus bas : « Expanding "
            "and diversifying range of drugs and drug markets » (−50, n = 400).",
            "أعلى صافٍ: «High transmission of HIV, hepatitis C» (+40، n = 400)؛ أدنى صافٍ: «Expanding and "
            "diversifying range of drugs and drug markets» (−50، n = 400).",
        ),
        (
            ranked(1.4, 2.1, 2.5),
            "“A” comes first (mean rank 1.4, n = 400), followed by “B” (2.1).",
            "« A » arrive en tête (rang moyen 1,4, n = 400), devant « B » (2,1).",
            "في المرتبة الأولى: «A» (متوسط الترتيب 1.4، n = 400)، ثم «B» (2.1).",
        ),
        (
            ranked(1.5, 1.5, 3.0),
            "“A” and “B” share first place (mean rank 1.5, n = 400).",
            "« A » et « B » se partagent la première place (rang moyen 1,5, n = 400).",
            "تتقاسم «A» و«B» المرتبة الأولى (متوسط الترتيب 1.5، n = 400).",
        ),
        (
            cards.number(base=cards.base(12)),
            "Only 12 respondents answered. The median is 17.0, the mean 23.4 (n = 12).",
            "Seuls 12 répondants ont répondu. La médiane est de 17,0, la moyenne de 23,4 (n = 12).",
            "أجابت 12 جهة فقط. الوسيط 17.0 والمتوسط 23.4 (n = 12).",
        ),
    ],
)
def test_a_card_says_its_finding(card: Card, english: str, french: str, arabic: str) -> None:
    assert plain(headline(card, Words("en"))) == english
    assert plain(headline(card, Words("fr"))) == french
    assert plain(headline(card, Words("ar"))) == arabic


def test_russian_and_arabic_have_the_form_that_their_number_asks_for() -> None:
    russian = [plain(headline(cards.number(base=cards.base(n)), Words("ru"))).split(". ")[0] for n in (1, 3, 5, 21)]
    assert russian == [
        "Ответил только 1 респондент",
        "Ответили только 3 респондента",
        "Ответили только 5 респондентов",
        "Ответил только 21 респондент",
    ]
    arabic = [plain(headline(cards.number(base=cards.base(n)), Words("ar"))).split(". ")[0] for n in (1, 2, 3, 11)]
    assert arabic == ["أجابت جهة واحدة فقط", "أجابت جهتان فقط", "أجابت 3 جهات فقط", "أجابت 11 جهة فقط"]


@pytest.mark.parametrize(
    "card",
    [
        cards.multiple(),
        cards.text(),
        cards.single(base=cards.base(0)),
        cards.single(base=cards.base(SUPPRESSED)),
        options(100, SUPPRESSED, 40, SUPPRESSED),
        cards.ranking(),
        cards.battery(items=tuple(replace(item, net=None) for item in WHOLE_BATTERY.items)),
        cards.number(mean=None, median=None),
        cards.single(robustness=Robustness(lenses=(LensVerdict(lens=Lens.RAKED, verdict=Verdict.REVERSED),))),
    ],
)
def test_where_a_figure_is_hidden_or_missing_or_reversed_nothing_is_said(card: Card) -> None:
    assert claims(card) == ()
    assert headline(card, ENGLISH) == ""


def test_a_hidden_group_is_not_spoken_of() -> None:
    card = compared((100, 90), (200, 100), (60, SUPPRESSED))
    assert headline(card, ENGLISH).endswith(
        "Among the groups shown with at least 30 answers, highest: North (90%); lowest: South (50%). "
        "The difference is beyond chance."
    )


def test_nothing_is_said_of_chance_where_groups_overlap() -> None:
    card = replace(compared((100, 90), (200, 100)), overlapping=True)
    assert headline(card, ENGLISH).endswith("Highest: North (90%); lowest: South (50%).")


def test_a_long_label_is_cut_at_a_word() -> None:
    card = cards.single(rows=(cards.row("a", "word " * 40, 300), cards.row("b", "B", 100)))
    (quoted,) = re.findall("“(.*)”", headline(card, ENGLISH))
    assert quoted == "word " * 16 + "word…"
    assert len(quoted) <= 90


def held(card: Card, question: str, verdict: Verdict = Verdict.HOLDS) -> Card:
    found = Robustness(lenses=(LensVerdict(lens=Lens.RAKED, verdict=verdict),))
    return replace(card, question=question, robustness=found)


def test_the_strongest_finding_comes_first_and_each_question_once() -> None:
    weak, strong = options(400, 240, 160), options(400, 360, 40)
    found = strongest((held(weak, "weak"), held(weak, "strong"), held(strong, "strong")), ENGLISH)
    assert [(each.card.question, each.sentence) for each in found] == [
        ("strong", "Most respondents (90%, n = 400) chose “A”."),
        ("weak", "Most respondents (60%, n = 400) chose “A”."),
    ]
    assert len(strongest((held(weak, "weak"), held(strong, "strong")), ENGLISH, count=1)) == 1


@pytest.mark.parametrize(
    "card",
    [
        replace(held(options(400, 360, 40), "q"), profile=True),
        held(options(400, 360, 40), "q", Verdict.LEVEL),
        held(options(400, 360, 40), "q", Verdict.REVERSED),
        held(options(29, 29, 0), "q"),
        held(options(400, 210, 190), "q"),
        held(options(400, 100, 100, 100, 100), "q"),
        held(cards.single(rows=(cards.row("other", "Other", 360), cards.row("b", "B", 40))), "q"),
        held(cards.number(), "q"),
        held(cards.single(rows=(Row(code="a", label="A", cell=Cell(count=SUPPRESSED, share=SUPPRESSED)),)), "q"),
    ],
)
def test_what_is_of_the_respondents_or_may_be_chance_or_does_not_hold_is_not_among_the_strongest(card: Card) -> None:
    assert strongest((card,), ENGLISH) == ()
