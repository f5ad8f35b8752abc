"""Which chart a card gets, in what order, and with which words."""

from dataclasses import replace
from datetime import date

import pytest

from analysis.charts import layout, palette, wording
from analysis.charts.choose import chart, coverage, form_of, forms_for, timeline
from analysis.charts.spec import ChartSpec, CoverageRow, Form, Mark, MonitoringSource, Role, Side, TimelinePoint
from analysis.disclosure import SUPPRESSED, Audience, policy
from analysis.findings.card import Card, CardKind, Cell, Column, Lens, LensVerdict, Robustness, Row, Verdict
from data.errors import InvalidInput
from survey.translator import LANGUAGES, Words
from tests.analysis import cards, hard_cards
from tests.analysis.cards import ENGLISH, PlainWords

MONITORING = MonitoringSource(title="The way forward", fictional=True, as_of=cards.SOURCE.as_of)

INTERNAL = policy(Audience.INTERNAL)


def drawn(card: Card, statement: str = "") -> ChartSpec:
    spec = chart(card, ENGLISH, statement=statement)
    assert spec is not None
    return spec


def test_few_options_stay_in_the_questionnaires_order_and_a_suppressed_one_has_no_value() -> None:
    spec = drawn(cards.single())
    assert spec.form is Form.BARS
    assert spec.categories == ("Yes", "No", "Not sure")
    assert spec.series[0].values == (0.625, 0.3675, None)
    assert spec.series[0].labels == ("63%", "37%", "[c]")
    assert spec.maximum == 0.7


def test_many_options_are_sorted_by_share_with_other_last() -> None:
    assert drawn(cards.multiple()).categories == (
        "Treatment and rehabilitation",
        "Harm reduction",
        "Prevention",
        "Policy advocacy and reform",
        "Gender equality",
        "Access to controlled medicines, pain relief and palliative care",
        "Crime and security",
        "Other",
    )


def test_an_option_that_was_declared_an_answer_stands_where_its_share_puts_it() -> None:
    rows = tuple(cards.row(code, code.upper(), count) for code, count in zip("abcdef", range(10, 70, 10), strict=True))
    assert drawn(cards.single(rows=(*rows, cards.row("na", "Namibia", 90)))).categories[0] == "Namibia"


def test_of_no_answers_there_is_no_share() -> None:
    rows = tuple(Row(code=code, label=code, cell=Cell(count=0, share=0.0)) for code in ("yes", "no"))
    of_nobody = cards.single(base=cards.base(0, not_asked=9), rows=rows)
    for form in (Form.BARS, Form.INTERVALS):
        spec = chart(of_nobody, ENGLISH, form=form)
        assert spec is not None
        assert spec.series[0].labels == ("0", "0")
        assert "%" not in spec.alt
    empty, full = (Column(code=name, label=name, base=cards.base(count)) for name, count in (("a", 0), ("b", 400)))
    by = {"a": Cell(count=0, share=0.0), "b": cards.cell(200)}
    compared = cards.single(rows=tuple(replace(row, by=by) for row in rows), by="region", columns=(empty, full))
    labels = {form: chart(compared, ENGLISH, form=form) for form in (Form.GROUPED, Form.STACKED, Form.TABLE)}
    assert {form: [each.labels for each in spec.series] for form, spec in labels.items() if spec} == {
        Form.GROUPED: [("0", "0"), ("50%", "50%")],
        Form.STACKED: [("–", "50%"), ("–", "50%")],
        Form.TABLE: [("0", "0"), ("50%", "50%")],
    }
    unanswered = replace(cards.battery().items[0], base=cards.base(0), net=None, mean=None)
    spec = drawn(cards.battery(items=(*cards.battery().items[1:], unanswered)))
    assert {each.labels[-1] for each in spec.series} == {"–"}


def test_a_scale_of_numbers_is_never_sorted() -> None:
    points = tuple(cards.row(str(point), f"Point {point}", 10 * (point % 4) + 5) for point in range(10))
    assert drawn(cards.single(rows=points)).categories == tuple(f"Point {point}" for point in range(10))


def test_more_than_twenty_options_become_fifteen_and_the_rest() -> None:
    spec = drawn(cards.many(30))
    assert len(spec.categories) == 16
    assert spec.categories[-1] == "Other options (15)"
    assert spec.series[0].values[-1] == pytest.approx(sum(60 - index for index in range(15, 30)) / 1200)


def test_the_rest_is_not_summed_when_a_part_of_it_is_suppressed() -> None:
    card = cards.many(30)
    rows = (*card.rows[:-1], cards.row("last", "Last", SUPPRESSED))
    spec = drawn(replace(card, rows=rows))
    assert len(spec.categories) == 15
    assert spec.note == "Options not shown: 15. Fictional data: organisations and answers are invented."


def test_the_rest_of_a_multiple_choice_is_not_summed() -> None:
    assert len(drawn(cards.many(30, CardKind.MULTIPLE)).categories) == 15


def test_below_thirty_answers_the_count_comes_first() -> None:
    rows = (cards.row("yes", "Yes", 12, 20), cards.row("no", "No", 8, 20))
    assert drawn(cards.single(base=cards.base(20), rows=rows)).series[0].labels == ("12\u00a0(60%)", "8\u00a0(40%)")


def test_a_battery_is_sorted_by_net_and_keeps_those_who_do_not_know_apart() -> None:
    spec = drawn(cards.battery())
    assert spec.form is Form.STACKED
    assert [series.name for series in spec.series] == [label for _, label in cards.CHANGE]
    assert {series.role for series in spec.series} == {Role.SCALE}
    assert spec.sides == (
        Side(title="Net", labels=("+40", "+8", "\u221250", "[c]")),
        Side(title="Don't know", labels=("[c]", "0", "12", "31")),
    )
    assert spec.series[0].values[-1] is None
    assert spec.series[0].labels[-1] == "[c]"


def test_a_battery_without_order_has_no_net_and_keeps_its_order() -> None:
    card = cards.battery()
    items = tuple(replace(item, net=None, mean=None) for item in card.items)
    spec = drawn(replace(card, items=items))
    assert [side.title for side in spec.sides] == ["Don't know"]
    assert spec.categories == tuple(item.label for item in items)
    assert {series.role for series in spec.series} == {Role.GROUP}


def test_a_ranking_begins_with_the_best() -> None:
    spec = drawn(cards.ranking())
    assert spec.form is Form.RANKS
    assert spec.categories == ("Prevention", "Harm reduction", "Livelihoods", "Research")
    assert spec.series[0].values == (1.8, 2.1, 3.4, None)
    assert spec.sides == (Side(title="Put first", labels=("45%", "33%", "8%", "[c]")),)
    assert spec.maximum == 4.0


def test_a_rank_that_nobody_gave_is_a_dash_and_not_a_suppressed_figure() -> None:
    card = cards.ranking()
    rows = tuple(replace(row, mean_rank=None, first=None) for row in card.rows[:1])
    spec = drawn(replace(card, rows=rows))
    assert spec.series[0].labels == ("–",)
    assert "[c]" not in spec.note


def test_open_answers_have_no_chart() -> None:
    assert chart(cards.text(), ENGLISH) is None


def test_few_groups_stand_side_by_side() -> None:
    spec = drawn(cards.compared())
    assert spec.form is Form.GROUPED
    assert [series.name for series in spec.series] == [
        "Eastern Europe and Central Asia (n\u00a0=\u00a090)",
        "Latin America (n\u00a0=\u00a0170)",
        "Africa (n\u00a0=\u00a0140)",
    ]
    assert spec.series[0].values == (58 / 90, None)


def test_many_groups_become_bars_of_one_hundred_percent() -> None:
    card = cards.compared()
    columns = tuple(replace(card.columns[0], code=f"g{number}", label=f"Group {number}") for number in range(7))
    spec = drawn(replace(card, columns=columns))
    assert spec.form is Form.STACKED
    assert spec.categories == tuple(f"Group {number}" for number in range(7))


def test_many_groups_of_a_multiple_choice_become_a_heat_map() -> None:
    card = cards.compared()
    columns = tuple(replace(card.columns[0], code=f"g{number}", label=f"Group {number}") for number in range(7))
    assert drawn(replace(card, kind=CardKind.MULTIPLE, columns=columns)).form is Form.HEAT_MAP


def test_a_reader_chooses_among_the_forms_that_suit_the_card() -> None:
    assert forms_for(cards.text()) == ()
    assert forms_for(cards.single()) == (Form.BARS, Form.INTERVALS, Form.TABLE)
    assert forms_for(replace(cards.single(), kind=CardKind.MULTIPLE))[2:] == (Form.UPSET, Form.TABLE)
    assert forms_for(cards.battery()) == (Form.STACKED, Form.DIVERGING, Form.INTERVALS, Form.TABLE)
    assert forms_for(cards.battery(), with_intervals=True)[:2] == (Form.INTERVALS, Form.STACKED)
    assert forms_for(cards.ranking()) == (Form.RANKS, Form.STACKED, Form.TABLE)
    assert forms_for(cards.compared()) == (
        Form.GROUPED,
        Form.STACKED,
        Form.HEAT_MAP,
        Form.MULTIPLES,
        Form.DUMBBELL,
        Form.TABLE,
    )


def test_another_form_than_those_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        chart(cards.single(), ENGLISH, form=Form.DUMBBELL)
    assert refused.value.code == "form.unsuitable"
    assert refused.value.params == {"form": "dumbbell", "allowed": "bars, intervals, table"}
    with pytest.raises(InvalidInput) as unknown:
        form_of("pie")
    assert unknown.value.code == "form.unknown"
    assert form_of("") is None
    assert form_of("heat_map") is Form.HEAT_MAP


def test_a_heat_map_begins_with_all_together_and_leaves_out_what_is_hidden() -> None:
    spec = chart(cards.compared(), ENGLISH, form=Form.HEAT_MAP)
    assert spec is not None
    assert [series.name for series in spec.series] == [
        "All (n\u00a0=\u00a0400)",
        "Eastern Europe and Central Asia (n\u00a0=\u00a090)",
        "Latin America (n\u00a0=\u00a0170)",
        "Africa (n\u00a0=\u00a0140)",
    ]
    assert spec.series[0].labels == ("65%", "35%")
    assert spec.series[1].values == (58 / 90, None)
    assert spec.series[1].labels == ("64%", "[c]")
    assert spec.alt.endswith(
        "Heat map: Taken part. Highest: Yes (Africa) 65%, Yes (Latin America) 65%, "
        "Yes (Eastern Europe and Central Asia) 64%. n = 400 (replies: 400)."
    )


def test_a_dumbbell_of_several_groups_has_the_lowest_and_the_highest_that_are_shown() -> None:
    spec = chart(cards.compared(), ENGLISH, form=Form.DUMBBELL)
    assert spec is not None
    assert spec.categories == (
        "Yes (Eastern Europe and Central Asia\u00a0– Africa)",
        "No (Latin America\u00a0– Africa)",
    )
    assert [series.labels for series in spec.series] == [("64%", "35%"), ("65%", "35%")]
    assert spec.sides == (Side(title="Difference", labels=("+1", "0")),)
    assert spec.note.startswith("Lowest and highest of the groups that are shown.")


def test_a_difference_is_that_of_the_figures_as_they_are_printed() -> None:
    card = cards.compared()
    rows = tuple(
        replace(row, by={"eeca": cards.cell(344, 1000), "lac": cards.cell(576, 1000)}) for row in card.rows[:1]
    )
    spec = chart(replace(card, columns=card.columns[:2], rows=rows), ENGLISH, form=Form.DUMBBELL)
    assert spec is not None
    assert [series.labels for series in spec.series] == [("34%",), ("58%",)]
    assert spec.sides[0].labels == ("+24",)


def test_the_middle_of_a_scale_stands_at_zero_in_a_diverging_chart() -> None:
    spec = chart(cards.battery(), ENGLISH, form=Form.DIVERGING)
    assert spec is not None
    best = layout.starts(spec)[0]
    assert best == pytest.approx(-(15 + 55 + 100 / 2) / 400)
    assert spec.minimum == pytest.approx(-(120 + 150 + 60 / 2) / 400)
    assert spec.series == drawn(cards.battery()).series
    assert spec.sides == drawn(cards.battery()).sides


def test_the_net_value_of_a_group_rests_on_shown_shares_only() -> None:
    card = hard_cards.hard_card(CardKind.BATTERY, 1, "many answers", 2)
    (item,) = card.items
    spec = chart(card, ENGLISH, form=Form.HEAT_MAP)
    assert spec is not None
    shares = [row.by["g1"].share for row in item.rows]
    assert spec.series[1].values == (pytest.approx(shares[3] + shares[4] - shares[0] - shares[1]),)
    assert spec.measure == "Net value, in percentage points"
    hidden = replace(item.rows[0], by={**item.rows[0].by, "g1": cards.cell(SUPPRESSED)})
    spec = chart(replace(card, items=(replace(item, rows=(hidden, *item.rows[1:])),)), ENGLISH, form=Form.HEAT_MAP)
    assert spec is not None
    assert spec.series[1].labels == ("[c]",)


def test_the_places_of_a_ranking_add_up_and_hide_what_rests_on_hidden_figures() -> None:
    spec = chart(cards.ranking(), ENGLISH, form=Form.STACKED)
    assert spec is not None
    assert [series.name for series in spec.series] == ["Put first", "Ranked, but not first", "Not ranked"]
    assert [series.values[0] for series in spec.series] == pytest.approx([0.45, 0.55, 0.0])
    assert [series.labels[3] for series in spec.series] == ["[c]"] * 3


@pytest.mark.parametrize("card", [card for card in cards.ALL if card.kind is not CardKind.TEXT], ids=lambda c: c.label)
def test_every_chart_says_what_it_shows_of_whom_and_from_when(card: Card) -> None:
    spec = drawn(card)
    title = "Civil society consultation: the way forward to 2029"
    assert spec.source == f"Source: {title}. As of 23 November 2026, 19:05 UTC. Data state 3fa94c21d07b."
    assert spec.base.startswith("n = ")
    assert spec.note.endswith("Fictional data: organisations and answers are invented.")
    assert spec.alt.endswith(".")
    assert len(spec.alt) > len(card.label)
    assert all(len(series.values) == len(series.labels) == len(spec.categories) for series in spec.series)
    assert all(len(side.labels) == len(spec.categories) for side in spec.sides)


def test_the_alternative_text_names_the_leading_figures_and_no_suppressed_one() -> None:
    assert drawn(cards.single()).alt == (
        "Most respondents (63%, n = 400) chose “Yes”. "
        "Bar chart: Has your organisation taken part. Highest: Yes 63%, No 37%. n = 400 (replies: 400)."
    )


def test_the_note_says_who_is_missing_and_that_several_answers_were_possible() -> None:
    assert drawn(cards.multiple(filter_labels=(("Region", "Africa"),))).note == (
        "Only replies with Region: Africa. Without an answer: skipped 12. Several answers were possible; shares may "
        "add up to more than 100 %. [c]: not shown, to protect small groups. "
        "Fictional data: organisations and answers are invented."
    )


def test_the_note_says_in_the_readers_words_for_which_reasons_replies_were_let_through() -> None:
    causes = ("dont_know", "refused", "not_applicable", "skipped", "not_asked")
    found = cards.multiple(filter_labels=(("Region", "Africa"), ("Level", "")), filter_causes=(("refused",), causes))
    assert wording.filter_line(found, Words("en")) == (
        "Only replies with Region: Africa, no answer wished; "
        "Level: don't know, no answer wished, does not apply, skipped, not asked."
    )
    for tag in LANGUAGES:
        line = wording.filter_line(found, Words(tag))
        assert [cause for cause in ("dont_know", "refused", "not_applicable", "not_asked") if cause in line] == []
        assert all(wording.cause(cause, Words(tag)) in line for cause in causes)


def test_a_findings_sentence_becomes_the_title_and_the_question_moves_below() -> None:
    spec = drawn(cards.single(), statement="Most took part.")
    assert spec.title == "Most took part."
    assert spec.subtitle == "Has your organisation taken part? · % of those who answered · n = 400 (replies: 400)"


def test_a_title_says_the_finding_and_the_question_where_nothing_can_be_said() -> None:
    spec = drawn(cards.single())
    assert (spec.title, spec.question) == (
        "Most respondents (63%, n = 400) chose “Yes”.",
        "Has your organisation taken part?",
    )
    spec = drawn(cards.multiple())
    assert (spec.title, spec.question) == ("Main fields of work", "")
    assert spec.subtitle == "% of respondents; several answers possible · n = 400 (replies: 412)"


def test_a_title_carries_no_claim_that_another_lens_reverses_even_where_the_badge_is_not_shown() -> None:
    turned = Robustness(lenses=(LensVerdict(lens=Lens.RAKED, verdict=Verdict.REVERSED),))
    spec = chart(cards.single(robustness=turned), ENGLISH, with_badge=False)
    assert spec is not None
    assert spec.title == "Has your organisation taken part?"
    assert "Robustness" not in spec.note


def test_real_data_carry_no_mark_of_invention() -> None:
    card = cards.single(source=replace(cards.SOURCE, fictional=False))
    assert drawn(card).note == "[c]: not shown, to protect small groups."


def test_figures_keep_their_order_inside_arabic() -> None:
    spec = chart(cards.single(), PlainWords(language="ar", direction="rtl"))
    assert spec is not None
    assert spec.series[0].labels[2] == "\u200e[c]"
    assert spec.direction == "rtl"


def test_replies_over_time_have_empty_days_and_a_deadline() -> None:
    points = [TimelinePoint(day=date(2026, 10, day), replies=replies) for day, replies in ((1, 3), (4, 7))]
    spec = timeline(points, replies=10, source=MONITORING, words=ENGLISH, rules=INTERNAL, deadline=date(2026, 10, 3))
    assert spec.form is Form.COLUMNS
    assert spec.series[0].values == (3.0, 0.0, 0.0, 7.0)
    assert spec.series[0].labels == ("3", "", "", "7")
    assert spec.marks == (Mark(at=2.5, label="Deadline 3 Oct"),)
    assert spec.alt == "Replies over time. Column chart. Replies per day: 10 in all, at most 7 at once. Deadline 3 Oct."


def test_replies_over_many_weeks_are_counted_per_week() -> None:
    points = [TimelinePoint(day=date.fromordinal(739_000 + day), replies=1) for day in range(70)]
    spec = timeline(points, replies=70, source=MONITORING, words=ENGLISH, rules=INTERNAL)
    assert spec.series[0].values == (7.0,) * 10


def test_a_week_below_the_threshold_is_hidden_but_the_total_stays() -> None:
    points = [TimelinePoint(day=date.fromordinal(739_000 + day), replies=int(not 7 <= day < 11)) for day in range(70)]
    spec = timeline(points, replies=66, source=MONITORING, words=ENGLISH, rules=policy(Audience.MEETING))
    # A second week is hidden, or the total would tell the first.
    assert spec.series[0].values[1] is None
    assert sorted(value or 0 for value in spec.series[0].values) == [0, 0, *(7.0,) * 8]
    assert spec.series[0].labels[1] == "[c]"
    assert spec.base == "n = 66"


def test_a_number_of_replies_that_a_reader_may_not_see_is_not_told_under_the_timeline() -> None:
    points = [TimelinePoint(day=date(2026, 10, 1), replies=3)]
    rules = policy(Audience.MEETING)
    spec = timeline(points, replies=SUPPRESSED, source=MONITORING, words=ENGLISH, rules=rules)
    assert (spec.base, spec.series[0].labels, "3" in spec.alt) == ("n = [c]", ("[c]",), False)


def test_no_replies_yet_is_an_empty_timeline() -> None:
    spec = timeline([], replies=0, source=MONITORING, words=ENGLISH, rules=INTERNAL, deadline=date(2026, 10, 3))
    assert spec.categories == ()


def test_coverage_shows_replies_of_the_invited() -> None:
    rows = [
        CoverageRow(label="Africa", invited=40, replied=10),
        CoverageRow(label="Oceania", invited=3, replied=SUPPRESSED),
    ]
    spec = coverage(rows, source=MONITORING, words=ENGLISH)
    assert spec.series[0].values == (0.25, None)
    assert spec.sides == (Side(title="Replied / invited", labels=("10\u00a0/\u00a040", "[c]\u00a0/\u00a03")),)
    assert spec.note == (
        "[c]: not shown, to protect small groups. Fictional data: organisations and answers are invented."
    )


def placed(*counts: int, hidden: int = -1) -> Row:
    """An item that so many of 400 gave each place; one place may be hidden."""
    places = tuple(cards.cell(SUPPRESSED if place == hidden else count) for place, count in enumerate(counts))
    mean = sum(place * count for place, count in enumerate(counts, 1)) / sum(counts)
    label = f"{sum(counts)} ranked"
    return Row(code=label, label=label, cell=cards.cell(sum(counts)), mean_rank=mean, first=places[0], places=places)


def test_every_place_of_a_ranking_is_a_part_of_its_bar_best_mean_first() -> None:
    card = cards.ranking(rows=(placed(100, 60, 40), placed(200, 100, 20), placed(40, 80, 160, hidden=2)))
    spec = chart(card, ENGLISH, form=Form.STACKED)
    assert spec is not None
    assert spec.categories == ("320 ranked", "200 ranked", "280 ranked")
    assert [series.name for series in spec.series] == ["Place 1", "Place 2", "Place 3", "Not ranked"]
    assert [series.values[0] for series in spec.series] == pytest.approx([0.5, 0.25, 0.05, 0.2])
    assert [series.labels[2] for series in spec.series] == ["10%", "20%", "[c]", "30%"]


def test_places_beyond_the_fourth_of_many_stand_together_and_are_hidden_with_one_of_them() -> None:
    many = (80, 60, 40, 40, 20, 20, 20)
    card = cards.ranking(rows=(placed(*many), placed(20, 60, 40, 40, 40, 40, 40, hidden=5)))
    spec = chart(card, ENGLISH, form=Form.STACKED)
    assert spec is not None
    names = ["Place 1", "Place 2", "Place 3", "Place 4", "Place 5 or lower", "Not ranked"]
    assert [series.name for series in spec.series] == names
    assert [series.values[0] for series in spec.series] == pytest.approx([0.2, 0.15, 0.1, 0.1, 0.15, 0.3])
    assert spec.series[4].labels[1] == "[c]"
    assert len(set(palette.colours(spec))) == len(names)
