"""The three engines, each started once; a test that needs one which cannot run here is skipped with the reason."""

from collections.abc import Iterator

import pytest

from tests.oracles.engines import NAMES, Engine, engine, missing


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
        pytest.skip("; ".join(lacking))
    return _started


@pytest.fixture(params=NAMES)
def each_engine(request: pytest.FixtureRequest, _started: dict[str, Engine]) -> Engine:
    """One engine after the other."""
    reason = missing(request.param)
    if reason:
        pytest.skip(reason)
    return _started[request.param]
