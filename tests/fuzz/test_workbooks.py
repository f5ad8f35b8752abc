"""Some of the hostile workbooks of `python -m tests.fuzz.workbooks`, in each run of the tests."""

import os
import subprocess
from pathlib import Path

import pytest

from data.settings import Settings
from data.store import Store
from tests.fuzz import workbooks
from tests.fuzz.workbooks import Hostile, Page, bring_in, hostile, run


def test_hostile_workbooks_execute_nothing(store: Store, settings: Settings, tmp_path: Path) -> None:
    outcomes, findings, _most = run(20, 7, tmp_path / "server", store, settings)
    assert findings == []
    assert outcomes.total() == 20
    assert sum(times for outcome, times in outcomes.items() if outcome.endswith("published")) >= 4


@pytest.mark.long
def test_two_hundred_hostile_workbooks_execute_nothing(store: Store, settings: Settings, tmp_path: Path) -> None:
    outcomes, findings, _most = run(200, 1, tmp_path / "server", store, settings)
    assert findings == []
    assert outcomes.total() == 200


@pytest.mark.long
def test_every_kind_of_hostility_comes_up() -> None:
    assert {hostile(f"1/{number}").kind for number in range(120)} == set(workbooks._KINDS)


def test_an_execution_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def executed(*_arguments: object) -> dict[str, object]:
        subprocess.run(["true"], check=True)
        (tmp_path / "escaped").write_text("x")
        return {}

    monkeypatch.setattr(workbooks, "_brought", executed)
    brought = bring_in(Hostile("test", "form.xlsx", b""), tmp_path / "none.db", "h")
    assert [one.split()[0] for one in brought.executed] == ["subprocess.Popen", "open"]
    assert os.fspath(tmp_path / "escaped") in brought.executed[1]


@pytest.mark.parametrize(
    "shown",
    [
        "<script>1</script>",
        "<p onclick='x'>a</p>",
        "<a href='javascript:x'>a</a>",
        "<a href=' java\nscript:x'>a</a>",
        "<img src='http://evil.example/'>",
        "<form action='http://evil.example/'></form>",
        "<a href='http://evil.example/'>a</a>",
        "<base href='/'>",
    ],
)
def test_what_a_browser_would_run_or_fetch_is_seen(shown: str) -> None:
    page = Page()
    page.feed(shown)
    assert page.faults


def test_what_is_harmless_is_not() -> None:
    page = Page()
    page.feed('<script src="/look/light.js"></script><a rel="noopener" href="https://example.org">a</a>&lt;script&gt;')
    assert page.faults == []
