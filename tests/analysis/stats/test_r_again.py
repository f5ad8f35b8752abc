"""Where R is installed: its scripts give the stored outputs again."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.stats.reference import FOLDER

SCRIPTS = sorted(each.name for each in FOLDER.glob("*.R"))


@pytest.mark.long
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed: apt-get install r-cran-survey")
@pytest.mark.parametrize("script", SCRIPTS)
def test_an_r_script_gives_its_stored_output_again(script: str, tmp_path: Path) -> None:
    subprocess.run(["Rscript", script, str(tmp_path)], cwd=FOLDER, check=True, capture_output=True)
    made = tmp_path / f"{Path(script).stem}.json"
    assert _rounded(json.loads(made.read_text())) == _rounded(json.loads((FOLDER / made.name).read_text()))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items() if key != "version"}
    return value
