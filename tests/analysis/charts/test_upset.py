"""Sets of options, drawn."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from analysis.charts import choose, image
from analysis.charts.screen_forms.upset import CHOSEN, markup
from analysis.charts.spec import ChartSpec, Form, Sets
from analysis.disclosure import SUPPRESSED, Audience, Suppressed
from analysis.findings.card import Card, CardKind, Combination, Combinations
from data.errors import InvalidInput
from survey.translator import LANGUAGES, Words
from tests.analysis.cards import card, row

SVG = "{http://www.w3.org/2000/svg}"
LONG = "A label that does not end, " * 8


def told(
    *sets: tuple[str, int],
    others: int | None = 0,
    replies: int | Suppressed = 0,
    audience: Audience = Audience.INTERNAL,
    **labels: str,
) -> Card:
    names = {"a": "Prevention", "b": "<b>Harm</b> reduction", "c": "Treatment", "d": "Never chosen"} | labels
    found = tuple(Combination(codes=tuple(codes), count=count) for codes, count in sets)
    return card(
        CardKind.MULTIPLE,
        rows=tuple(row(code, label, 9) for code, label in names.items()),
        audience=audience,
        combinations=Combinations(told=found, others=others, replies=replies),
    )


def described(of: Card, language: str = "en") -> ChartSpec:
    spec = choose.chart_to_take_away(of, Words(language))
    assert spec is not None
    return spec


def test_a_card_without_sets_has_no_such_chart() -> None:
    plain = replace(told(("a", 1)), combinations=None)
    assert Form.UPSET in choose.forms_for(plain)
    assert Form.UPSET not in choose.forms_of(plain)
    with pytest.raises(InvalidInput) as refused:
        choose.chart(plain, Words("en"), form=Form.UPSET)
    assert refused.value.code == "form.unsuitable"


def test_a_meeting_reads_how_many_chose_another_set_and_why_it_is_not_listed() -> None:
    spec = described(told(("ab", 40), ("c", 7), others=None, replies=14, audience=Audience.MEETING))
    assert spec.note.startswith(
        "14 replies chose another combination. Combinations that would tell of a small group are not shown."
    )
    rounded = described(told(("ab", 40), others=None, replies=SUPPRESSED, audience=Audience.MEETING))
    assert rounded.note.startswith("Combinations that would tell of a small group are not shown.")
    assert "not shown" not in described(told(("ab", 40), others=None, audience=Audience.MEETING)).note


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_no_set_can_be_shown_picture_and_words_say_so(language: str) -> None:
    spec = described(told(others=None, replies=14, audience=Audience.PUBLIC), language)
    said = Words(language).translate("No combination can be shown without telling of a small group.")
    assert spec.categories == ()
    assert spec.note.startswith(said)
    assert said in spec.alt
    assert b"</svg>" in image.svg(spec)


def test_sets_name_their_options_and_leave_out_those_that_none_holds() -> None:
    spec = described(told(("ab", 40), ("c", 7), others=3, replies=5))
    assert spec.form is Form.UPSET
    assert spec.categories == ("Prevention + <b>Harm</b> reduction", "Treatment")
    assert spec.plan == Sets(options=("Prevention", "<b>Harm</b> reduction", "Treatment"), members=((0, 1), (2,)))
    assert (spec.series[0].values, spec.maximum) == ((40.0, 7.0), 40.0)
    assert "3 further combinations, 5 replies." in spec.note
    assert spec.note.startswith("Internal figures: not for publication.")


def test_on_the_screen_every_option_of_a_set_has_its_dot_and_no_label_is_markup() -> None:
    drawn = markup(described(told(("ab", 40), ("c", 7))))
    assert drawn.count(CHOSEN) == 3
    assert "<b>" not in drawn
    assert re.findall(r"</i>(\d+)</th>", drawn) == ["40", "7"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "of",
    [told(("a", 1)), told(*[("abc"[: 1 + n % 3], 20 - n) for n in range(15)]), told(("abcd", 3), a=LONG, b=LONG)],
    ids=["one", "many", "long labels"],
)
def test_a_picture_has_a_column_for_each_set_and_its_dots(of: Card, language: str) -> None:
    spec = described(of, language)
    assert isinstance(spec.plan, Sets)
    root = ElementTree.fromstring(image.svg(spec))
    accent = [mark for mark in root.iter() if mark.get("fill") == "#1b5e9c"]
    assert sum(mark.tag == f"{SVG}rect" for mark in accent) == len(spec.categories)
    assert sum(mark.tag == f"{SVG}circle" for mark in accent) == sum(map(len, spec.plan.members))
    high = float(root.get("height", "0"))
    assert all(0 <= float(mark.get("cy", "0")) <= high for mark in accent if mark.tag == f"{SVG}circle")
