"""Methods from the command line to the figure: weights, letters, estimates, trends, agreement of coders."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import coders, estimates, opened_data, review, waves
from analysis.__main__ import main
from analysis.coders import KappaWeights, Metric
from analysis.dataset.arrays import Dataset
from analysis.disclosure import Audience
from analysis.findings.method import Method, WeightKind
from analysis.findings.summary import summarise
from analysis.findings.trend import Trend, require_comparable, trend
from analysis.opened_data import Filters
from analysis.stats.designs import design
from analysis.stats.designs import share as share_of
from analysis.stats.finite import hypergeometric
from analysis.stats.proportions import interval
from data.errors import InvalidInput, NotAllowed
from data.settings import Settings
from data.store import Store
from survey.access import OPERATOR, Actor
from survey.demo import SLUG
from survey.questionnaire import NUMBER_KINDS
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import from_markdown
from tests.analysis.consultations import EARLIER, NOON, SOURCE, dataset, response, responses
from tests.small import REPORT_WRITER, refused

SAME = waves.Wave(slug=SLUG)


@pytest.fixture
def run(
    demo_store: Store,
    environment: Callable[[Settings], None],
    demo_settings: Settings,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., str]:
    """Runs a command on the demonstration and gives what it printed."""
    environment(demo_settings)

    def act(*arguments: str) -> str:
        assert main(list(arguments)) == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        return captured.out

    return act


def test_raked_weights_give_regions_their_share_of_the_frame(run: Callable[..., str], demo_store: Store) -> None:
    document = json.loads(
        run("table", SLUG, "--question", "region", "--weights", "raked", "--audience", "internal", "--json")
    )
    with demo_store.read() as kept:
        counts = kept.frame_counts(kept.consultation(SLUG).id)
    invited = sum(each.invited for each in counts)
    wanted = dict.fromkeys({each.region for each in counts}, 0)
    for each in counts:
        wanted[each.region] += each.invited
    assert {row["code"]: row["share"] for row in document["rows"]} == pytest.approx(
        {code: count / invited for code, count in wanted.items()}, rel=1e-8
    )
    weights = document["method"]["weights"]
    assert (weights["converged"], weights["replies"]) == (True, 461)


def test_the_weights_are_told_with_their_cost(run: Callable[..., str]) -> None:
    report = json.loads(run("weights", SLUG, "--json"))
    assert report["design_effect"] == pytest.approx(461 / report["effective_n"])
    assert "design effect" in run("weights", SLUG)
    assert json.loads(run("weights", SLUG, "--weights", "unweighted", "--json")) is None
    equal = json.loads(run("weights", SLUG, "--weights", "equal_regions", "--json"))
    assert equal["design_effect"] > report["design_effect"]


@pytest.mark.parametrize("command", ["table", "estimate"])
def test_printed_lines_have_spaces_that_a_keyboard_has(command: str, run: Callable[..., str]) -> None:
    told = run(command, SLUG, "--question", "led_by", "--by", "region")
    assert "n = " in told and not re.search("\u00a0[=/]|[=/]\u00a0", told)


def test_every_kind_of_weights_says_what_it_costs(run: Callable[..., str], demo_store: Store) -> None:
    deff = {}
    for kind in ("raked", "poststratified", "linear", "logit"):
        report = json.loads(run("weights", SLUG, "--weights", kind, "--json"))
        assert report["kind"] == kind
        assert report["converged"] or report["trimmed"]
        deff[kind] = report["design_effect"]
    assert len(set(deff.values())) == 4
    one = json.loads(run("weights", SLUG, "--weights", "linear", "--margin", "region", "--json"))
    assert len(one["margins"]) == 1
    cut = json.loads(run("weights", SLUG, "--bounds", "0.9", "1.1", "--trim", "--json"))
    assert (cut["trimmed"], cut["bounds"], cut["converged"]) == (True, [0.9, 1.1], False)
    assert "Weights below 0.90 and above 1.10 were cut" in run("weights", SLUG, "--bounds", "0.9", "1.1", "--trim")
    document = json.loads(
        run(
            "table",
            SLUG,
            "--question",
            "led_by",
            "--weights",
            "logit",
            "--margin",
            "region",
            "--audience",
            "internal",
            "--json",
        )
    )
    assert document["method"]["method"]["margins"] == ["region"]
    assert document["method"]["weights"]["bounded"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("--bounds", "1.5", "3"), "1.5 cannot bound weights here: it takes a number from 0 to 0.99."),
        (("--bounds", "0.5", "much"), "much cannot bound weights here: it takes a number from 1.01 to 100."),
        (("--margin", "planet"), "The contact list cannot be weighted by planet, only by: "),
    ],
)
def test_what_cannot_bound_or_weigh_is_told(
    demo_store: Store,
    environment: Callable[[Settings], None],
    demo_settings: Settings,
    capsys: pytest.CaptureFixture[str],
    asked: tuple[str, ...],
    told: str,
) -> None:
    environment(demo_settings)
    assert main(["weights", SLUG, *asked]) == 1
    assert told in capsys.readouterr().err


def test_the_table_has_letters_and_says_what_they_mean(run: Callable[..., str]) -> None:
    told = run("table", SLUG, "--question", "led_by", "--by", "region", "--letters", "--correction", "holm")
    assert "(A): higher than" in told
    assert "(Holm)" in told


def test_the_ranking_is_joined_when_asked(run: Callable[..., str]) -> None:
    told = run("table", SLUG, "--question", "invest_rank", "--join", "--strength", "margins", "--unranked", "silent")
    assert "Schulze (margins): Prevention > " in told
    assert "Items left out are not counted." in told
    assert "Schulze" not in run("table", SLUG, "--question", "invest_rank")


def test_an_unknown_method_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["table", SLUG, "--question", "region", "--weights", "magic"])
    assert caught.value.code == 2
    assert "raked" in capsys.readouterr().err


def test_weights_without_a_contact_list_say_why(
    small: Store, environment: Callable[[Settings], None], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    environment(settings)
    assert main(["weights", "small"]) == 1
    assert capsys.readouterr().err != ""


def test_an_estimate_holds_every_interval_and_the_whole_frame(run: Callable[..., str], demo_store: Store) -> None:
    found = json.loads(run("estimate", SLUG, "--question", "led_by", "--audience", "internal", "--json"))
    card = review.card(
        demo_store,
        SLUG,
        "led_by",
        actor=OPERATOR,
        audience=Audience.INTERNAL,
        language="en",
        filters=Filters(),
        now=NOON,
    )
    with demo_store.read() as kept:
        invited = sum(each.invited for each in kept.frame_counts(kept.consultation(SLUG).id))
    counted = _counted(demo_store)
    told = {key: value for key, value in found["listed"].items() if value}
    opened = opened_data.open_data(demo_store, SLUG, OPERATOR, Audience.INTERNAL).dataset
    assert told == {"strangers": opened.size - 443, "repeated": 443 - len(counted)}
    rows = np.isin(opened.respondents.ids, list(counted))
    column = opened.columns["led_by"].state[rows]
    n, not_asked, not_applicable = (int((column == state).sum()) for state in (5, 0, 2))
    for place, (row, each) in enumerate(zip(card.rows, found["options"], strict=True)):
        assert isinstance(row.cell.count, int) and isinstance(card.base.answered, int)
        low, high = interval(row.cell.count, card.base.answered)
        assert each["intervals"]["wilson"] == {"low": low, "high": high}
        count = int(opened.chosen("led_by")[rows, place].sum())
        whole = hypergeometric(count, n + not_asked + not_applicable, invited)
        assert each["whole"] == {
            "frame": invited,
            "n": n,
            "not_asked": not_asked,
            "not_applicable": not_applicable,
            "low": whole.low,
            "high": whole.high,
            "worst": whole.worst,
            "best": whole.best,
        }
        assert each["stratified"]["bounds"]["low"] < each["stratified"]["value"] < each["stratified"]["bounds"]["high"]
    state = opened_data.digest(demo_store, SLUG, actor=OPERATOR)
    assert (found["n"], found["fictional"], found["snapshot"]) == (card.base.answered, True, state)
    words = run("estimate", SLUG, "--question", "led_by")
    assert f"n = {card.base.answered}" in words
    assert "Fictional data" in words and state[:12] in words
    assert "Contact list: exact (hypergeometric)" in words and "No estimate by region here" in words


def _counted(store: Store) -> dict[int, str]:
    """Reply -> the region of its organisation by the contact list, of the last one of each."""
    with store.read() as kept:
        replies = kept.listed_replies(kept.consultation(SLUG).id)
    last = {each.invitation_id: each for each in replies}
    return {each.response_id: each.region for each in last.values()}


def test_a_stratified_estimate_weighs_regions_by_their_size_in_the_frame(demo_store: Store) -> None:
    (yes, *_others) = estimates.estimate(
        demo_store, SLUG, "led_by", actor=OPERATOR, audience=Audience.INTERNAL, language="en", now=NOON
    ).estimates.everybody.options
    with demo_store.read() as kept:
        counts = kept.frame_counts(kept.consultation(SLUG).id)
    opened = opened_data.open_data(demo_store, SLUG, OPERATOR, Audience.INTERNAL).dataset
    counted = _counted(demo_store)
    rows = np.isin(opened.respondents.ids, list(counted))
    regions = np.array([counted[key] for key in opened.respondents.ids[rows].tolist()])
    sizes = {code: sum(each.invited for each in counts if each.region == code) for code in set(regions)}
    population = np.array([sizes[code] for code in regions], dtype=float)
    sampled = np.array([(regions == code).sum() for code in regions])
    wanted = share_of(
        design(population / sampled, strata=regions, population=population),
        opened.chosen("led_by")[rows, 0],
        opened.columns["led_by"].state[rows] == 5,
    )
    assert yes.stratified is not None
    assert (yes.stratified.value, yes.stratified.standard_error) == pytest.approx((wanted.value, wanted.standard_error))


def test_an_estimate_hides_what_the_card_hides(demo_store: Store) -> None:
    found = estimates.estimate(
        demo_store, SLUG, "country", actor=OPERATOR, audience=Audience.MEETING, language="en", now=NOON
    ).estimates.everybody.options
    hidden = [each for each in found if each.count is None]
    assert hidden
    assert all((each.share, each.intervals, each.whole, each.stratified) == (None, {}, None, None) for each in hidden)


def test_an_estimate_by_groups_says_the_same_of_each_as_of_the_replies_in_it(run: Callable[..., str]) -> None:
    """A group is a domain of the design of all: its share is that of its replies, weighted by region."""
    asked = ("estimate", SLUG, "--question", "led_by", "--by", "org_type", "--audience", "internal")
    found = json.loads(run(*asked, "--json"))
    assert (found["by"], found["no_strata"], found["no_frame"]) == ("org_type", None, None)
    group = next(each for each in found["groups"] if each["no_strata"] is None and each["n"] > 30)
    inside = json.loads(
        run("estimate", SLUG, "--question", "led_by", "--filter", f"org_type={group['code']}", *asked[6:], "--json")
    )
    assert [each["stratified"] for each in inside["options"]] == [each["stratified"] for each in group["options"]]
    assert (inside["no_frame"], {each["whole"] for each in inside["options"]}) == ("filtered", {None})
    told = run(*asked)
    assert group["label"] in told and "By region (" in told


def test_a_number_has_a_mean_and_a_median_by_region(run: Callable[..., str], demo_store: Store) -> None:
    question = _a_number(demo_store)
    asked = ("estimate", SLUG, "--question", question, "--by", "region", "--audience", "internal")
    found = json.loads(run(*asked, "--json"))
    assert found["options"] == []
    for part in (found, *(each for each in found["groups"] if each["no_strata"] is None)):
        for name in ("mean", "median"):
            bounds = part[name]["bounds"]
            assert bounds is None or bounds["low"] <= part[name]["value"] <= bounds["high"]
    assert "By region: median" in run(*asked)
    protected = json.loads(run(*asked[:6], "--json"))
    assert (protected["mean"], protected["no_strata"]) == (None, "protected")


def _a_number(store: Store) -> str:
    variables = opened_data.open_data(store, SLUG, OPERATOR, Audience.INTERNAL).dataset.codebook.variables
    return next(each.name for each in variables if each.kind in NUMBER_KINDS)


def test_a_text_has_no_estimate_and_no_trend(demo_store: Store) -> None:
    with refused(InvalidInput, "estimate.no_choices"):
        estimates.estimate(
            demo_store, SLUG, "positive", actor=OPERATOR, audience=Audience.INTERNAL, language="en", now=NOON
        )
    with refused(InvalidInput, "trend.not_comparable"):
        waves.trend(
            demo_store, (SAME, SAME), "positive", actor=OPERATOR, audience=Audience.INTERNAL, language="en", now=NOON
        )


def test_figures_as_json_and_lines_carry_the_state_and_say_that_they_are_invented(
    run: Callable[..., str], demo_store: Store
) -> None:
    state = opened_data.digest(demo_store, SLUG, actor=OPERATOR)
    trend = json.loads(run("trend", SLUG, SLUG, "--question", "led_by", "--json"))
    headlines = json.loads(run("headlines", SLUG, "--strongest", "1", "--json"))
    for each in (json.loads(run("weights", SLUG, "--json")), trend["earlier"], trend["later"], *headlines):
        assert (each["consultation"], each["fictional"], each["snapshot"]) == (SLUG, True, state)
    for told in (run("weights", SLUG), run("trend", SLUG, SLUG, "--question", "led_by")):
        assert "Fictional data" in told and state[:12] in told


def test_the_parquet_file_of_all_replies_carries_the_state(
    run: Callable[..., str], demo_store: Store, tmp_path: Path
) -> None:
    run("frame", SLUG, "--out", str(tmp_path / "replies.parquet"))
    source = pd.read_parquet(tmp_path / "replies.parquet").attrs["source"]
    assert source["snapshot"] == opened_data.digest(demo_store, SLUG, actor=OPERATOR)
    assert (source["consultation"], source["fictional"]) == (SLUG, True)


def _worded(*scale: tuple[str, str], answers: Sequence[str] = ("1", "2")) -> Dataset:
    form = read_questionnaire(
        from_markdown(
            """
| survey |
| | type         | name | label::English (en) |
| | select_one s | q    | How is it?          |
| choices |
| | list_name | name | label::English (en) |
"""
            + "".join(f"| | s | {code} | {words} |\n" for code, words in scale)
            + """
| settings |
| | form_title | form_id | version | default_language |
| | Small      | small   | 1       | English (en)     |
"""
        )
    )
    return dataset(responses(*({"q": answer} for answer in answers)), form)


def _of_q(first: Dataset, last: Dataset) -> Trend:
    cards = [
        summarise(each, "q", audience=Audience.INTERNAL, language="en", source=source)
        for each, source in ((first, EARLIER), (last, SOURCE))
    ]
    return trend(first, last, (cards[0], cards[1]), matched=False)


def test_a_code_with_other_words_is_named_and_a_scale_turned_round_is_refused() -> None:
    first = _worded(("1", "Very bad"), ("2", "Fine"))
    assert _of_q(first, _worded(("1", "very bad."), ("2", "Fine"))).reworded == ()
    (found,) = _of_q(first, _worded(("1", "Hopeless"), ("2", "Fine"))).reworded
    assert (found.code, found.earlier, found.later) == ("1", "Very bad", "Hopeless")
    for turned in ((("1", "Fine"), ("2", "Very bad")), (("1", "Fine"), ("2", "Middling"), ("3", "Very bad"))):
        with refused(InvalidInput, "trend.recoded"):
            _of_q(first, _worded(*turned))


def test_an_empty_wave_has_no_figures_and_hides_nothing() -> None:
    found = _of_q(_worded(("1", "Bad"), ("2", "Fine"), answers=()), _worded(("1", "Bad"), ("2", "Fine")))
    assert (found.first_n, found.last_n, found.changes[0].difference) == (0, 2, None)


def _wave(yes: int, no: int, first: int = 1) -> Any:
    return dataset(
        [
            response(number, {"org": f"Organisation {first + number}", "led": "yes" if number < yes else "no"})
            for number in range(yes + no)
        ]
    )


def _trend(first: Dataset, last: Dataset, *, audience: Audience = Audience.INTERNAL, matched: bool = False) -> Trend:
    cards = [
        summarise(each, "led", audience=audience, language="en", source=source)
        for each, source in ((first, EARLIER), (last, SOURCE))
    ]
    return trend(first, last, (cards[0], cards[1]), matched=matched)


def test_unmatched_waves_are_compared_as_different_people() -> None:
    found = _trend(_wave(30, 30), _wave(48, 16))
    yes = found.changes[0]
    assert (found.first_n, found.last_n, yes.before, yes.after) == (60, 64, 0.5, 0.75)
    assert yes.p == pytest.approx(0.00397693920522, rel=1e-6)  # R prop.test(c(30, 48), c(60, 64), correct = FALSE)
    assert yes.bounds is not None and yes.bounds.low > 0
    assert found.detectable == pytest.approx(0.2518, abs=1e-3)


def test_matched_waves_compare_each_organisation_with_itself() -> None:
    # Twenty organisations in both; ten of them change from no to yes.
    found = _trend(_wave(30, 30), _wave(40, 10), matched=True)
    yes = found.changes[0]
    assert (found.first_n, found.last_n, found.detectable) == (50, 50, None)
    assert yes.difference == pytest.approx(10 / 50)
    assert yes.p == pytest.approx(2 * 0.5**10)


def test_waves_hide_small_counts_and_know_who_cannot_be_matched() -> None:
    found = _trend(_wave(3, 30), _wave(20, 20), audience=Audience.PUBLIC)
    assert [each.difference for each in found.changes] == [None, None]
    assert found.first_n == 33
    shown = _trend(_wave(13, 30), _wave(20, 20), audience=Audience.PUBLIC)
    assert (shown.changes[0].before, shown.changes[0].after) == (0.3, 0.5)  # whole percents of 13 of 43 and 20 of 40
    assert shown.changes[0].difference == 0.2
    inside = _trend(_wave(13, 30), _wave(20, 20))
    assert inside.changes[0].before == 13 / 43
    with refused(InvalidInput, "trend.nobody_matched"):
        _trend(_wave(9, 9), _wave(9, 9, first=1000), matched=True)
    with refused(InvalidInput, "trend.not_comparable"):
        require_comparable(
            _wave(9, 9), dataset(responses({"led": "yes"})), "org", audience=Audience.INTERNAL, matched=False
        )


def test_matched_waves_are_for_internal_figures() -> None:
    with refused(NotAllowed, "trend.internal_only"):
        _trend(_wave(30, 30), _wave(40, 10), audience=Audience.MEETING, matched=True)


def test_a_matched_share_in_whole_percents_would_tell_the_answers_of_the_few_who_are_not_matched() -> None:
    first, last = _wave(31, 29), _wave(40, 16, first=3)  # two who said yes and two who said no do not come back
    card = summarise(first, "led", audience=Audience.MEETING, language="en", source=SOURCE)
    found = _trend(first, last, matched=True)
    assert found.first_n == 56
    before = round(found.changes[0].before or 0, 2)
    (matched,) = [count for count in range(57) if round(count / 56, 2) == before]
    assert (card.base.answered, card.rows[0].cell.count) == (60, 31)
    assert (60 - 56, 31 - matched) == (4, 2)


def test_a_meeting_sees_no_estimate_that_is_weighted_by_region(demo_store: Store) -> None:
    found = estimates.estimate(
        demo_store, SLUG, "led_by", actor=OPERATOR, audience=Audience.MEETING, language="en", now=NOON
    ).estimates.everybody.options
    assert [each for each in found if each.count is not None]
    assert {each.stratified for each in found} == {None}


def test_the_trend_of_a_consultation_with_itself_is_none_and_nothing_is_tested(run: Callable[..., str]) -> None:
    found = json.loads(run("trend", SLUG, SLUG, "--question", "led_by", "--json"))
    assert all((each["difference"], each["p"], each["bounds"]) == (0, None, None) for each in found["changes"])
    told = run("trend", SLUG, SLUG, "--question", "led_by")
    assert "smallest change" not in told and "those of separate samples would be wrong" in told


def test_coders_agree_as_far_as_the_file_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "codes.csv"
    rows = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    file.write_text("unit,Ann,Bob\n" + "".join(f"{i},{a},{b}\n" for i, (a, b) in enumerate(rows)))
    assert main(["agreement", str(file)]) == 0
    told = capsys.readouterr().out
    assert "Cohen's kappa: 0.400" in told
    assert "50 units" in told
    assert main(["agreement", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["coders"] == 2


def test_kappa_of_numbers_goes_by_their_values() -> None:
    rows = [(0, 0)] * 6 + [(1, 1)] * 5 + [(10, 10)] * 4 + [(0, 1)] * 3 + [(1, 10)] * 2
    content = ("unit,Ann,Bob\n" + "".join(f"{i},{a},{b}\n" for i, (a, b) in enumerate(rows))).encode()
    ratings = np.array(rows, dtype=float)
    apart = (ratings[:, 0] - ratings[:, 1]) ** 2
    by_chance = np.subtract.outer(ratings[:, 0], ratings[:, 1]) ** 2
    for metric in (Metric.INTERVAL, Metric.RATIO, Metric.ORDINAL):
        found = coders.agreement(content, metric)
        assert found.kappa is not None
        assert found.kappa.value == pytest.approx(1 - apart.mean() / by_chance.mean())
        assert found.kappa_weights is KappaWeights.QUADRATIC
    linear = coders.agreement(content, Metric.INTERVAL, KappaWeights.LINEAR)
    assert linear.kappa is not None
    assert linear.kappa.value == pytest.approx(1 - np.sqrt(apart).mean() / np.sqrt(by_chance).mean())


def test_ordinal_codes_that_are_no_whole_numbers_go_by_their_places() -> None:
    def kappa(scale: tuple[str, str, str]) -> float:
        rows = [(0, 0)] * 6 + [(1, 1)] * 5 + [(2, 2)] * 4 + [(0, 1)] * 3 + [(1, 2)] * 2
        lines = "".join(f"{i},{scale[a]},{scale[b]}\n" for i, (a, b) in enumerate(rows))
        found = coders.agreement(f"unit,Ann,Bob\n{lines}".encode(), Metric.ORDINAL).kappa
        assert found is not None
        return found.value

    assert kappa(("0.5", "1.5", "9")) == pytest.approx(kappa(("1", "2", "3")))


def test_weights_of_kappa_are_chosen_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("unit,Ann,Bob\n1,1,1\n2,2,3\n3,3,3\n4,1,2\n5,3,1\n")
    assert main(["agreement", str(file), "--metric", "ordinal", "--kappa-weights", "linear"]) == 0
    assert "Cohen's kappa (linear weights): " in capsys.readouterr().out
    assert main(["agreement", str(file), "--kappa-weights", "linear"]) == 1
    assert "no near misses" in capsys.readouterr().err


def test_an_empty_cell_is_a_code_not_given() -> None:
    content = b"unit,a,b,c\n1,1,1,\n2,2,2,2\n3,3,,3\n4,,,1\n"
    found = coders.agreement(content, Metric.INTERVAL)
    assert (found.alpha.value, found.alpha.units, found.kappa) == (1.0, 3, None)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "agreement.one_coder"),
        (b"unit,a\n1,2\n", "agreement.one_coder"),
        (b"unit,a,b\n1,2,x\n", "agreement.unreadable"),
        (b"unit,a,b\n1,2,3,4\n", "agreement.unreadable"),
        (b"\xff\xfe\x00", "agreement.unreadable"),
        (b"unit,a,b\n", "stats.empty_base"),
        (b"unit,a,b\n1,2,2\n", "stats.no_variation"),
        (b"unit,a,b\n1,nan,2\n2,1,2\n", "agreement.unreadable"),
        (b"unit,a,b\n1,1,2\n2,1,inf\n", "agreement.unreadable"),
    ],
)
def test_a_file_that_says_nothing_of_agreement_is_refused(content: bytes, code: str) -> None:
    with refused(InvalidInput, code):
        coders.agreement(content, Metric.ORDINAL)


def test_weights_are_for_those_who_see_internal_figures(demo_store: Store, run: Callable[..., str]) -> None:
    def weighted(actor: Actor, audience: Audience) -> None:
        review.card(
            demo_store,
            SLUG,
            "led_by",
            actor=actor,
            audience=audience,
            language="en",
            filters=Filters(),
            now=NOON,
            method=Method(weights=WeightKind.RAKED),
        )

    weighted(OPERATOR, Audience.INTERNAL)
    before = run("ledger", SLUG)
    for actor in (OPERATOR, REPORT_WRITER):
        with refused(NotAllowed, "weights.internal_only"):
            weighted(actor, Audience.MEETING)
    assert run("ledger", SLUG) == before
    with refused(NotAllowed, "weights.internal_only"):
        estimates.weights(demo_store, SLUG, Method(weights=WeightKind.RAKED), actor=REPORT_WRITER, language="en")
