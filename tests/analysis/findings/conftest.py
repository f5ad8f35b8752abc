"""What tests of cards under a method share."""

import pytest

from analysis.dataset.arrays import Dataset
from tests.analysis.consultations import dataset, responses
from tests.analysis.eighty import submissions


@pytest.fixture(scope="module")
def data() -> Dataset:
    return dataset(responses(*submissions()))
