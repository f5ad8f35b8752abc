"""Cards at random: every claim is true of the raw numbers, hidden ones included, and is what the sentence says."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.stats import fisher_exact

from analysis.charts import wording
from analysis.charts.headlines import Claim, Degree, Of, Says, claims, headline
from analysis.disclosure import SUPPRESSED
from analysis.findings.card import BatteryItem, Card, CardKind, Cell, Column, Row
from analysis.findings.method import Method, Statistics, WeightKind, WeightReport
from survey.translator import LANGUAGES, Words
from tests.analysis import cards

CARDS = 250
WORDS = {tag: Words(tag) for tag in LANGUAGES}
DEGREES = {
    "en": {
        Degree.ALL: "All respondents chose",
        Degree.NEARLY_ALL: "Nearly all respondents",
        Degree.THREE_QUARTERS: "Three in four respondents",
        Degree.TWO_THIRDS: "Two in three respondents",
        Degree.MOST: "Most respondents",
        Degree.HALF: "About half of the respondents",
        Degree.THIRD: "One in three respondents",
        Degree.QUARTER: "One in four respondents",
    },
    "fr": {
        Degree.ALL: "Tous les répondants ont choisi",
        Degree.NEARLY_ALL: "Presque tous les répondants",
        Degree.THREE_QUARTERS: "Trois répondants sur quatre",
        Degree.TWO_THIRDS: "Deux répondants sur trois",
        Degree.MOST: "La majorité des répondants",
        Degree.HALF: "Environ la moitié des répondants",
        Degree.THIRD: "Un répondant sur trois",
        Degree.QUARTER: "Un répondant sur quatre",
    },
    "es": {
        Degree.ALL: "Todos los participantes eligieron",
        Degree.NEARLY_ALL: "Casi todos los participantes",
        Degree.THREE_QUARTERS: "Tres de cada cuatro",
        Degree.TWO_THIRDS: "Dos de cada tres",
        Degree.MOST: "La mayoría de los participantes",
        Degree.HALF: "Alrededor de la mitad",
        Degree.THIRD: "Uno de cada tres",
        Degree.QUARTER: "Uno de cada cuatro",
    },
    "ru": {
        Degree.ALL: "Все респонденты",
        Degree.NEARLY_ALL: "Почти все респонденты",
        Degree.THREE_QUARTERS: "Три четверти респондентов",
        Degree.TWO_THIRDS: "Две трети респондентов",
        Degree.MOST: "Большинство респондентов",
        Degree.HALF: "Около половины респондентов",
        Degree.THIRD: "Треть респондентов",
        Degree.QUARTER: "Четверть респондентов",
    },
    "ar": {
        Degree.ALL: "اختارت جميع الجهات المجيبة",
        Degree.NEARLY_ALL: "اختارت الجهات المجيبة كلها تقريبًا",
        Degree.THREE_QUARTERS: "ثلاثة أرباع الجهات المجيبة",
        Degree.TWO_THIRDS: "ثلثا الجهات المجيبة",
        Degree.MOST: "غالبية الجهات المجيبة",
        Degree.HALF: "نحو نصف الجهات المجيبة",
        Degree.THIRD: "ثلث الجهات المجيبة",
        Degree.QUARTER: "ربع الجهات المجيبة",
    },
    "zh": {
        Degree.ALL: "所有答复者都选择了",
        Degree.NEARLY_ALL: "几乎所有答复者",
        Degree.THREE_QUARTERS: "四分之三的答复者",
        Degree.TWO_THIRDS: "三分之二的答复者",
        Degree.MOST: "多数答复者",
        Degree.HALF: "约一半的答复者",
        Degree.THIRD: "三分之一的答复者",
        Degree.QUARTER: "四分之一的答复者",
    },
}
"""How a sentence of 30 answers or more begins, by the word for the share."""
JUST_AHEAD = {
    "en": "only just ahead",
    "fr": "ne devance que de peu",
    "es": "aventaja por muy poco",
    "ru": ("лишь немного опережает", "С небольшим перевесом"),
    "ar": "بفارق ضئيل فقط",
    "zh": "仅略微领先",
}
TIED = {
    "en": ("tied", "share first place"),
    "fr": ("à égalité", "se partagent la première place"),
    "es": ("empatan", "comparten el primer lugar"),
    "ru": ("набрали поровну", "делят первое место"),
    "ar": ("تتساوى", "متساوي", "تتقاسم"),
    "zh": "并列",
}
BEYOND = {
    "en": "The difference is beyond chance.",
    "fr": "La différence dépasse ce",
    "es": "La diferencia supera",
    "ru": "Различие больше случайного",
    "ar": "الفرق يتجاوز",
    "zh": "差异超出",
}
WITHIN = {
    "en": "The difference is not beyond chance.",
    "fr": "La différence ne dépasse pas",
    "es": "La diferencia no supera",
    "ru": "Различие не больше случайного",
    "ar": "الفرق لا يتجاوز",
    "zh": "差异未超出",
}
NEGATIVE = {
    "en": "a negative net value",
    "fr": "un solde négatif",
    "es": "un saldo negativo",
    "ru": "отрицательный баланс",
    "ar": "سلبي",
    "zh": "均为负",
}
POSITIVE = {
    "en": "a positive net value",
    "fr": "un solde positif",
    "es": "un saldo positivo",
    "ru": "положительный баланс",
    "ar": "إيجابي",
    "zh": "均为正",
}
LEAST_NET = {
    "en": ("owest net value", "; lowest:"),
    "fr": ("Solde le plus bas", "; le plus bas"),
    "es": ("Saldo más bajo", "; más bajo"),
    "ru": ("Самый низкий баланс", "; самый низкий"),
    "ar": "أدنى صافٍ",
    "zh": "最低",
}
LEAST_SHARE = {
    "en": "lowest:",
    "fr": "minimum",
    "es": "mínimo",
    "ru": "наименьшая",
    "ar": "الأدنى",
    "zh": "最低",
}


@dataclass(frozen=True)
class Made:
    """A card and what is behind it: shares by option, (group, option) counts, nets, mean ranks, by code."""

    card: Card
    shares: Mapping[str, float]
    counts: Mapping[str, int]
    n: int
    groups: Mapping[str, tuple[int, Mapping[str, int]]]
    figures: Mapping[str, float]
    ranked: Mapping[str, float]


def made(card: Card, **known: object) -> Made:
    empty: dict[str, object] = {"shares": {}, "counts": {}, "n": 0, "groups": {}, "figures": {}, "ranked": {}}
    return Made(card=card, **(empty | known))  # type: ignore[arg-type]


def hide(cell: Cell, is_hidden: bool) -> Cell:
    return Cell(count=SUPPRESSED, share=SUPPRESSED) if is_hidden else cell


def size(rng: np.random.Generator) -> int:
    return int(rng.choice([1, 2, 4, 9, 21, 29, 30, 60, 120, 300, 1200]))


def label(place: int) -> str:
    return f"Label{chr(65 + place)}"


def options_at_random(rng: np.random.Generator, kind: CardKind) -> Made:
    """Options with shares that are often level, often near a fraction, and with some of them hidden."""
    n, k = size(rng), int(rng.integers(1, 6))
    target = float(rng.choice([0.25, 1 / 3, 0.5, 2 / 3, 0.75, 0.96, 1.0, rng.random()]))
    if kind is CardKind.SINGLE:
        others = rng.dirichlet(np.ones(k - 1)) * (1 - target) if k > 1 else np.array([])
        counts = rng.multinomial(n, [target, *others]) if k > 1 else np.array([n])
        if k > 1 and rng.random() < 0.3:
            counts = np.bincount(np.arange(n) % k, minlength=k)
    else:
        counts = rng.binomial(n, np.clip(target + rng.choice([0, 0.01, -0.3, -0.1], k), 0, 1))
    counts = rng.permutation(counts)
    weighted = rng.random() < 0.2
    shares = counts / n
    if weighted:
        shares = shares * rng.uniform(0.8, 1.0, k)
        shares = shares / shares.sum() if kind is CardKind.SINGLE else shares
    hides = (rng.random(k) < 0.3) & (rng.random() < 0.4) & (not weighted)
    rows = tuple(
        Row(
            code=f"o{i}",
            label=label(i),
            cell=hide(Cell(count=int(counts[i]), share=float(shares[i])), bool(hides[i])),
        )
        for i in range(k)
    )
    card = cards.card(kind, rows=rows, base=cards.base(n), statistics=WEIGHTED if weighted else None)
    codes = [row.code for row in rows]
    return made(
        card,
        shares=dict(zip(codes, shares.tolist(), strict=True)),
        counts=dict(zip(codes, counts.tolist(), strict=True)),
        n=n,
    )


WEIGHTED = Statistics(
    method=Method(weights=WeightKind.RAKED),
    weights=WeightReport(
        kind=WeightKind.RAKED,
        margins=("region",),
        replies=100,
        effective_n=90.0,
        design_effect=1.1,
        lowest=0.5,
        highest=2.0,
        unknown=0,
        bounded=False,
        converged=True,
        miss=0.0,
    ),
)


def groups_at_random(rng: np.random.Generator) -> Made:
    """A single choice compared by groups, some small, some hidden, some alike."""
    g, k = int(rng.integers(1, 6)), int(rng.integers(2, 4))
    sizes = [int(rng.choice([0, 3, 12, 30, 60, 200, 900])) for _ in range(g)]
    spread = rng.choice([0.0, 0.02, 0.3])
    tables = []
    for own in sizes:
        lead = float(np.clip(0.6 + spread * (rng.random() - 0.5), 0, 1))
        tables.append(rng.multinomial(own, [lead, *[(1 - lead) / (k - 1)] * (k - 1)]))
    whole = np.sum(tables, axis=0)
    n = int(whole.sum())
    hides = (rng.random(g) < 0.3) & (rng.random() < 0.4)
    columns = tuple(
        Column(
            code=f"g{j}",
            label=f"Group{chr(65 + j)}",
            base=replace(cards.base(own), answered=SUPPRESSED if hides[j] else own),
        )
        for j, own in enumerate(sizes)
    )
    rows = tuple(
        Row(
            code=f"o{i}",
            label=label(i),
            cell=Cell(count=int(whole[i]), share=float(whole[i] / n) if n else 0.0),
            by={
                f"g{j}": hide(
                    Cell(count=int(tables[j][i]), share=float(tables[j][i] / own) if own else 0.0), bool(hides[j])
                )
                for j, own in enumerate(sizes)
            },
        )
        for i in range(k)
    )
    card = cards.card(CardKind.SINGLE, rows=rows, base=cards.base(n), by="region", by_label="Region", columns=columns)
    return made(
        card,
        shares={f"o{i}": float(whole[i] / n) if n else 0.0 for i in range(k)},
        counts={f"o{i}": int(whole[i]) for i in range(k)},
        n=n,
        groups={f"g{j}": (own, {f"o{i}": int(tables[j][i]) for i in range(k)}) for j, own in enumerate(sizes)},
    )


def battery_at_random(rng: np.random.Generator) -> Made:
    """Items on a scale of five, now and then with hidden points or a hidden net value."""
    k, points = int(rng.integers(1, 5)), 5
    tilt = rng.choice([0.0, 0.25, -0.25])
    items, figures, n = [], {}, 1
    for i in range(k):
        own = size(rng) if rng.random() < 0.7 else 400
        mix = np.clip(rng.dirichlet(np.ones(points) * 3) + tilt * np.array([-1, -1, 0, 1, 1]) / 2, 0.001, None)
        counts = rng.multinomial(own, mix / mix.sum())
        net = float(counts[3:].sum() - counts[:2].sum()) / own
        hides = (rng.random(points) < 0.4) & (rng.random() < 0.3)
        rows = tuple(
            Row(code=code, label=name, cell=hide(Cell(count=int(count), share=float(count / own)), bool(hidden)))
            for (code, name), count, hidden in zip(cards.CHANGE, counts, hides, strict=True)
        )
        item = BatteryItem(
            name=f"i{i}",
            label=label(i),
            base=cards.base(own),
            rows=rows,
            net=SUPPRESSED if hides.any() else net,
            mean=None,
        )
        items.append(item)
        figures[item.name], n = net, max(n, own)
    card = cards.card(CardKind.BATTERY, items=tuple(items), scale=cards.CHANGE, base=cards.base(n))
    return made(card, n=n, figures=figures)


def ranking_at_random(rng: np.random.Generator) -> Made:
    """Ballots over a few items, some of them incomplete; now and then a hidden item."""
    n, k = size(rng), int(rng.integers(2, 5))
    taste = rng.random(k) * rng.choice([0.0, 0.2, 2.0])
    ballots = np.argsort(np.argsort(rng.random((n, k)) + taste, axis=1), axis=1) + 1
    ranks = np.where(ballots <= (k if rng.random() < 0.6 else max(1, k - 2)), ballots, 0)
    times = (ranks > 0).sum(axis=0)
    figures = {f"o{i}": float(ranks[:, i].sum() / times[i]) for i in range(k) if times[i]}
    hides = (rng.random(k) < 0.5) & (rng.random() < 0.2)
    rows = tuple(
        Row(
            code=f"o{i}",
            label=label(i),
            cell=hide(Cell(count=int(times[i]), share=float(times[i] / n)), bool(hides[i])),
            mean_rank=SUPPRESSED if hides[i] else figures.get(f"o{i}"),
        )
        for i in range(k)
    )
    card = cards.card(CardKind.RANKING, rows=rows, base=cards.base(n))
    return made(card, n=n, figures=figures, ranked={f"o{i}": float(times[i] / n) for i in range(k)})


def number_at_random(rng: np.random.Generator) -> Made:
    values = rng.integers(0, 50, size(rng))
    figures = {"middle": float(np.median(values)), "mean": float(values.mean())}
    shown = {name: SUPPRESSED if rng.random() < 0.2 else value for name, value in figures.items()}
    base = cards.base(values.size)
    card = cards.card(CardKind.NUMBER, base=base, mean=shown["mean"], median=shown["middle"])
    return made(card, n=values.size, figures=figures)


def some(make: Callable[[np.random.Generator], Made], seed: int) -> Iterator[Made]:
    rng = np.random.default_rng(seed)
    for _ in range(CARDS):
        yield make(rng)


KINDS: Mapping[str, Callable[[np.random.Generator], Made]] = {
    "single": lambda rng: options_at_random(rng, CardKind.SINGLE),
    "multiple": lambda rng: options_at_random(rng, CardKind.MULTIPLE),
    "groups": groups_at_random,
    "battery": battery_at_random,
    "ranking": ranking_at_random,
    "number": number_at_random,
}


def alike(one: float, other: float) -> bool:
    return math.isclose(one, other, abs_tol=1e-9)


def reads_alike(one: float, other: float) -> bool:
    """Whether both are written with the same whole percent, halves away from nought."""
    written = [math.copysign(math.floor(abs(each) * 100 + 0.5 + 1e-9), each) for each in (one, other)]
    return written[0] == written[1]


def word_is_fair(claim: Claim, share: float, count: int, n: int) -> bool:
    near = {Degree.THREE_QUARTERS: 3 / 4, Degree.TWO_THIRDS: 2 / 3, Degree.HALF: 1 / 2}
    near |= {Degree.THIRD: 1 / 3, Degree.QUARTER: 1 / 4}
    match claim.degree:
        case Degree.ALL:
            return count == n
        case Degree.NEARLY_ALL:
            return share >= 0.95
        case Degree.MOST:
            return share > 0.5
        case Degree.SOME | None:
            return True
        case fraction:
            return abs(share - near[fraction]) <= 0.0151


def share_is_true(claim: Claim, of: Made) -> bool:
    own = [of.shares[code] for code in claim.about]
    others = [share for code, share in of.shares.items() if code not in claim.about]
    if claim.figure is None or not all(alike(share, claim.figure) for share in own):
        return False
    if claim.count is not None and not word_is_fair(claim, own[0], of.counts[claim.about[0]], of.n):
        return False
    if claim.count is not None and any(of.counts[code] != claim.count for code in claim.about[:1]):
        return False
    match claim.says:
        case Says.GIVEN:
            return len(own) == 1
        case Says.LEADS:
            return len(own) == 1 and own[0] - max(others) > 0.02 - 1e-9
        case Says.AHEAD:
            return len(own) == 1 and own[0] - max(others) > 0
        case Says.TIED:
            return len(own) > 1 and all(own[0] > share for share in others)
        case Says.NEXT:
            return len(own) == 1 and sum(share > own[0] or alike(share, own[0]) for share in others) == 1
    return False


def group_is_true(claim: Claim, of: Made, leader: str) -> bool:
    known = {code: counts[leader] / own for code, (own, counts) in of.groups.items() if own}
    large = {code: share for code, share in known.items() if of.groups[code][0] >= 30}
    hidden = {column.code for column in of.card.columns if column.base.answered is SUPPRESSED}
    among = {code: share for code, share in large.items() if code not in hidden} if claim.part else known
    if claim.says in (Says.BEYOND_CHANCE, Says.WITHIN_CHANCE):
        high, low = (of.groups[code] for code in claim.about)
        table = [[counts[leader], own - counts[leader]] for own, counts in (high, low)]
        shown = len([code for code in large if code not in hidden])
        p = fisher_exact(table).pvalue * shown * (shown - 1) / 2
        return bool((p <= 0.05) == (claim.says is Says.BEYOND_CHANCE))
    if claim.says is Says.SAME:
        return set(claim.about) == set(among) and max(among.values()) - min(among.values()) <= 0.02
    end = max(among.values()) if claim.says is Says.HIGHEST else min(among.values())
    return {code for code, share in among.items() if reads_alike(share, end)} == set(claim.about)


def net_is_true(claim: Claim, of: Made) -> bool:
    nets = of.figures
    match claim.says:
        case Says.ALL_BELOW:
            return all(net < 0 for net in nets.values())
        case Says.ALL_ABOVE:
            return all(net > 0 for net in nets.values())
        case Says.SAME:
            return all(alike(net, claim.figure or 0.0) for net in nets.values())
    end = max(nets.values()) if claim.says is Says.HIGHEST else min(nets.values())
    shown = {item.name for item in of.card.items if item.net is not SUPPRESSED}
    alike_to_it = {name for name, net in nets.items() if reads_alike(net, end) and name in shown}
    return alike_to_it == set(claim.about) and any(alike(nets[name], end) for name in claim.about)


def rank_is_true(claim: Claim, of: Made) -> bool:
    order = sorted(of.figures.values())
    own = [of.figures[code] for code in claim.about]
    others = [rank for code, rank in of.figures.items() if code not in claim.about]
    if claim.figure is None or not all(alike(rank, claim.figure) for rank in own):
        return False
    match claim.says:
        case Says.LEADS:
            return alike(own[0], order[0]) and order[1] - order[0] > 0.1 and of.ranked[claim.about[0]] >= 0.5
        case Says.AHEAD:
            return alike(own[0], order[0]) and order[0] < order[1] and of.ranked[claim.about[0]] >= 0.5
        case Says.TIED:
            return len(own) > 1 and alike(own[0], order[0]) and all(rank > order[0] for rank in others)
        case Says.NEXT:
            return alike(own[0], order[1]) and order[0] < order[1] and order[1] < min([*order[2:], math.inf])
    return False


def is_true(claim: Claim, of: Made, leader: str) -> bool:
    match claim.of:
        case Of.SHARE:
            return share_is_true(claim, of)
        case Of.GROUP:
            return group_is_true(claim, of, leader)
        case Of.NET:
            return net_is_true(claim, of)
        case Of.RANK:
            return rank_is_true(claim, of)
    return alike(claim.figure or 0.0, of.figures[claim.says.value])


def holds(phrase: str | Sequence[str], sentence: str) -> bool:
    return phrase in sentence if isinstance(phrase, str) else any(each in sentence for each in phrase)


def names_of(card: Card) -> dict[str, str]:
    named = {row.code: row.label for row in card.rows} | {item.name: item.label for item in card.items}
    return named | {column.code: column.label for column in card.columns}


def unsaid(found: Sequence[Claim], card: Card, sentence: str, words: Words) -> list[str]:
    """What a sentence lacks of its claims, and what it says beyond them."""
    tag, names, n = words.language, names_of(card), card.base.answered
    said = {claim.says for claim in found}
    wanted: list[str] = []
    for claim in found:
        is_named = claim.says not in (Says.SAME, Says.ALL_ABOVE, Says.ALL_BELOW)
        if is_named and not (claim.says is Says.TIED and claim.of is Of.SHARE and len(claim.about) > 2):
            wanted += [names[code] for code in claim.about]
        if claim.figure is not None and claim.of in (Of.SHARE, Of.GROUP) and claim.says is not Says.SAME:
            is_all = claim.degree is Degree.ALL and n is not SUPPRESSED and n >= 30  # type: ignore[operator]
            wanted += [] if is_all else [wording.share(claim.figure, words)]
        if claim.figure is not None and claim.of is Of.NET:
            wanted.append(wording.points(claim.figure, words))
        if claim.figure is not None and claim.of in (Of.RANK, Of.NUMBER):
            wanted.append(wording.decimal(claim.figure, words))
    lacking = [each for each in wanted if each not in sentence]
    for says, phrases in (
        (Says.AHEAD, JUST_AHEAD),
        (Says.TIED, TIED),
        (Says.BEYOND_CHANCE, BEYOND),
        (Says.WITHIN_CHANCE, WITHIN),
        (Says.ALL_BELOW, NEGATIVE),
        (Says.ALL_ABOVE, POSITIVE),
        (Says.LOWEST, LEAST_NET if card.kind is CardKind.BATTERY else LEAST_SHARE),
    ):
        few = isinstance(n, int) and n < 30
        if holds(phrases[tag], sentence) != (says in said) and not (few and says is Says.AHEAD):
            lacking.append(f"{says}: {phrases[tag]}")
    degrees = {degree for degree, phrase in DEGREES[tag].items() if sentence.startswith(_starts(tag, phrase, sentence))}
    if not degrees <= {claim.degree for claim in found}:
        lacking.append(f"degrees {degrees}")
    return lacking


def _starts(tag: str, phrase: str, sentence: str) -> str:
    # In Arabic a verb stands before the share.
    return sentence[: sentence.index(phrase) + len(phrase)] if tag == "ar" and f" {phrase}" in sentence else phrase


@pytest.mark.parametrize("kind", KINDS)
def test_every_claim_is_true_of_the_numbers_even_of_hidden_ones(kind: str) -> None:
    for of in some(KINDS[kind], seed=7):
        found = claims(of.card)
        leader = found[0].about[0] if found and found[0].about else ""
        assert [claim for claim in found if not is_true(claim, of, leader)] == [], of


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_sentence_says_its_claims_and_no_others(kind: str, tag: str) -> None:
    for of in some(KINDS[kind], seed=8):
        found, sentence = claims(of.card), headline(of.card, WORDS[tag])
        assert bool(found) == bool(sentence)
        if found:
            assert unsaid(found, of.card, sentence, WORDS[tag]) == [], (sentence, found)


def test_the_cards_at_random_bring_every_claim_and_every_word() -> None:
    met: Counter[object] = Counter()
    for make in KINDS.values():
        for of in some(make, seed=7):
            for claim in claims(of.card):
                met[(claim.of, claim.says)] += 1
                met[claim.degree] += 1
                met[claim.part] += 1
    wanted = [*Degree, True]
    wanted += [(Of.SHARE, each) for each in (Says.GIVEN, Says.LEADS, Says.AHEAD, Says.TIED, Says.NEXT)]
    wanted += [(Of.GROUP, each) for each in (Says.HIGHEST, Says.LOWEST, Says.SAME, Says.BEYOND_CHANCE)]
    wanted += [(Of.GROUP, Says.WITHIN_CHANCE)]
    wanted += [(Of.NET, each) for each in (Says.HIGHEST, Says.LOWEST, Says.ALL_ABOVE, Says.ALL_BELOW)]
    wanted += [(Of.RANK, each) for each in (Says.LEADS, Says.AHEAD, Says.TIED, Says.NEXT)]
    wanted += [(Of.NUMBER, Says.MIDDLE), (Of.NUMBER, Says.MEAN)]
    assert [each for each in wanted if met[each] < 3] == []
