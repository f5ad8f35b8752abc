"""Enketo as a child process: its form engine, bundled, in one page of Debian's Chromium, in UTC.

One request is one form and its steps, one answer is every question's state (`tests.oracles.engines` speaks to it).
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, Route, sync_playwright

from tests.browser.running import ARGUMENTS, chromium

_HERE = Path(__file__).parent
_PAGE = "http://enketo.invalid/?&excludeNonRelevant"
"""Served from memory. The switch makes questions that are not relevant read as empty, as in ODK's other programs."""


def bundle(packages: Path) -> str:
    """The script of the page: Enketo without its widgets, and what answers requests."""
    nothing = packages / "no-widgets.js"
    nothing.write_text("export default [];\n", encoding="utf-8")
    core = "enketo-core/src/js"
    aliases = {
        "enketo/config": "enketo-core/config.js",
        "enketo/dialog": f"{core}/fake-dialog.js",
        "enketo/file-manager": f"{core}/file-manager.js",
        "enketo/translator": f"{core}/fake-translator.js",
        "enketo/widgets": str(nothing.resolve()),
        "enketo/xpath-evaluator-binding": f"{core}/xpath-evaluator-binding.js",
    }
    script = packages / "enketo.js"
    subprocess.run(
        [
            "node_modules/.bin/esbuild",
            str(_HERE / "enketo_page.js"),
            "--bundle",
            "--format=iife",
            "--log-level=error",
            "--external:libxslt",
            f"--outfile={script.resolve()}",
            *(f"--alias:{name}={target}" for name, target in aliases.items()),
        ],
        cwd=packages,
        env={**os.environ, "NODE_PATH": str((packages / "node_modules").resolve())},
        check=True,
    )
    return script.read_text(encoding="utf-8")


def _serve(route: Route) -> None:
    route.fulfill(body="<!DOCTYPE html><title>Enketo</title>", content_type="text/html")


def _answer(page: Page, request: dict[str, Any]) -> dict[str, Any]:
    try:
        found: dict[str, Any] = page.evaluate("request => window.answer(request)", request)
    except Error as error:
        return {"error": str(error)}
    return found


def main() -> None:
    """Answers line by line until the input ends; the folder of the packages is the argument."""
    script = bundle(Path(sys.argv[1]))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_context(timezone_id="UTC", locale="en-US").new_page()
        page.route("**/*", _serve)
        page.goto(_PAGE)
        page.add_script_tag(content=script)
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            print(json.dumps(_answer(page, json.loads(line))), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
