"""One chart of each form, in English and in Arabic, small and the same every time: for pictures that are compared.

A few also in Chinese and in Russian, whose lines break elsewhere, and a few as a dark screen shows them.

`python -m tests.analysis.charts.family` draws the stored pictures anew, after a change of looks that is wanted; look at
each of them before it is kept.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image

from analysis.charts import image, palette, typesetting
from analysis.charts.choose import chart
from analysis.charts.countries import country_map
from analysis.charts.slopes import slope
from analysis.charts.spec import ChartSpec, Form
from analysis.disclosure import SUPPRESSED
from analysis.findings.card import Card, CardKind
from survey.translator import Words
from tests.analysis import cards, hard_cards

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("en", "ar")
FURTHER = ("zh", "ru")
FEW = (Form.STACKED, Form.DUMBBELL, Form.TILES)
"""Forms that are drawn in the further languages too."""
DARK = (Form.GROUPED, Form.DIVERGING, Form.HEAT_MAP, Form.TILES)
"""Forms that are drawn, in English, as a dark screen shows them."""
WIDE = 500
COLOURS = 64
_ARABIC = {
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

_QUESTION = "Since 2019, how has the situation in your country or region changed?"
_ITEMS = (
    "Expanding and diversifying range of drugs and drug markets",
    "Treatment and health services falling short; rising drug-related mortality",
    "High transmission of HIV, hepatitis C",
    "Low availability of controlled substances",
)


def _battery(question: str, scale: tuple[str, ...], items: tuple[str, ...]) -> Mapping[str, str]:
    points = (label for _, label in cards.CHANGE)
    return {_QUESTION: question, **dict(zip(points, scale, strict=True)), **dict(zip(_ITEMS, items, strict=True))}


WORDS: Mapping[str, Mapping[str, str]] = {
    "ar": _ARABIC,
    "zh": _battery(
        "自2019年以来，贵国或贵地区的情况有何变化？",
        ("差得多", "较差", "没有变化", "较好", "好得多"),
        (
            "毒品和毒品市场的范围不断扩大且日益多样化",
            "治疗和卫生服务不足，与毒品有关的死亡率上升",
            "艾滋病毒和丙型肝炎的高传播率",
            "管制药品供应不足",
        ),
    ),
    "ru": _battery(
        "Как с 2019 года изменилось положение в вашей стране или вашем регионе?",
        ("Намного хуже", "Хуже", "Без изменений", "Лучше", "Намного лучше"),
        (
            "Расширение и диверсификация ассортимента наркотиков и рынков наркотиков",
            "Нехватка услуг здравоохранения и лечения; рост смертности, связанной с наркотиками",
            "Высокие показатели передачи ВИЧ и гепатита С",
            "Низкая доступность контролируемых веществ",
        ),
    ),
}
"""What the labels of the cards are in a language; those that are not here stay English."""


def names() -> Iterator[str]:
    """The file of each picture that is compared."""
    for form in Form:
        for language in (*LANGUAGES, *(FURTHER if form in FEW else ())):
            yield f"{form}-{language}.png"
        if form in DARK:
            yield f"{form}-en-dark.png"


def picture(name: str) -> Image.Image:
    """The picture that belongs in that file, as it is drawn now."""
    form, language, *dark = name.removesuffix(".png").split("-")
    return small(family(language)[Form(form)], dark=bool(dark))


@cache
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
        Form.UPSET: hard_cards.together(5, "many answers"),
        Form.OPINIONS: hard_cards.opinions(3, "many answers"),
    }
    found = {}
    for form, card in chosen.items():
        spec = chart(_told(card, language), Words(language), form=form)
        assert spec is not None
        found[form] = spec
    before, after = (_told(card, language) for card in cards.two_states())
    found[Form.SLOPE] = slope(before, after, Words(language))
    found[Form.TILES] = country_map(hard_cards.countries(30, "many answers"), Words(language))
    return found


def small(spec: ChartSpec, *, dark: bool = False) -> Image.Image:
    """The chart as a small picture of few colours."""
    drawing = palette.picture_in_dark(image.svg(spec)) if dark else image.svg(spec)
    wide = float(ElementTree.fromstring(drawing).attrib["width"])
    drawn = Image.open(io.BytesIO(typesetting.pixels(drawing, width=wide, scale=1))).convert("RGB")
    high = round(drawn.height * WIDE / drawn.width)
    return drawn.resize((WIDE, high), Image.Resampling.LANCZOS).quantize(COLOURS, method=Image.Quantize.FASTOCTREE)


def _told(card: Card, language: str) -> Card:
    """The card in a language: names that stand in the list, the others as they are."""
    if language == "en":
        return card

    def word(text: str) -> str:
        return WORDS[language].get(text, text)

    return replace(
        card,
        label=word(card.label),
        against=None if card.against is None else _told(card.against, language),
        rows=tuple(replace(row, label=word(row.label)) for row in card.rows),
        items=tuple(replace(item, label=word(item.label)) for item in card.items),
        columns=tuple(replace(column, label=word(column.label)) for column in card.columns),
        scale=tuple((code, word(label)) for code, label in card.scale),
    )


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name in names():
        picture(name).save(GOLDEN / name, optimize=True)
