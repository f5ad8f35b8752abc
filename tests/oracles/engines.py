"""Three engines of other survey programs, asked as oracles: JavaRosa, ODK Web Forms and Enketo.

Each runs as a child process that is started once and speaks JSON, a line each way. All compute in UTC. A form is XForm
XML, as pyxform makes it; questions are named by XPath, with a position at every instance of a repeat:
/data/member[2]/age. The tools are test tools only: `.ci/oracles` installs them, and where one is absent `missing` says
which and how to get it.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from tests.browser.running import NO_CHROMIUM, ROOT, chromium

PACKAGES = ROOT / "var" / "oracles"
_WANTED = ROOT / "tests" / "oracles" / "packages.json"
_LONGEST_SECONDS = 120
SEED = int(os.environ.get("ORACLE_SEED") or int.from_bytes(os.urandom(4)))
"""What random forms and expressions are drawn from; a failure names it, and `ORACLE_SEED=... make test-all` repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What an engine says about one question.

    value     as it would be sent; "" when empty or not relevant.
    valid     whether the constraint holds; None where there is no value to judge.
    choices   the names that a select offers; None where nothing is offered or the question is not relevant.
    """

    value: str
    relevant: bool
    required: bool
    valid: bool | None
    choices: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Refused:
    """An engine would not take an expression, and what it said."""

    message: str


class FormRefused(Exception):
    """An engine would not take a form or a step."""


class Given(NamedTuple):
    """A question of the form in which expressions are judged, and its answer; a select has choices."""

    name: str
    kind: str
    text: str = ""
    choices: tuple[str, ...] = ()


class Engine:
    """One engine; its process starts with the first question and ends with `close`."""

    def __init__(self, name: str, command: Sequence[str], *, folder: Path) -> None:
        self.name = name
        self._command = tuple(command)
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    def values(self, form: str, answers: Sequence[tuple[str, str]] = ()) -> dict[str, Observed]:
        """Every question of the form after the answers were given, in the order of the form; raises FormRefused.

        form      XForm XML.
        answers   (path, text) one after the other. An instance of a repeat that does not exist yet is added first; the
                  path of a repeat without position takes the number of its instances: ("/data/member", "3").
        """
        reply = self._ask({"form": form, "steps": [list(step) for step in answers]})
        if "error" in reply:
            raise FormRefused(reply["error"])
        return {path: _observed(state) for path, state in reply["state"].items()}

    def evaluate(self, expressions: Sequence[str], answers: Sequence[Given] = ()) -> list[str | Refused]:
        """The value of every expression, each a calculation of one form with these questions.

        An expression that the engine refuses spoils no other one: the form is halved until it stands alone.
        """
        try:
            form = form_of(expressions, answers)
            found = self.values(form, [(f"/data/{each.name}", each.text) for each in answers if each.text])
            return [found[f"/data/{_name(number)}"].value for number in range(len(expressions))]
        except (FormRefused, PyXFormError) as error:
            if len(expressions) == 1:
                return [Refused(str(error))]
        half = len(expressions) // 2
        return [*self.evaluate(expressions[:half], answers), *self.evaluate(expressions[half:], answers)]

    def close(self) -> None:
        """The process has ended."""
        if self._process is not None:
            self._process.stdin and self._process.stdin.close()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process.stdout and self._process.stdout.close()
            self._process = None

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        process = self._process or self._start()
        assert process.stdin is not None
        process.stdin.write(f"{json.dumps(request)}\n")
        process.stdin.flush()
        return self._reply(process)

    def _start(self) -> subprocess.Popen[str]:
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        if self._reply(self._process) != {"ready": True}:
            raise RuntimeError(f"{self.name} did not start")
        return self._process

    def _reply(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        """The next line; a process that says nothing for too long is ended and counts as refusing."""
        assert process.stdout is not None
        watch = threading.Timer(_LONGEST_SECONDS, process.kill)
        watch.start()
        try:
            line = process.stdout.readline()
        finally:
            watch.cancel()
        if line:
            reply: dict[str, Any] = json.loads(line)
            return reply
        self.close()
        return {"error": f"{self.name} ended, or said nothing for {_LONGEST_SECONDS} s"}


def missing(name: str) -> str | None:
    """What an engine lacks here, with the line to type; None when it can run."""
    if name == "javarosa":
        return None if shutil.which("java") else "no Java: type sudo apt-get install default-jre-headless"
    if not shutil.which("node"):
        return "no Node: type sudo apt-get install nodejs npm"
    installed = PACKAGES / "installed.json"
    if not installed.exists() or installed.read_bytes() != _WANTED.read_bytes():
        return "the packages for Node are not installed: type sh .ci/oracles"
    return NO_CHROMIUM if name == "enketo" and chromium() is None else None


def engine(name: str) -> Engine:
    """The engine of that name, not started yet: javarosa, web_forms or enketo."""
    here = ROOT / "tests" / "oracles"
    commands = {
        "javarosa": [sys.executable, "-m", "tests.oracles.javarosa"],
        "web_forms": ["node", str(here / "web_forms.mjs")],
        "enketo": [sys.executable, "-m", "tests.oracles.enketo", str(PACKAGES)],
    }
    return Engine(name, commands[name], folder=PACKAGES if name == "web_forms" else ROOT)


NAMES = ("javarosa", "web_forms", "enketo")


def form_of(expressions: Iterable[str], answers: Sequence[Given] = ()) -> str:
    """XForm XML with these questions and one calculation for each expression; raises PyXFormError."""
    survey = [
        {"type": f"{each.kind} {each.name}" if each.choices else each.kind, "name": each.name, "label": each.name}
        for each in answers
    ]
    choices = [
        {"list_name": each.name, "name": code, "label": f"Label of {code}"} for each in answers for code in each.choices
    ]
    survey += [
        {"type": "calculate", "name": _name(number), "calculation": expression}
        for number, expression in enumerate(expressions)
    ]
    book: dict[str, list[dict[str, str]]] = {"survey": survey, "choices": choices}
    return str(convert(book, form_name="data", pretty_print=False).xform)


def form_from_markdown(table: str) -> str:
    """XForm XML of an XLSForm that stands in the test as Markdown; raises PyXFormError."""
    return str(convert(table, file_type=".md", form_name="data", pretty_print=False).xform)


def _name(number: int) -> str:
    return f"expression_{number}"


def _observed(state: Mapping[str, Any]) -> Observed:
    choices = state["choices"]
    return Observed(**{**state, "choices": None if choices is None else tuple(choices)})
