"""`python -m analysis snapshot`, `snapshots`, `compare` and `recompute`."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from analysis import microdata, snapshots
from analysis.__main__ import main
from data.settings import Settings
from data.store import Store
from survey import consultation_rules, corrections, erasure, invitations, responses
from survey.access import OPERATOR
from tests.small import NOW, SLUG, fill, frame_of, publish, send


@pytest.fixture
def run(
    small: Store, environment: Callable[[Settings], None], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs a command on the small consultation; (status, what it printed, what it complained of)."""
    environment(settings)

    def act(*arguments: str) -> tuple[int, str, str]:
        status = main(list(arguments))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return act


def test_a_state_is_frozen_listed_and_frozen_once(small: Store, run: Callable[..., tuple[int, str, str]]) -> None:
    send(small, org_name="One")
    status, told, _ = run("snapshot", SLUG, "--note", "For Bangkok")
    (record,) = snapshots.listed(small, SLUG, actor=OPERATOR)
    assert (status, told) == (0, f"{record.sha256}: 1 replies, frozen\n")
    assert "frozen before" in run("snapshot", SLUG)[1]
    status, told, _ = run("snapshots", SLUG)
    assert (status, told.split("  ")[0], told.rstrip().split("  ")[-1]) == (0, record.sha256, "For Bangkok")
    (document,) = json.loads(run("snapshots", SLUG, "--json")[1])
    assert (document["sha256"], document["replies"], document["erased"]) == (record.sha256, 1, 0)
    assert document["conditions"]["program"] == "0.2.0"


def test_recompute_proves_the_figures_and_says_when_it_cannot(
    small: Store, run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    codes = [send(small, org_name=f"Org {n}") for n in range(3)]
    run("snapshot", SLUG)
    (record,) = snapshots.listed(small, SLUG, actor=OPERATOR)
    status, told, _ = run("recompute", record.sha256[:8], "--out", str(tmp_path / "figures.json"))
    assert status == 0
    assert told.splitlines()[1:] == [
        "All that was frozen is there and gives the same number.",
        "Its figures are the same bytes.",
    ]
    first = (tmp_path / "figures.json").read_bytes()
    send(small, org_name="Later")
    run("recompute", record.sha256, "--out", str(tmp_path / "again.json"))
    assert (tmp_path / "again.json").read_bytes() == first
    erasure.erase(small, codes[0], now=NOW)
    status, told, _ = run("recompute", record.sha256)
    assert (status, told.splitlines()[1].split(":")[0]) == (1, "1 replies were erased since")
    status, told, _ = run("recompute", record.sha256, "--json")
    found = json.loads(told)
    assert (status, found["holds"], found["same_figures"], found["erased"]) == (1, False, None, 1)


def test_two_states_are_compared(small: Store, run: Callable[..., tuple[int, str, str]]) -> None:
    codes = [send(small, org_name=f"Org {n}") for n in range(3)]
    run("snapshot", SLUG)
    corrections.withdraw(small, codes[0], now=NOW)
    send(small, org_name="Later", region="n")
    run("snapshot", SLUG)
    last, first = (each.sha256 for each in snapshots.listed(small, SLUG, actor=OPERATOR))
    status, told, _ = run("compare", first, last)
    lines = told.splitlines()
    assert (status, lines[0]) == (0, "Replies: new 1, withdrawn 1.")
    assert "Region\tShare: South\t100% (3)\t67% (2)\t−33" in lines
    found = json.loads(run("compare", first, last, "--json")[1])
    assert {each["change"] for each in found["responses"]} == {"came", "withdrawn"}
    assert [each["change"] for each in found["moves"] if each["code"] == "n"] == [pytest.approx(1 / 3)]


def test_a_trend_of_numbers_rankings_and_batteries_is_printed(
    small: Store, run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    publish(small, slug="later", title={"en": "Later"})
    for number in range(12):
        org = {"org_name": f"Org {number}", "region": "n"}
        send(small, staff=number * 1.0, serv_prev="13"[number % 2], **org)
        turned = ("prev", "hr", "other") if number % 3 else ("hr", "prev", "other")
        send(small, slug="later", staff=number + 3.0 + number % 2, serv_prev="3", invest_rank=turned, **org)

    def of(question: str, *more: str) -> list[str]:
        return run("trend", SLUG, "later", "--question", question, *more)[1].splitlines()

    assert of("staff")[2].split("\t") == ["Mean: Members of staff", "12", "12", "5.50", "9.00", "+3.50", "", "", "", ""]
    found = json.loads(run("trend", SLUG, "later", "--question", "staff", "--audience", "internal", "--json")[1])
    mean, median = found["changes"]
    assert (mean["figure"], median["figure"], mean["first_n"], mean["last_n"]) == ("mean", "median", 12, 12)
    assert mean["bounds"]["low"] < 3.5 < mean["bounds"]["high"]
    assert mean["size"] == pytest.approx(3.5 / ((13 + 13.818181818) / 2) ** 0.5, rel=0.02)
    matched = json.loads(
        run("trend", SLUG, "later", "--question", "staff", "--audience", "internal", "--matched", "--json")[1]
    )
    assert (matched["matched"], matched["first_n"], matched["changes"][0]["difference"]) == (True, 12, 3.5)
    assert matched["changes"][0]["p"] < 1e-6 < mean["p"]
    ranked = of("invest_rank", "--audience", "internal")
    assert [line.split("\t")[0] for line in ranked[2:4]] == ["Mean rank: Prevention", "Put first: Prevention"]
    assert of("m_serv", "--audience", "internal")[2].startswith("Net: Prevention\t12\t12\t0.0000\t1.0000\t+1.0000\t")
    run("trend", SLUG, "later", "--question", "invest_rank", "--out", str(tmp_path / "ranks.svg"))
    assert b"Put first: share" in (tmp_path / "ranks.svg").read_bytes()
    status, _, complaint = run("trend", SLUG, "later", "--question", "staff", "--out", str(tmp_path / "staff.svg"))
    assert (status, "it is not drawn as a slope" in complaint) == (1, True)
    status, _, complaint = run("trend", SLUG, "later", "--question", "staff", "--matched")
    assert (status, "internal figures only" in complaint) == (1, True)


def test_a_table_and_a_report_can_be_of_a_frozen_state(
    small: Store, run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    send(small, org_name="One")
    run("snapshot", SLUG)
    (record,) = snapshots.listed(small, SLUG, actor=OPERATOR)
    send(small, org_name="Two")
    asked = ("table", SLUG, "--question", "region", "--audience", "internal", "--json")
    assert json.loads(run(*asked)[1])["n"] == 2
    found = json.loads(run(*asked, "--snapshot", record.sha256[:10])[1])
    assert (found["n"], found["snapshot"]) == (1, record.sha256)
    file = tmp_path / "deck.pptx"
    assert run("report", SLUG, "--format", "pptx", "--out", str(file), "--snapshot", record.sha256)[0] == 0


def test_estimates_weights_and_trends_can_be_of_a_frozen_state(
    small: Store, run: Callable[..., tuple[int, str, str]]
) -> None:
    invitations.import_frame(
        small, SLUG, [{"organisation": f"Org {n}", "region": "ns"[n % 2]} for n in range(9)], actor=OPERATOR, now=NOW
    )
    for number in range(4):
        send(small, org_name=f"Org {number}", region="ns"[number % 2], story_yes="no")
    with small.read() as kept:
        sent = kept.sent_responses(kept.consultation(SLUG).id)
    for each, invited in zip(sent, frame_of(small), strict=False):
        invitations.count_reply(small, SLUG, each.id, invited.id, actor=OPERATOR, now=NOW)
    run("snapshot", SLUG)
    (record,) = snapshots.listed(small, SLUG, actor=OPERATOR)
    send(small, org_name="Later", region="n", story_yes="yes")
    frozen = ("--snapshot", record.sha256[:10])
    asked = ("estimate", SLUG, "--question", "story_yes", "--audience", "internal")
    present, found = (json.loads(run(*asked, "--json", *more)[1]) for more in ((), frozen))
    assert (present["n"], found["n"], found["snapshot"]) == (5, 4, record.sha256)
    assert [each["options"][0]["whole"]["frame"] for each in (present, found)] == [9, 9]
    assert [each["listed"]["strangers"] for each in (present, found)] == [1, 0]
    assert [each["options"][0]["stratified"]["replies"] for each in (present, found)] == [4, 4]
    assert "Contact list: exact (hypergeometric)" in run(*asked, *frozen)[1]
    weights = json.loads(run("weights", SLUG, "--json", *frozen)[1])
    assert (weights["replies"], weights["snapshot"]) == (4, record.sha256)
    trend = json.loads(
        run("trend", SLUG, SLUG, "--question", "story_yes", "--audience", "internal", "--json", *frozen)[1]
    )
    assert (trend["first_n"], trend["last_n"]) == (4, 5)
    assert {(each["p"], each["bounds"]) for each in trend["changes"]} == {(None, None)}
    states = ("trend", SLUG, SLUG, "--question", "story_yes", "--audience", "internal", *frozen)
    assert "those of separate samples would be wrong" in run(*states)[1]
    matched = json.loads(run(*states, "--matched", "--json")[1])
    assert (matched["same"], matched["first_n"], matched["last_n"]) == (True, 4, 4)
    assert "the replies that are in both states" in run(*states, "--matched")[1]
    assert (trend["earlier"]["snapshot"], trend["later"]["snapshot"]) == (record.sha256, present["snapshot"])
    both = run("trend", SLUG, SLUG, "--question", "story_yes", *frozen, "--later-snapshot", record.sha256, "--json")
    assert json.loads(both[1])["later"]["snapshot"] == record.sha256


def test_a_wave_without_replies_has_n_0_and_dashes_and_the_other_its_figures(
    small: Store, run: Callable[..., tuple[int, str, str]]
) -> None:
    run("snapshot", SLUG)
    (record,) = snapshots.listed(small, SLUG, actor=OPERATOR)
    send(small, org_name="One", region="n")
    asked = ("trend", SLUG, SLUG, "--question", "region", "--audience", "internal", "--snapshot", record.sha256)
    lines = run(*asked)[1].splitlines()
    assert (lines[0], lines[2:4]) == ("n = 0, later 1", ["North\t0\t1\t–\t1.0000", "South\t0\t1\t–\t0.0000"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("recompute", "abc"), "Please give at least 8 digits of the state."),
        (("recompute", "0" * 12), "No frozen state begins with 000000000000."),
        (("compare", "0" * 12, "1" * 12), "No frozen state begins with 000000000000."),
        (("snapshot", SLUG, "--note", "x" * 301), "Please keep the note within 300 characters."),
        (("snapshot", "unknown"), "There is no consultation at this address. Check the link you were sent."),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Callable[..., tuple[int, str, str]], arguments: tuple[str, ...], told: str
) -> None:
    status, _, complaint = run(*arguments)
    assert (status, complaint.strip()) == (1, told)


def test_a_question_of_two_states_becomes_a_slope_in_the_format_that_the_file_names(
    small: Store, run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    for number in range(12):
        send(small, org_name=f"Org {number}", region="n")
    run("snapshot", SLUG)
    for number in range(8):
        send(small, org_name=f"Later {number}", region="s")
    run("snapshot", SLUG)
    last, first = (each.sha256 for each in snapshots.listed(small, SLUG, actor=OPERATOR))
    status, told, _ = run("compare", first, last, "--slope", "region", str(tmp_path / "region.svg"))
    assert (status, told.splitlines()[0]) == (0, "Replies: new 8.")
    drawing = (tmp_path / "region.svg").read_text()
    assert "Slope chart: Region." in drawing
    assert first[:12] in drawing and last[:12] in drawing
    run("trend", SLUG, SLUG, "--question", "region", "--out", str(tmp_path / "region.pptx"))
    assert (tmp_path / "region.pptx").read_bytes().startswith(b"PK")
    status, _, complaint = run("compare", first, last, "--slope", "region", str(tmp_path / "region.gif"))
    assert (status, "png, svg, pdf, pptx" in complaint) == (1, True)
    status, _, complaint = run("compare", first, last, "--slope", "finding", str(tmp_path / "f.png"))
    assert (status, "something in common" in complaint) == (1, True)


def test_the_replies_of_a_frozen_state_are_rows_as_they_were_without_those_that_were_taken_back(
    small: Store, run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    names = ("Kept", "Changed", "Withdrawn", "Erased")
    codes = [send(small, org_name=name, finding=f"{name} finds", serv_prev="1") for name in names]
    taken = snapshots.take(small, SLUG, actor=OPERATOR, now=NOW).record
    send(small, org_name="Later")
    consultation_rules.set_policies(small, SLUG, {"corrections_until": "2027-06-30"}, actor=OPERATOR, now=NOW)
    corrections.correct(small, codes[1], now=NOW)
    fill(small, codes[1], {"finding": "Something else", "serv_prev": "3"}, now=NOW)
    responses.submit(small, codes[1], now=NOW)
    corrections.withdraw(small, codes[2], now=NOW)
    erasure.erase(small, codes[3], now=NOW)
    file = tmp_path / "then.parquet"
    status, told, _ = run("frame", SLUG, "--out", str(file), "--snapshot", taken.sha256[:12])
    assert (status, told.split("; ")[1]) == (0, "2 replies of that state were erased, withdrawn or deleted since\n")
    table = pd.read_parquet(file)
    source = table.attrs["source"]
    assert (source["snapshot"], source["gone"]) == (taken.sha256, 2)
    present = microdata.frame(small, SLUG, actor=OPERATOR, language="en", now=NOW)
    assert list(table["org_name"].fillna("")) == ["Kept", "Changed"]
    assert list(table["finding"].fillna("")) == ["Kept finds", ""]
    assert table["serv_prev"].nunique() == 1 and list(present["serv_prev"]).count(table["serv_prev"].iloc[0]) == 1
    assert "gone" not in present.attrs["source"]
    status, _, error = run("frame", SLUG, "--out", str(file), "--snapshot", "0" * 12)
    assert status == 1 and "0" * 12 in error
