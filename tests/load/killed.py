"""Responses are written while the app, or the database server, is killed at random moments; what was acknowledged must
be there exactly once, and whole.

python -m tests.load.killed --kills 500
python -m tests.load.killed --kills 500 --database postgresql
python -m tests.load.killed --kills 100 --database postgresql --victim server

Several threads begin, save and send responses by the use cases, and say what the program acknowledged. What fails while
the server is away is tried again, as a person would; so is, after a kill, the sending that nobody acknowledged.
"""

import argparse
import itertools
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.audit import verify
from data.engine import open_engine
from data.errors import Unavailable
from data.log_records import LogFilter
from data.settings import Settings
from data.store import Store, open_store
from survey import open_responses, responses, saving
from tests.load.postgres import RunningPostgres
from tests.small import ANSWERS, NOW, SLUG, begin, publish, send

WRITERS = 6
SERVERS_A_PROCESS = 10
"""How often the server is killed under one process of the app, before that is killed as well."""


@dataclass(slots=True)
class Acknowledged:
    """What the program said is kept: code -> words of the answer; codes that are about to be sent."""

    lines: int = 0
    saved: dict[str, str] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)

    def hear(self, line: str) -> None:
        """One line of a writer."""
        self.lines += 1
        act, code, words = line.split(" ", 2)
        if act == "saved":
            self.saved[code] = words
        elif act == "tried":
            self.tried.add(code)
        elif act == "sent":
            self.sent.add(code)
        else:
            self.refused[words] += 1


def write_for_ever(settings: Settings, say: Callable[[str], object], seed: int) -> None:
    """What the process that is killed does."""
    store = Store(open_engine(settings))

    def patiently(act: Callable[[], Any]) -> Any:
        while True:
            try:
                return act()
            except Unavailable as error:
                say(f"refused - {error.code}")
                time.sleep(0.1)

    def respond(words: str) -> None:
        code = patiently(lambda: begin(store))
        answers = {**ANSWERS, "org_name": words, "finding": words}
        patiently(lambda: save(store, code, answers))
        say(f"saved {code} {words}")
        say(f"tried {code} {words}")
        patiently(lambda: responses.submit(store, code, now=NOW))
        say(f"sent {code} {words}")

    def writer(number: int) -> None:
        for turn in itertools.count():
            respond(f"{seed}-{number}-{turn}")

    for number in range(WRITERS):
        threading.Thread(target=writer, args=(number,), daemon=True).start()
    signal.pause()


def save(store: Store, code: str, answers: dict[str, object]) -> None:
    """As a window that shows what it wrote itself."""
    seen = responses.resume(store, code, now=NOW).state.answers
    saving.save(store, code, answers, seen=seen, section="s1", language="en", now=NOW)


def one_round(settings: Settings, heard: Acknowledged, *, seed: int, strike: Callable[[int], None]) -> None:
    """A process writes until the strike has come; all that it said is heard."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            write_for_ever(settings, lambda line: os.write(writer, f"{line}\n".encode()), seed)
        finally:
            os._exit(1)
    os.close(writer)
    blow = threading.Thread(target=strike, args=(child,))
    with os.fdopen(reader) as lines:
        blow.start()
        for line in lines:
            heard.hear(line.rstrip("\n"))
    blow.join()
    os.waitpid(child, 0)


def faults(settings: Settings, heard: Acknowledged) -> list[str]:
    """What is not as it was acknowledged; sendings that nobody acknowledged are tried again first."""
    store = open_store(settings)
    found = []
    for code in heard.tried - heard.sent:
        responses.submit(store, code, now=NOW)
    with store.read() as kept:
        consultation = kept.consultation(SLUG)
        by_words = Counter(str(each.submission.get("finding")) for each in kept.responses(consultation.id))
        for code, words in heard.saved.items():
            response = open_responses.held(kept, code, NOW)
            if response.answers.get("finding") != words:
                found.append(f"{words}: saved, and not there")
            wanted = int(code in heard.tried)
            subject = f"{SLUG}/{response.reference}"
            times = {
                "among the responses": by_words[words],
                "revisions": len(kept.revisions(response.id)),
                "entries of the log": kept.count_log(LogFilter(action="response.submitted", subject=subject)),
            }
            found += [f"{words}: {count} times in {where}" for where, count in times.items() if count != wanted]
        verdict = verify(kept.log_entries())
        if not verdict.holds:
            found.append(f"the chain of the log: {verdict.reason} at {verdict.broken_at}")
        strange = set(by_words) - {*heard.saved.values(), str(ANSWERS["finding"])}
        found += [f"{words}: sent, and never acknowledged as saved" for words in strange]
    store.close()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was acknowledged while so many were killed, and what of it is not as it was acknowledged."""

    kills: int
    saved: int
    sent: int
    tried_again: int
    refused: Counter[str]
    faults: Sequence[str]
    seconds: float

    def __str__(self) -> str:
        return (
            f"killed {self.kills} times in {self.seconds:.0f} s; acknowledged: {self.saved} saved, {self.sent} sent;"
            f" {self.tried_again} sendings were cut off and tried again; refused meanwhile: {dict(self.refused)};"
            f" lost, twice or in part: {len(self.faults)}"
        )


def run(settings: Settings, *, kills: int, seed: int, server: RunningPostgres | None = None) -> Outcome:
    """Publishes the small consultation and kills the app; when a server is given, that, and starts it again."""
    store = open_store(settings, migrate=True)
    publish(store)
    send(store)  # what a process prepares once is there for those that are split off
    store.close()
    draw, heard, begun = random.Random(seed), Acknowledged(), time.monotonic()

    def pause() -> None:
        """Until a random number of further lines, and a random moment after that."""
        wanted, until = heard.lines + draw.randint(1, 24), time.monotonic() + 60
        while heard.lines < wanted and time.monotonic() < until:
            time.sleep(0.001)
        time.sleep(draw.uniform(0, 0.03))

    def strike(child: int) -> None:
        try:
            for _ in range(0 if server is None else min(SERVERS_A_PROCESS, kills)):
                pause()
                server.kill()
                server.start()
            pause()
        finally:
            os.kill(child, signal.SIGKILL)

    for number in range(kills if server is None else max(1, kills // SERVERS_A_PROCESS)):
        one_round(settings, heard, seed=number, strike=strike)
    again = len(heard.tried - heard.sent)
    return Outcome(
        kills=kills,
        saved=len(heard.saved),
        sent=len(heard.sent),
        tried_again=again,
        refused=heard.refused,
        faults=faults(settings, heard),
        seconds=time.monotonic() - begun,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what came of it; 1 when something is not as it was acknowledged."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.killed", description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--victim", choices=["app", "server"], default="app")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        if given.database == "sqlite":
            outcome = run(Settings(database_url=f"sqlite:///{folder}/killed.db"), kills=given.kills, seed=given.seed)
        else:
            with RunningPostgres(Path(folder) / "server") as server:
                victim = server if given.victim == "server" else None
                settings = Settings(database_url=server.address)
                outcome = run(settings, kills=given.kills, seed=given.seed, server=victim)
    print(outcome)
    for fault in outcome.faults:
        print(fault)
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
