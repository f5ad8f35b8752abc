"""What a click on a mark of a chart chooses, and which marks choose nothing."""

from analysis.charts.choose import chart
from analysis.charts.clicks import Meanings, meanings
from analysis.findings.card import Card
from tests.analysis import cards
from tests.analysis.cards import ENGLISH


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
