"""Published cases through the command line, as an outside examiner would type them in."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analysis.__main__ import main
from data.records import AnswerValue
from data.settings import Settings
from data.store import Store
from survey import imports, publications
from survey.access import OPERATOR
from survey.imported_rows import ImportRow
from survey.xlsform.sheets import from_markdown
from tests.analysis.stats.reference import expected

CASES, RANKINGS = expected("published"), expected("rankings")
MISSING = "."
CODERS = ("1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 .")
FORM = """
| survey |
| | type | name | label |
| | begin group | s1 | Cases |
| | select_one yesno | heart | Newcombe: 81 of 263 |
| | select_one yesno | attack | Newcombe: 15 of 148 |
| | select_one twins | twins | Fisher: kind of twins |
| | select_one yesno | convicted | Fisher: convicted |
| | rank item | order | Schulze: 45 ballots |
| | end group | | |
| choices |
| | list_name | name | label |
| | yesno | yes | Yes |
| | yesno | no | No |
| | twins | mono | Of one egg |
| | twins | di | Of two eggs |
| | item | A | A |
| | item | B | B |
| | item | C | C |
| | item | D | D |
| | item | E | E |
| settings |
| | form_title | form_id | version |
| | Cases | cases | 1 |
"""


def replies() -> list[dict[str, AnswerValue]]:
    """263 replies: each case stands in the first ones, as many as it has."""
    rows: list[dict[str, AnswerValue]] = [{"heart": "yes" if at < 81 else "no"} for at in range(263)]
    for at in range(148):
        rows[at]["attack"] = "yes" if at < 15 else "no"
    twins = [("mono", "yes")] * 10 + [("mono", "no")] * 3 + [("di", "yes")] * 2 + [("di", "no")] * 15
    for row, (kind, convicted) in zip(rows, twins, strict=False):
        row |= {"twins": kind, "convicted": convicted}
    ballots = [ballot for times, ballot in RANKINGS["schulze"]["ballots"] for _ in range(times)]
    for row, ballot in zip(rows, ballots, strict=False):
        row["order"] = tuple(ballot)
    return rows


@pytest.fixture
def run(
    store: Store, settings: Settings, environment: Callable[[Settings], None], capsys: pytest.CaptureFixture[str]
) -> Callable[..., Any]:
    """Runs a command over the cases and gives the JSON that it printed."""
    now = datetime(2026, 9, 15, 12, tzinfo=UTC)
    publications.publish(
        store, from_markdown(FORM), slug="cases", title={"en": "Cases"}, actor=OPERATOR, now=now, fictional=True
    )
    rows = [ImportRow(number=number, values=values) for number, values in enumerate(replies(), start=2)]
    imports.import_responses(store, "cases", rows, actor=OPERATOR, now=now)
    environment(settings)

    def act(command: str, *arguments: str) -> Any:
        assert main([command, "cases", *arguments, "--audience", "internal", "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return act


def test_the_cases_of_newcombe_fisher_and_schulze_come_out_by_command(run: Callable[..., Any]) -> None:
    wanted = {"heart": (0.2553, 0.3662), "attack": (0.0624, 0.1605)}
    exact = {"heart": (0.2527, 0.3676), "attack": (0.0578, 0.1617)}
    for question, bounds in wanted.items():
        yes = run("estimate", "--question", question)["options"][0]["intervals"]
        assert tuple(round(yes["wilson"][each], 4) for each in ("low", "high")) == bounds
        assert tuple(round(yes["clopper_pearson"][each], 4) for each in ("low", "high")) == exact[question]
    tested = run("table", "--question", "convicted", "--by", "twins", "--letters")["method"]["association"]
    assert (tested["test"], round(tested["p"], 7)) == ("pearson", 0.0003063), "every expected count is above 5"
    joined = run("table", "--question", "order", "--join")["method"]["ranking"]
    assert [code for place in joined["schulze"] for code in place] == list(RANKINGS["schulze"]["order"])


def agreement(tmp_path: Path, capsys: pytest.CaptureFixture[str], coders: Sequence[str], metric: str) -> Any:
    """What the command says of coders, each with a sign for each unit."""
    units = zip(*(coder.split() for coder in coders), strict=True)
    lines = [",".join([str(at), *("" if sign == MISSING else sign for sign in unit)]) for at, unit in enumerate(units)]
    file = tmp_path / "codes.csv"
    file.write_text("\n".join([",".join(["unit", *(f"coder {at}" for at in range(len(coders)))]), *lines]))
    assert main(["agreement", str(file), "--metric", metric, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("metric", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorffs_four_coders_come_out_by_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], metric: str, alpha: float
) -> None:
    found = agreement(tmp_path, capsys, CODERS, metric)
    assert (round(found["alpha"]["value"], 3), found["kappa"], found["fleiss"]) == (alpha, None, None)


def test_fleiss_kappa_comes_out_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    patients = [
        [str(code) for code, times in enumerate(row) for _ in range(int(times))] for row in CASES["fleiss"]["counts"]
    ]
    found = agreement(tmp_path, capsys, [" ".join(coder) for coder in zip(*patients, strict=True)], "nominal")
    assert (round(found["fleiss"]["value"], 3), found["coders"]) == (CASES["fleiss"]["value"], 6)
    assert agreement(tmp_path, capsys, ["a b a", "a b b", "a b a"], "nominal")["kappa"] is None
