"""`python -m tests.bench.watched FILE`: the app, and a line of FILE for each run of a page's script: how long it took.

Each line is JSON: `page`, `part` (a fragment alone), `seconds` by the clock, `processor` seconds of the run's own
thread; and, with `stalled`, how long everything stood still when that was more than STALL_SECONDS.
"""

import json
import runpy
import sys
import threading
import time
from pathlib import Path
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from tests.browser.running import ROOT

BEAT_SECONDS = 0.02
STALL_SECONDS = 0.1


def watch(path: Path) -> None:
    """From now on each run of a script, and each standstill, is written down."""
    lock = threading.Lock()

    def write(**line: object) -> None:
        with lock, path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    run = ScriptRunner._run_script

    def timed(runner: ScriptRunner, asked: Any) -> None:
        begun, worked = time.perf_counter(), time.thread_time()
        try:
            run(runner, asked)
        finally:
            spent, cost = time.perf_counter() - begun, time.thread_time() - worked
            write(page=asked.page_name, part=bool(asked.fragment_id_queue), seconds=spent, processor=cost)

    def beat() -> None:
        while True:
            begun = time.perf_counter()
            time.sleep(BEAT_SECONDS)
            late = time.perf_counter() - begun - BEAT_SECONDS
            if late > STALL_SECONDS:
                write(stalled=late)

    ScriptRunner._run_script = timed  # type: ignore[method-assign]
    threading.Thread(target=beat, daemon=True).start()


if __name__ == "__main__":
    watch(Path(sys.argv.pop(1)))
    runpy.run_path(str(ROOT / "app.py"), run_name="__main__")  # as if it were the program: paths are taken from it
