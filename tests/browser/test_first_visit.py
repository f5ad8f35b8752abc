"""What a first visit brings over the line; how long that takes on a thin one is told by `tests.bench.first_visit`."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.bench.first_visit import addresses, visit
from tests.browser.running import RunningApp

MOST_BYTES = 600_000
LIGHT_BYTES = 30_000

pytestmark = pytest.mark.browser


def test_the_first_visit_to_either_version_stays_small(app: RunningApp, browser: Browser) -> None:
    for address, usable in addresses(app, Path(app.database)).values():
        found = visit(browser, address, usable, thin=False)
        # A busy server is asked again and again whether it is there: once for each address.
        once = {where: size for size, where in found.files}
        assert sum(once.values()) < MOST_BYTES, found.files
        plain = address.replace("/respond?c=", "/f/").replace("&r=", "?r=")
        light = visit(browser, plain, "h1", thin=False)
        pages = [size for size, where in light.files if where == plain]
        assert pages
        assert max(pages) < LIGHT_BYTES
        assert light.file_bytes < MOST_BYTES / 10, light.files
