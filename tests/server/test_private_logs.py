"""No answer of anybody stands in what is logged: errors at both doors and at the command line, with marked answers."""

import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import lxml.html
import pytest

from data.private_logs import keep_logs_private, kind_of, told
from data.settings import Settings
from data.store import Store, open_store
from survey import publications, responses, saving
from survey.access import OPERATOR
from survey.ui import messages
from survey.xlsform.sheets import from_markdown
from tests.server.process import ROOT, Server
from tests.small import ANSWERS, FORM, SLUG

MARK = "MARKED-ANSWER-7381"
SPOIL = "CREATE TRIGGER spoilt BEFORE UPDATE ON responses BEGIN SELECT RAISE(ABORT, 'spoilt'); END"
"""From then on each save ends in an error that nobody expects, with the answers in the statement's parameters."""


def published(path: Path) -> Store:
    store = open_store(Settings(database_url=f"sqlite:///{path.as_posix()}"), migrate=True)
    publications.publish(
        store,
        from_markdown(FORM),
        slug=SLUG,
        title={"en": "Small"},
        actor=OPERATOR,
        now=datetime.now(UTC),
        fictional=True,
    )
    return store


def spoil(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(SPOIL)


@pytest.fixture
def private() -> Iterator[list[str]]:
    """Everything that is logged meanwhile, as a handler writes it."""
    factory, hook = logging.getLogRecordFactory(), sys.excepthook
    written: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(logging.Formatter().format(record))

    handler = Keeping(level=logging.DEBUG)
    keep_logs_private()
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)
    logging.setLogRecordFactory(factory)
    sys.excepthook = hook


def fails_with(act: Callable[[], object]) -> BaseException:
    try:
        act()
    except BaseException as error:
        return error
    raise AssertionError("nothing failed")


def test_an_error_is_logged_with_its_kind_and_place_and_without_its_words(private: list[str]) -> None:
    def deep() -> None:
        try:
            int(MARK)
        except ValueError as error:
            raise KeyError(MARK) from error

    error = fails_with(deep)
    logging.getLogger("anybody").error("it ended: %s", error, exc_info=error)
    logging.getLogger("anybody").error(error)
    first, second = private
    assert MARK not in first + second
    assert "ValueError\nwhich led to:" in first
    assert first.endswith("KeyError")
    assert "int(MARK)" in first, "the line of the program tells where it was"
    assert second == "KeyError"


def test_a_database_error_tells_its_code_and_no_parameter(tmp_path: Path, private: list[str]) -> None:
    path = tmp_path / "soundings.db"
    store = published(path)
    now = datetime.now(UTC)
    code = responses.begin(store, SLUG, language="en", channel="web", now=now)
    spoil(path)
    changes = {**ANSWERS, "finding": MARK}
    error = fails_with(lambda: saving.save(store, code, changes, seen={}, section="s1", language="en", now=now))
    assert MARK not in str(error), "the engine hides parameters"
    assert kind_of(error) == "sqlalchemy.exc.IntegrityError [SQLITE_CONSTRAINT_TRIGGER]"
    assert "SQLITE_CONSTRAINT_TRIGGER" in told(error)
    store.close()


def test_the_streamlit_door_logs_a_number_and_no_answer(private: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("streamlit.error", shown.append)
    messages.show_fault(fails_with(lambda: int(MARK)))
    messages.log_bug(fails_with(lambda: {}[MARK]))
    assert len(shown) == 1
    assert MARK not in "\n".join([*private, *shown])
    assert "unexpected error" in private[0]


def test_a_server_that_fails_at_the_light_door_logs_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "soundings.db"
    store, now = published(path), datetime.now(UTC)
    code = responses.begin(store, SLUG, language="en", channel="web", now=now)
    saving.save(store, code, ANSWERS, seen={}, section="s1", language="en", now=now)
    store.close()
    server = Server(path)
    try:
        server.wait()
        address = f"/f/{SLUG}?r={code}&s=s2&lang=en"
        form = lxml.html.document_fromstring(server.get(address).text).forms[0]
        fields = {**dict(form.form_values()), "q.finding": f"{MARK} finding", "act": "next"}
        kept = server.form(address, fields)
        wrong = server.form(f"/f/{SLUG}?r={code}&s=s1", {**fields, "s": "s1", "marks": MARK, "q.staff": MARK})
        spoil(path)
        form = lxml.html.document_fromstring(server.get(address).text).forms[0]
        failed = server.form(address, {**dict(form.form_values()), "q.finding": f"{MARK} other", "act": "next"})
        lost = server.form(f"/f/{SLUG}", {"act": MARK, "r": MARK, MARK: MARK})
        assert (kept.status, failed.status) == (303, 500)
        assert MARK not in failed.text
        assert wrong.status < 500
        assert lost.status < 500
    finally:
        server.stop()
    logged = server.printed + server.errors
    assert MARK not in logged
    assert code not in logged
    assert "SQLITE_CONSTRAINT_TRIGGER" in logged


def test_the_command_line_tells_where_it_ended_and_no_answer(tmp_path: Path) -> None:
    path, table = tmp_path / "soundings.db", tmp_path / "answers.csv"
    published(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(SPOIL.replace("UPDATE", "INSERT"))
    head = "consent,publish,org_name,region,finding,staff\n"
    runs = []
    for row in (f"agree,named,{MARK},s,{MARK},3", f"agree,{MARK},{MARK},{MARK},{MARK},{MARK}"):
        table.write_text(f"{head}{row}\n", encoding="utf-8")
        runs.append(
            subprocess.run(
                [sys.executable, "-m", "survey", "import-responses", SLUG, str(table)],
                cwd=ROOT,
                env={
                    "PATH": "/usr/bin:/bin",
                    "SOUNDINGS_DATABASE_URL": f"sqlite:///{path.as_posix()}",
                    "SOUNDINGS_CONTACT_KEY": os.environ["SOUNDINGS_CONTACT_KEY"],
                },
                capture_output=True,
                text=True,
                check=False,
            )
        )
    assert [run.returncode for run in runs] == [1, 1]
    assert MARK not in "".join(run.stdout + run.stderr for run in runs)
    assert "SQLITE_CONSTRAINT_TRIGGER" in runs[0].stderr
