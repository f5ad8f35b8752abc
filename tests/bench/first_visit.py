"""What a first visit of a respondent costs: bytes, requests, and seconds over a thin line.

python -m tests.bench.first_visit    prints the table; --files lists every file by size

A fresh browser each time, nothing kept from before. Bytes are what the browser received over the line for files
(`encodedDataLength`: headers and compressed body). Chromium's emulation of a thin line leaves websockets out, so the
messages of Streamlit's socket are counted apart; they are not slowed down.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from data.settings import Settings
from data.store import open_store
from survey import demo, responses, saving
from survey.access import OPERATOR
from tests.browser.running import ARGUMENTS, NO_CHROMIUM, RunningApp, chromium

THIN_LINE = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
"""400 kbit/s with a round trip of 400 ms."""
WIDTH, HEIGHT = 360, 740


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit cost until the page could be used."""

    seconds: float
    file_bytes: int
    socket_bytes: int
    files: tuple[tuple[int, str], ...]


def visit(browser: Browser, address: str, usable: str, *, thin: bool) -> Visit:
    """One visit with an empty cache; `usable` is the selector of what the reader needs first."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en")
    page = context.new_page()
    page.set_default_timeout(180_000)
    line = context.new_cdp_session(page)
    asked: dict[str, str] = {}
    files: list[tuple[int, str]] = []
    socket_bytes = 0

    def finished(event: dict[str, Any]) -> None:
        files.append((int(event["encodedDataLength"]), asked.get(event["requestId"], "?")))

    def received(event: dict[str, Any]) -> None:
        nonlocal socket_bytes
        data, is_text = event["response"]["payloadData"], event["response"]["opcode"] == 1
        socket_bytes += len(data) if is_text else len(data) * 3 // 4

    line.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
    line.on("Network.loadingFinished", finished)
    line.on("Network.webSocketFrameReceived", received)
    line.send("Network.enable")
    if thin:
        line.send("Network.emulateNetworkConditions", THIN_LINE)
    begun = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(usable).first.wait_for()
    seconds = time.perf_counter() - begun
    page.wait_for_load_state("networkidle")
    context.close()
    return Visit(
        seconds=seconds,
        file_bytes=sum(size for size, _ in files),
        socket_bytes=socket_bytes,
        files=tuple(sorted(files, reverse=True)),
    )


def addresses(app: RunningApp, database: Path) -> dict[str, tuple[str, str]]:
    """The pages that are visited, each with what makes it usable."""
    store = open_store(Settings(database_url=f"sqlite:///{database}"))
    now = datetime.now(UTC)
    found = {"start": (f"{app.url}/respond?c={demo.SLUG}", ".st-key-begin button")}
    for name in ("s1", "s2"):
        code = responses.begin(store, demo.SLUG, language="en", channel="app", now=now)
        saving.save(store, code, {"consent": "agree"}, seen={}, section=name, language="en", now=now)
        found[f"section {name}"] = (
            f"{app.url}/respond?c={demo.SLUG}&r={code}",
            ".st-key-next button",
        )
    store.close()
    return found


def main() -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(prog="python -m tests.bench.first_visit", description=__doc__.splitlines()[0])
    options.add_argument("--files", action="store_true", help="list every file of each page")
    options.add_argument("--runs", type=int, default=3, help="visits over the thin line (default: 3)")
    chosen = options.parse_args()
    path = chromium()
    if path is None:
        raise SystemExit(NO_CHROMIUM)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        database = Path(name) / "bench.db"
        store = open_store(Settings(database_url=f"sqlite:///{database}"), migrate=True)
        demo.load(store, actor=OPERATOR, now=datetime.now(UTC))
        store.close()
        app = RunningApp(database)
        app.start()
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            print("| page | files | received | by socket | usable, loopback | usable, 400 kbit/s and 400 ms |")
            print("|---|---|---|---|---|---|", flush=True)
            for page, (address, usable) in addresses(app, database).items():
                quick = visit(browser, address, usable, thin=False)
                slow = statistics.median(visit(browser, address, usable, thin=True).seconds for _ in range(chosen.runs))
                print(
                    f"| {page} | {len(quick.files)} | {quick.file_bytes / 1000:.0f} kB "
                    f"| {quick.socket_bytes / 1000:.1f} kB | {quick.seconds:.1f} s | {slow:.1f} s |",
                    flush=True,
                )
                if chosen.files:
                    print("\n".join(f"{size:9d}  {urlsplit(where).path}" for size, where in quick.files), flush=True)
        finally:
            browser.close()
            app.stop()


if __name__ == "__main__":
    main()
