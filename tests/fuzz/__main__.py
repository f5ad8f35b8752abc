"""`make fuzz`: spoils expressions, forms, files and answers for a while and tells what broke, with its seed.

    python -m tests.fuzz --seconds 600 [--target forms] [--seed 7]     from that seed on
    python -m tests.fuzz --target forms --seed 7 --once                that case alone, with its traceback

A finding is anything but the program's own error, a broken rule (`tests/fuzz/targets.py`), more than three seconds
of processor time (one evaluation: one second), or more than three gigabytes of memory. Mend it, and keep the case in
the tests.
"""

import argparse
import json
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from types import FrameType

from tests.fuzz.targets import TARGETS, Case

SECONDS = 3.0
HANGS = 20
MEMORY = 3 * 2**30


class Hung(BaseException):
    """It did not come back."""


def _hang(_signal: int, _frame: FrameType | None) -> None:
    raise Hung


def run(target: str, seed: int) -> tuple[str, str]:
    """(what went wrong, "" when nothing; the case and where it broke) of one case."""
    case = Case(Random(f"{target}/{seed}"))
    signal.alarm(HANGS)
    began = time.process_time()
    try:
        TARGETS[target](case)
    except Hung:
        frames = traceback.extract_tb(sys.exc_info()[2])
        return f"hung at {_place(frames)}", f"{case.shown!r:.3000}"
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        return (
            f"{type(error).__name__} at {_place(frames)}: {str(error)[:300]}",
            f"{case.shown!r:.3000}\n{''.join(traceback.format_exception(error)[-6:])[:3000]}",
        )
    finally:
        signal.alarm(0)
    elapsed = time.process_time() - began
    if elapsed > SECONDS:
        return f"slow: {elapsed:.1f} s", f"{case.shown!r:.3000}"
    return "", ""


def _place(frames: traceback.StackSummary) -> str:
    ours = [frame for frame in frames if "/survey/" in frame.filename or "/data/" in frame.filename] or list(frames)
    return f"{ours[-1].filename.rpartition('/')[2]}:{ours[-1].lineno}" if ours else "?"


def main() -> int:
    """Runs until the time is over; 1 when something was found."""
    parser = argparse.ArgumentParser(prog="tests.fuzz", description="Spoils input and tells what breaks.")
    parser.add_argument("--seconds", type=float, default=600.0, help="in all; each target gets its share")
    parser.add_argument("--target", choices=sorted(TARGETS), action="append", help="only this one; may be repeated")
    parser.add_argument("--seed", type=int, default=None, help="of the first case; another one each day without it")
    parser.add_argument("--once", action="store_true", help="only that case")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _hang)
    chosen = arguments.target or list(TARGETS)
    first = int(time.time()) // 86_400 * 1_000_000 if arguments.seed is None else arguments.seed
    found: Counter[str] = Counter()
    for target in chosen:
        until = time.monotonic() + (0 if arguments.once else arguments.seconds / len(chosen))
        seed = first
        while seed == first or time.monotonic() < until:
            seed, kinds = _in_child(target, seed, until)
            found += kinds
        print(f"{target}: {seed - first} cases", flush=True)
    for kind, count in found.most_common():
        print(f"{count} × {kind}")
    return bool(found)


def _in_child(target: str, seed: int, until: float) -> tuple[int, Counter[str]]:
    """(the seed to go on with, what was found) of a process of its own, so that a crash of a library is a finding."""
    with tempfile.NamedTemporaryFile() as told:
        child = os.fork()
        if not child:
            os._exit(_cases(target, seed, until, told.name))
        _, status = os.waitpid(child, 0)
        kept = json.loads(Path(told.name).read_text() or "null")
    at, kinds = (seed, {}) if kept is None else kept
    if status and os.WIFSIGNALED(status):
        print(f"\n{target} --seed {at}: the process died of signal {os.WTERMSIG(status)}", flush=True)
        return at + 1, Counter(kinds) + Counter({f"{target}: died": 1})
    return at + 1, Counter(kinds)


def _cases(target: str, seed: int, until: float, told: str) -> int:
    found: Counter[str] = Counter()
    run(target, -1)  # reads the corpus
    while True:
        Path(told).write_text(json.dumps([seed, found]))
        wrong, details = run(target, seed)
        if wrong:
            kind = f"{target}: {wrong[:100] if wrong.startswith('Broken') else wrong.partition(':')[0]}"
            if not found[kind]:
                print(f"\n{target} --seed {seed}: {wrong}\n{details}", flush=True)
            found[kind] += 1
        if time.monotonic() > until:
            Path(told).write_text(json.dumps([seed, found]))
            return 0
        seed += 1


if __name__ == "__main__":
    sys.exit(main())
