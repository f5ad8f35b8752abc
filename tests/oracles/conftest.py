"""The three engines, each started once; a test that needs one which cannot run here is skipped with the reason.

`make test-all` sets ORACLES_REQUIRED: there such a test fails.
"""

import os
from collections.abc import Iterator

import pytest

from tests.oracles.engines import NAMES, Engine, engine, missing


def _left_out(reason: str) -> None:
    if os.environ.get("ORACLES_REQUIRED"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def _started() -> Iterator[dict[str, Engine]]:
    started = {name: engine(name) for name in NAMES}
    yield started
    for each in started.values():
        each.close()


@pytest.fixture
def engines(_started: dict[str, Engine]) -> dict[str, Engine]:
    """All three engines by name."""
    lacking = [reason for name in NAMES if (reason := missing(name))]
    if lacking:
        _left_out("; ".join(lacking))
    return _started


@pytest.fixture(params=NAMES)
def each_engine(request: pytest.FixtureRequest, _started: dict[str, Engine]) -> Engine:
    """One engine after the other."""
    reason = missing(request.param)
    if reason:
        _left_out(reason)
    return _started[request.param]
