"""One chart of each form, in English and in Arabic, small and the same every time: for pictures that are compared.

`python -m tests.analysis.charts.family` draws the stored pictures anew, after a change of looks that is wanted; look at
each of them before it is kept.
"""

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PIL import Image

from analysis.charts import image
from analysis.charts.choose import chart
from analysis.charts.slopes import slope
from analysis.charts.spec import ChartSpec, Form
from analysis.disclosure import SUPPRESSED
from analysis.findings.card import Card, CardKind
from survey.translator import Words
from tests.analysis import cards, hard_cards

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("en", "ar")
WIDE = 500
COLOURS = 64
ARABIC = {
    "Has your organisation taken part?": "هل شاركت منظمتكم؟",
    "Main fields of work": "مجالات العمل الرئيسية",
    "Since 2019, how has the situation in your country or region changed?": "كيف تغيّر الوضع في بلدكم منذ عام 2019؟",
    "Where would resources matter most?": "أين تُحدث الموارد أكبر فرق؟",
    "Members of staff": "عدد العاملين",
    "Taken part?": "هل شاركتم؟",
    "Yes": "نعم",
    "No": "لا",
    "Not sure": "لست متأكدًا",
    "Prevention": "الوقاية",
    "Harm reduction": "الحد من الضرر",
    "Much worse": "أسوأ بكثير",
    "Worse": "أسوأ",
    "No change": "دون تغيير",
    "Better": "أفضل",
    "Much better": "أفضل بكثير",
    "Africa": "أفريقيا",
    "Latin America": "أمريكا اللاتينية",
    "Eastern Europe and Central Asia": "أوروبا الشرقية وآسيا الوسطى",
}


def family(language: str) -> Mapping[Form, ChartSpec]:
    """Form -> its chart."""
    many = hard_cards.hard_card(CardKind.MULTIPLE, 7, "many answers", 7)
    hidden = replace(many.rows[-1], by={**many.rows[-1].by, "g2": cards.cell(SUPPRESSED)})
    chosen = {
        Form.BARS: cards.multiple(),
        Form.GROUPED: cards.compared(),
        Form.STACKED: cards.battery(),
        Form.DIVERGING: cards.battery(),
        Form.RANKS: cards.ranking(),
        Form.COLUMNS: cards.number(),
        Form.TABLE: cards.compared(),
        Form.HEAT_MAP: replace(many, rows=(*many.rows[:-1], hidden)),
        Form.DUMBBELL: many,
        Form.INTERVALS: cards.multiple(),
        Form.MULTIPLES: cards.compared(),
        Form.SCATTER: cards.crossed(),
    }
    found = {}
    for form, card in chosen.items():
        spec = chart(_told(card, language), Words(language), form=form)
        assert spec is not None
        found[form] = spec
    before, after = (_told(card, language) for card in cards.two_states())
    found[Form.SLOPE] = slope(before, after, Words(language))
    return found


def small(spec: ChartSpec) -> Image.Image:
    """The chart as a small picture of few colours."""
    drawn = Image.open(io.BytesIO(image.png(spec, scale=1))).convert("RGB")
    high = round(drawn.height * WIDE / drawn.width)
    return drawn.resize((WIDE, high), Image.Resampling.LANCZOS).quantize(COLOURS, method=Image.Quantize.FASTOCTREE)


def golden(form: Form, language: str) -> Path:
    """Where its stored picture lies."""
    return GOLDEN / f"{form}-{language}.png"


def _told(card: Card, language: str) -> Card:
    """The card in a language: names that stand in the list, the others as they are."""
    if language == "en":
        return card

    def word(text: str) -> str:
        return ARABIC.get(text, text)

    return replace(
        card,
        label=word(card.label),
        against=None if card.against is None else _told(card.against, language),
        rows=tuple(replace(row, label=word(row.label)) for row in card.rows),
        columns=tuple(replace(column, label=word(column.label)) for column in card.columns),
        scale=tuple((code, word(label)) for code, label in card.scale),
    )


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for language in LANGUAGES:
        for form, spec in family(language).items():
            small(spec).save(golden(form, language), optimize=True)
