"""Where expected values stand, and the data they were made from."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

FOLDER = Path(__file__).parents[2] / "reference"


def expected(name: str) -> Any:
    """The content of tests/reference/NAME.json."""
    return json.loads((FOLDER / f"{name}.json").read_text())


def table(name: str) -> pd.DataFrame:
    """tests/reference/NAME.csv."""
    return pd.read_csv(FOLDER / f"{name}.csv")
