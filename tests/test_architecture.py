"""The floors and rooms of docs/architecture.md hold, and a planted violation is found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command as c; c()"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["COLUMNS"] = "300"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The three packages and the contracts, free to be spoilt."""
    for package in ("survey", "analysis", "data"):
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=lambda _, names: [n for n in names if not n.endswith(".py") and "." in n],
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_import_contract_is_kept() -> None:
    run = lint(ROOT)
    assert (run.returncode, run.stdout.count(" BROKEN"), run.stdout.count(" KEPT") > 5) == (0, 0, True), run.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("survey/responses.py", "import streamlit", "streamlit only in ui and pages"),
        ("data/store.py", "import survey.access", "analysis > survey > data"),
        ("survey/people.py", "import sqlalchemy", "sqlalchemy and alembic only in data"),
        (
            "analysis/charts/palette.py",
            "import analysis.stats.numbers",
            "A number reaches a person only through findings",
        ),
        ("data/erasure_journal.py", "import data.store", "No circle of imports"),
        ("analysis/ui/drawing.py", "import analysis.ui.cards", "No circle of imports"),
    ],
)
def test_a_planted_violation_is_found(copy: Path, module: str, line: str, contract: str) -> None:
    path = copy / module
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    run = lint(copy)
    broken = [said.removesuffix(" BROKEN") for said in run.stdout.splitlines() if said.endswith(" BROKEN")]
    assert (run.returncode, broken) == (1, [contract])
