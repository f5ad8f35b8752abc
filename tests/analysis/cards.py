"""Hand-made cards and words for the tests of charts and reports."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from analysis.disclosure import SUPPRESSED, Audience, Permission, Suppressed
from analysis.findings.card import Base, BatteryItem, Card, CardKind, Cell, Column, Facing, Quote, Row, Source

SOURCE = Source(
    consultation="way-forward",
    title="Civil society consultation: the way forward to 2029",
    fictional=True,
    as_of=datetime(2026, 11, 23, 19, 5, tzinfo=UTC),
    snapshot="3fa94c21d07b",
)
CHANGE = (
    ("1", "Much worse"),
    ("2", "Worse"),
    ("3", "No change"),
    ("4", "Better"),
    ("5", "Much better"),
)


@dataclass(frozen=True, slots=True)
class PlainWords:
    """English words as they stand, parameters put in."""

    language: str = "en"
    direction: str = "ltr"
    colon: str = ": "

    def translate(self, msgid: str, /, **params: object) -> str:
        return msgid.format(**params)

    def plural(self, one: str, many: str, count: int, /, **params: object) -> str:
        return (one if count == 1 else many).format(count=count, **params)

    def listed(self, parts: Iterable[str]) -> str:
        return "; ".join(parts)


ENGLISH = PlainWords()


def base(answered: int | Suppressed = 400, **missing: int | Suppressed) -> Base:
    known = [value for value in (answered, *missing.values()) if not isinstance(value, Suppressed)]
    return Base(replies=sum(known), answered=answered, missing=missing)


def cell(count: int | Suppressed, answered: int = 400) -> Cell:
    if isinstance(count, Suppressed):
        return Cell(count=SUPPRESSED, share=SUPPRESSED)
    share = count / answered
    return Cell(count=count, share=share, low=max(0.0, share - 0.05), high=min(1.0, share + 0.05))


def row(code: str, label: str, count: int | Suppressed, answered: int = 400) -> Row:
    return Row(code=code, label=label, cell=cell(count, answered))


def card(kind: CardKind, **changes: object) -> Card:
    values: dict[str, object] = {
        "question": "q",
        "kind": kind,
        "label": "A question?",
        "section": "s1",
        "base": base(),
        "audience": Audience.MEETING,
        "source": SOURCE,
        "language": "en",
    }
    return Card(**{**values, **changes})  # type: ignore[arg-type]


def single(**changes: object) -> Card:
    rows = (row("yes", "Yes", 250), row("no", "No", 147), row("unsure", "Not sure", SUPPRESSED))
    return card(CardKind.SINGLE, **{"label": "Has your organisation taken part?", "rows": rows, **changes})


FIELDS = (
    ("prev", "Prevention", 160),
    ("treat", "Treatment and rehabilitation", 212),
    ("hr", "Harm reduction", 201),
    ("other", "Other", 230),
    ("meds", "Access to controlled medicines, pain relief and palliative care", 61),
    ("policy", "Policy advocacy and reform", 144),
    ("security", "Crime and security", SUPPRESSED),
    ("gender", "Gender equality", 98),
)


def multiple(**changes: object) -> Card:
    rows = tuple(row(*field) for field in FIELDS)
    label = "Main fields of work"
    return card(CardKind.MULTIPLE, **{"label": label, "rows": rows, "base": base(400, skipped=12), **changes})


def two_states() -> tuple[Card, Card]:
    """The same question in an earlier and a later state; labels that lie close, one hidden before, one in both."""
    counts = {"prev": 150, "treat": 152, "hr": 154, "other": 230, "meds": SUPPRESSED, "policy": 148, "gender": 98}
    was = tuple(row(code, label, counts.get(code, SUPPRESSED)) for code, label, _ in FIELDS)
    taken = replace(SOURCE, as_of=datetime(2026, 10, 1, 9, 0, tzinfo=UTC), snapshot="77b01c5e2f9a")
    return multiple(rows=was, source=taken), multiple()


def item(name: str, label: str, *counts: int | Suppressed, dont_know: int | Suppressed = 0) -> BatteryItem:
    known = [0 if isinstance(count, Suppressed) else count for count in counts]
    answered = sum(known)
    whole = SUPPRESSED not in counts
    net = (known[-1] + known[-2] - known[0] - known[1]) / answered if whole else SUPPRESSED
    mean = sum(point * count for point, count in enumerate(known, 1)) / answered if whole else SUPPRESSED
    rows = tuple(row(code, label, count, answered) for (code, label), count in zip(CHANGE, counts, strict=True))
    return BatteryItem(name=name, label=label, base=base(answered, dont_know=dont_know), rows=rows, net=net, mean=mean)


def battery(**changes: object) -> Card:
    items = (
        item("c01", "Expanding and diversifying range of drugs and drug markets", 120, 150, 60, 50, 20, dont_know=12),
        item("c02", "Treatment and health services falling short; rising drug-related mortality", 40, 90, 110, 120, 40),
        item("c03", "High transmission of HIV, hepatitis C", 15, 55, 100, 160, 70, dont_know=SUPPRESSED),
        item("c04", "Low availability of controlled substances", SUPPRESSED, 60, 150, 140, 50, dont_know=31),
    )
    label = "Since 2019, how has the situation in your country or region changed?"
    return card(CardKind.BATTERY, **{"label": label, "items": items, "scale": CHANGE, **changes})


def ranking(**changes: object) -> Card:
    places = (("hr", "Harm reduction", 2.1, 130), ("prev", "Prevention", 1.8, 180), ("ad", "Livelihoods", 3.4, 30))
    rows = tuple(
        Row(code=code, label=label, cell=cell(400), mean_rank=rank, first=cell(first))
        for code, label, rank, first in places
    )
    hidden = Row(code="x", label="Research", cell=cell(SUPPRESSED), mean_rank=SUPPRESSED, first=cell(SUPPRESSED))
    return card(CardKind.RANKING, **{"label": "Where would resources matter most?", "rows": (*rows, hidden), **changes})


def crossed(**changes: object) -> Card:
    """A ranking set against a battery of the same things, one of which the battery hides."""
    ends = (("hr", 30, 60, 90, 140, 80), ("prev", 90, 120, 100, 60, 30), ("ad", 120, 150, 60, 50, 20))
    items = tuple(item(f"s_{code}", f"Access to {code}", *counts) for code, *counts in ends)
    hidden = item("s_x", "Access to research", SUPPRESSED, 60, 150, 140, 50)
    label = "Since 2019, how has the situation in your country or region changed?"
    other = card(CardKind.BATTERY, question="m", label=label, items=(*items, hidden), scale=CHANGE)
    pairs = tuple((code, f"s_{code}") for code in ("hr", "prev", "ad", "x"))
    return ranking(**{"facing": Facing(question="m", pairs=pairs), "against": other, **changes})


def number(**changes: object) -> Card:
    rows = (
        row("0-9", "0–9", 140),
        row("10-49", "10–49", 160),
        row("50-99", "50–99", 97),
        row("100", "100+", SUPPRESSED),
    )
    return card(CardKind.NUMBER, **{"label": "Members of staff", "rows": rows, "mean": 23.4, "median": 17.0, **changes})


def text(**changes: object) -> Card:
    quotes = tuple(
        Quote(
            response_id=index,
            question="positive",
            text=f"Quote {index}: naloxone reached the villages.",
            language="en",
            region="ssa",
            attribution="An organisation, Sub-Saharan Africa",
            permission=Permission.NAMED,
        )
        for index in range(1, 6)
    )
    return card(CardKind.TEXT, **{"label": "What is the most positive development?", "quotes": quotes, **changes})


REGIONS = (("eeca", "Eastern Europe and Central Asia", 90), ("lac", "Latin America", 170), ("ssa", "Africa", 140))


def compared(**changes: object) -> Card:
    columns = tuple(Column(code=code, label=label, base=base(n)) for code, label, n in REGIONS)
    rows = tuple(
        Row(
            code=code,
            label=label,
            cell=cell(total),
            by={
                region: cell(SUPPRESSED if (code, region) == ("no", "eeca") else round(n * part), n)
                for region, _, n in REGIONS
            },
        )
        for code, label, total, part in (("yes", "Yes", 260, 0.65), ("no", "No", 140, 0.35))
    )
    return card(
        CardKind.SINGLE, **{"label": "Taken part?", "by": "region", "columns": columns, "rows": rows, **changes}
    )


def many(count: int, kind: CardKind = CardKind.SINGLE, **changes: object) -> Card:
    rows = tuple(row(f"c{index}", f"Country number {index}", 60 - index, 1200) for index in range(count))
    return card(kind, **{"label": "Country or territory", "rows": rows, "base": base(1200), **changes})


ALL = (single(), multiple(), battery(), ranking(), number(), text(), compared(), many(30))
