"""What a click on a mark of a chart chooses, and which marks choose nothing."""

import pytest

from analysis.charts import screen
from analysis.charts.choose import chart
from analysis.charts.clicks import Meanings, meanings
from analysis.charts.spec import ChartSpec, Form
from analysis.findings.card import Card, CardKind
from analysis.findings.crossing import axes
from tests.analysis import cards
from tests.analysis.cards import ENGLISH
from tests.analysis.hard_cards import crossed as hard_crossed
from tests.analysis.hard_cards import hard_card


def chosen(card: Card) -> Meanings:
    spec = chart(card, ENGLISH)
    assert spec is not None
    return meanings(card, spec)


def test_a_bar_chooses_its_option_and_a_hidden_one_nothing() -> None:
    assert chosen(cards.single()) == ((("q", "yes"), ("q", "no"), None),)


def test_options_put_together_choose_nothing() -> None:
    (bars,) = chosen(cards.many(30))
    assert bars[-1] is None
    assert all(bars[:-1])


def test_two_options_of_one_label_choose_nothing() -> None:
    rows = (cards.row("a", "Same", 50), cards.row("b", "Same", 60), cards.row("c", "Other words", 70))
    assert chosen(cards.single(rows=rows)) == ((None, None, ("q", "c")),)


def test_a_segment_of_a_battery_chooses_the_answer_to_its_item() -> None:
    card = cards.battery()
    found = chosen(card)
    spec = chart(card, ENGLISH)
    assert spec is not None
    by_label = {item.label: item.name for item in card.items}
    codes = [code for code, _label in card.scale]
    for series, marks in enumerate(found):
        for category, mark in zip(spec.categories, marks, strict=True):
            assert mark in (None, (by_label[category], codes[series]))
    assert any(any(marks) for marks in found)


def test_where_each_bar_is_a_group_it_chooses_the_group() -> None:
    columns = tuple(cards.Column(code=f"g{n}", label=f"Group {n}", base=cards.base(100)) for n in range(6))
    rows = tuple(
        cards.Row(
            code=code,
            label=code.title(),
            cell=cards.cell(300, 600),
            by={column.code: cards.cell(50, 100) for column in columns},
        )
        for code in ("yes", "no")
    )
    found = chosen(cards.single(rows=rows, columns=columns, by="region", by_label="Region"))
    assert found == (tuple(("region", f"g{n}") for n in range(6)),) * 2


def test_ranks_and_classes_of_numbers_choose_nothing() -> None:
    assert chosen(cards.ranking()) == ()
    assert chosen(cards.number()) == ()


def in_form(card: Card, form: Form) -> tuple[ChartSpec, Meanings]:
    spec = chart(card, ENGLISH, form=form)
    assert spec is not None
    assert spec.form is form
    return spec, meanings(card, spec)


def compared(groups: int) -> Card:
    columns = tuple(cards.Column(code=f"g{n}", label=f"Group {n}", base=cards.base(100)) for n in range(groups))
    rows = tuple(
        cards.Row(
            code=code,
            label=label,
            cell=cards.cell(300, 600),
            by={column.code: cards.cell(40 + 10 * n, 100) for n, column in enumerate(columns)},
        )
        for code, label in (("yes", "Yes"), ("perhaps", "Yes (in part)"), ("no", "No"))
    )
    return cards.multiple(rows=rows, columns=columns, by="region", by_label="Region")


def test_a_segment_of_a_diverging_bar_chooses_the_answer_to_its_item() -> None:
    card = cards.battery()
    spec, found = in_form(card, Form.DIVERGING)
    by_label = {item.label: item.name for item in card.items}
    codes = {label: code for code, label in card.scale}
    for series, marks in zip(spec.series, found, strict=True):
        for category, value, mark in zip(spec.categories, series.values, marks, strict=True):
            assert mark == ((by_label[category], codes[series.name]) if value else None)
    assert any(any(marks) for marks in found)


def test_a_point_with_its_interval_chooses_its_option() -> None:
    spec, found = in_form(cards.single(), Form.INTERVALS)
    assert set(found[0]) - {None} == {("q", "yes"), ("q", "no")}
    assert len(spec.categories) == len(found[0])


def test_both_points_of_two_groups_choose_the_option_of_their_line() -> None:
    card = compared(2)
    spec, found = in_form(card, Form.DUMBBELL)
    codes = {row.label: row.code for row in card.rows}
    assert found == (tuple((card.question, codes[name]) for name in spec.categories),) * 2


def test_a_line_between_the_lowest_and_the_highest_group_chooses_its_option_where_its_name_is_no_other_ones() -> None:
    card = compared(4)
    spec, (lowest, highest) = in_form(card, Form.DUMBBELL)
    assert lowest == highest
    told = dict(zip(spec.categories, lowest, strict=True))
    (no,) = [mark for name, mark in told.items() if name.startswith("No (")]
    (part,) = [mark for name, mark in told.items() if name.startswith("Yes (in part)")]
    assert (no, part) == ((card.question, "no"), None)


def test_a_bar_of_small_multiples_chooses_its_option_in_every_panel() -> None:
    card = compared(4)
    spec, found = in_form(card, Form.MULTIPLES)
    codes = {row.label: row.code for row in card.rows}
    assert found == (tuple((card.question, codes[name]) for name in spec.categories),) * 5


def test_net_values_in_small_multiples_choose_nothing() -> None:
    assert in_form(hard_card(CardKind.BATTERY, 5, "long names", groups=3), Form.MULTIPLES)[1] == ()


def test_a_point_of_two_questions_chooses_the_option_of_the_one_that_is_answered_by_choosing() -> None:
    card = hard_crossed(7, "long names")
    spec, (marks,) = in_form(card, Form.SCATTER)
    across = axes(card)[0]
    labels = {row.code: row.label for row in across.rows}
    drawn = [
        name
        for name, x, y in zip(spec.categories, spec.series[0].values, spec.series[1].values, strict=True)
        if x is not None and y is not None
    ]
    assert [mark and mark[0] for mark in marks] == [across.question] * len(drawn)
    assert [labels[mark[1]] for mark in marks if mark] == drawn
    (trace,) = screen.figure(spec, dark=False).data
    assert len(trace.x) == len(marks) == 7


def test_a_point_of_a_ranking_and_a_battery_chooses_nothing() -> None:
    assert in_form(cards.crossed(), Form.SCATTER)[1] == ()


FORMS = {
    Form.DIVERGING: cards.battery,
    Form.INTERVALS: cards.single,
    Form.DUMBBELL: lambda: compared(2),
    Form.MULTIPLES: lambda: compared(4),
}


@pytest.mark.parametrize("form", FORMS)
def test_what_the_browser_counts_is_what_the_meanings_count(form: Form) -> None:
    spec, found = in_form(FORMS[form](), form)
    drawn = screen.figure(spec, dark=False).data
    assert [len(trace.x) for trace in drawn] == [len(marks) for marks in found]
    assert [trace.name for trace in drawn] == [series.name for series in spec.series]
