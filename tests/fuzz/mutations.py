"""Ways to spoil a text, an expression, a form or a file; each takes a Random, so that a seed gives a case again."""

# ruff: noqa: E501 - lists of oddities

import io
import re
import warnings
import zipfile
from collections.abc import Sequence
from random import Random

from survey.logic.functions import FUNCTIONS, NOT_OFFERED
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets

ODD = (
    "", " ", "\t", "\n", "\u00a0", "\u200b", "\u2028", "\ufeff", "\u202e", "İ", "ß", "ﬁ", "e\u0301", "٣", "²", "Ⅷ", "😀", "\ud800",
    "\x00", "\x1b", "\uffff", "一", "َ", "‘", "’", "“", "”", "−", "–", "＝", "．", "{", "}", "${", "}$", "[[", "]]", "&amp;", "<!--",
    "%s", "{0}", "\\", "|", "../", "='a'", "NaN", "-0", "1e309", "9" * 400, "0." + "0" * 400 + "1", "A" * 5_000,
)  # fmt: skip
SIGNS = (
    "+", "-", "*", "=", "!=", "<", "<=", ">", ">=", "(", ")", ",", ".", "..", "/", "//", "[", "]", "|", "@", "::", "==",
    "and", "or", "div", "mod", "'", '"', "$", "${", "}", ":",
)  # fmt: skip
NAMES = (
    "age",
    "name",
    "member",
    "staff",
    "head",
    "fields",
    "city",
    "pet",
    "petname",
    "money",
    "founded",
    "where",
    "order",
    "x",
)
OPERANDS = (
    "1", "0", "-1", "2.5", "007", "1e5", "99999999999999999999", "'a'", "''", '"b c"', "'2026-11-23'", "'12:30'", "'y'",
    "'10.1 20.2 0 0;10.2 20.3 0 0;10.3 20.1 0 0'", "'^(a+)+$'", "'%Y-%m-%d'", "true()", "today()", "now()", "pi()", "current()",
    "position()", "last()", ".", "..", "*", "../..", "/data", "/data/member", "./name", "node()", "text()", "child::age",
    "instance('city')/root/item", "instance('nowhere')", "name", "label", *(f"${{{name}}}" for name in NAMES), "${nowhere}", "${about}",
)  # fmt: skip
_TOKEN = re.compile(r"\$\{[^}]*\}|'[^']*'|\"[^\"]*\"|[\w:.-]+|\s+|.", re.DOTALL)
_REFERENCE = re.compile(r"\$\{[^}]*\}")
TYPES = (
    "text", "integer", "decimal", "date", "time", "dateTime", "range", "note", "calculate", "hidden", "acknowledge", "geopoint",
    "geotrace", "image", "file", "audio", "barcode", "start", "end", "today", "deviceid", "audit", "begin group", "end group", "begin repeat",
    "end repeat", "begin_repeat", "begin loop over yn", "begin kobomatrix", "begin_score", "score__row", "begin rank", "select_one yn", "select_multiple yn or_other",
    "rank yn", "select_one_from_file a.csv", "select_one ${name}", "select_one_external city", "csv-external", "xml-external", "osm", "select_one", "begin", "end",
)  # fmt: skip
HEADERS = (
    "type", "name", "label", "label::English (en)", "label::Français (fr)", "label:en", "label::", "hint", "required", "relevant", "constraint",
    "constraint_message", "calculation", "default", "choice_filter", "repeat_count", "parameters", "appearance", "trigger", "readonly", "read_only",
    "media::image", "image", "bind::relevant", "bind::jr:preload", "body::accuracy", "instance::x", "list_name", "list name", "value", "order", "form_id", "form_title",
    "default_language", "version", "guidance_hint", "disabled", "$given_name", "::", ":", "label::label::en", "allow_choice_duplicates", "name", "country",
)  # fmt: skip


def soup(random: Random) -> str:
    """Tokens of the language in no order, now and then deep or long."""
    kind = random.randrange(12)
    if kind == 0:
        return _deep(random)
    if kind == 1:
        return random.choice((" + ", " or ", "|", ",", "", " = ", "[1]", "/")).join(
            [random.choice(OPERANDS)] * random.choice((3, 50, 3_000))
        )
    if kind < 7:
        return _grown(random, random.randrange(1, 6))
    pieces = [
        random.choice((random.choice(SIGNS), random.choice(OPERANDS), _function(random), random.choice(ODD)))
        for _ in range(random.randrange(1, 25))
    ]
    return random.choice(("", " ")).join(pieces)


def spoiled_expression(random: Random, texts: Sequence[str]) -> str:
    """A real expression with some of its tokens taken away, doubled, swapped or replaced."""
    parts = _TOKEN.findall(random.choice(texts))[:400] or [""]
    if random.random() < 0.7:
        parts = [f"${{{random.choice(NAMES)}}}" if _REFERENCE.fullmatch(part) else part for part in parts]
    for _ in range(random.choice((0, 1, 1, 2, 3, 8))):
        place = random.randrange(len(parts))
        match random.randrange(8):
            case 0:
                parts[place] = ""
            case 1:
                parts.insert(place, random.choice(parts))
            case 2:
                other = random.randrange(len(parts))
                parts[place], parts[other] = parts[other], parts[place]
            case 3:
                parts[place] = random.choice(OPERANDS)
            case 4:
                parts[place] = random.choice(SIGNS)
            case 5:
                parts[place] = spoiled_text(random, parts[place])
            case 6:
                parts[place] = f"{_function(random)}({parts[place]})"
            case _:
                parts[place:place] = _TOKEN.findall(random.choice(texts))[:60]
    return "".join(parts)


def _function(random: Random) -> str:
    return random.choice((*sorted(FUNCTIONS), *sorted(NOT_OFFERED), "unknown"))


def _grown(random: Random, depth: int) -> str:
    """An expression that is likely to be well formed."""
    if depth <= 0:
        return random.choice(OPERANDS)
    match random.randrange(5):
        case 0:
            return f"{_grown(random, depth - 1)} {random.choice(SIGNS[:7] + SIGNS[22:26])} {_grown(random, depth - 1)}"
        case 1:
            return f"({_grown(random, depth - 1)})"
        case 2:
            return f"{_grown(random, depth - 1)}[{_grown(random, depth - 1)}]"
        case 3:
            return f"{_grown(random, depth - 1)}/{random.choice((*NAMES, '..', '.', '*'))}"
    name = random.choice(sorted(FUNCTIONS))
    function = FUNCTIONS[name]
    count = random.randint(function.least, function.least + 2 if function.most is None else function.most)
    return f"{name}({', '.join(_grown(random, depth - 1) for _ in range(count))})"


def _deep(random: Random) -> str:
    depth = random.choice((10, 39, 40, 41, 500, 5_000))
    opening, closing = random.choice(
        (
            ("(", ")"),
            ("not(", ")"),
            ("*[", "]"),
            ("-", ""),
            ("concat(., ", ")"),
            ("/data/member[", "]"),
            ("-(", ")"),
            ("../", ""),
        )
    )
    return opening * depth + random.choice(OPERANDS) + closing * (depth if random.random() < 0.8 else depth - 1)


def spoiled_text(random: Random, text: str) -> str:
    """The text with an odd piece put in, a part taken out, or repeated."""
    place = random.randrange(len(text) + 1)
    match random.randrange(5):
        case 0:
            return text[:place] + random.choice(ODD) + text[place:]
        case 1:
            return text[:place]
        case 2:
            return text[:place] + text[place + 1 :]
        case 3:
            return text * random.choice((2, 3, 20))
    return text.upper() if random.random() < 0.5 else text[::-1]


def spoiled_form(random: Random, sheets: Sheets, others: Sequence[Sheets], texts: Sequence[str]) -> Sheets:
    """Some rows of the form with cells and rows swapped, replaced, doubled, or from another form."""
    headers = {name: list(found) for name, found in sheets.headers.items()}
    rows = {name: [dict(row.cells) for row in found] for name, found in sheets.rows.items()}
    survey = rows["survey"]
    if len(survey) > 60:
        begin = random.randrange(len(survey) - 40)
        rows["survey"] = survey = survey[begin : begin + random.randrange(5, 60)]
    for _ in range(random.choice((1, 2, 4, 10, 30))):
        name = random.choice(("survey", "survey", "survey", *rows))
        table, columns = rows[name], headers[name]
        if not table:
            table.append({})
        row = random.choice(table)
        header = random.choice(columns or ["type"])
        match random.randrange(16):
            case 0:
                row[header] = random.choice(ODD)
            case 1:
                row.pop(header, None)
            case 2:
                row["type"] = random.choice(TYPES)
            case 3:
                row["name"] = random.choice(table).get("name", "x")
            case 4:
                row[header] = spoiled_text(random, row.get(header, ""))
            case 5:
                added = random.choice(HEADERS)
                columns.append(added)
                row[added] = random.choice((soup(random), random.choice(ODD), "yes", "a=1 b=${age}"))
            case 6:
                row[
                    random.choice(
                        (
                            "relevant",
                            "constraint",
                            "calculation",
                            "choice_filter",
                            "required",
                            "default",
                            "repeat_count",
                            "trigger",
                            "label",
                            "parameters",
                        )
                    )
                ] = spoiled_expression(random, texts)
            case 7:
                table.insert(random.randrange(len(table) + 1), dict(row))
            case 8:
                table.remove(row)
            case 9:
                random.shuffle(table)
            case 10:
                other = random.choice(others)
                if other[name]:
                    table.insert(random.randrange(len(table) + 1), dict(random.choice(other[name]).cells))
            case 11:
                one, two = random.choice(table), random.choice(table)
                one[header], two[header] = two.get(header, ""), one.get(header, "")
            case 12:
                place = random.randrange(len(columns) + 1)
                columns.insert(place, random.choice(HEADERS))
            case 13:
                depth = random.choice((1, 3, 49, 60, 300))
                kind = random.choice(("group", "repeat"))
                opened = [{"type": f"begin {kind}", "name": f"deep{number}", "label": "D"} for number in range(depth)]
                place = random.randrange(len(table) + 1)
                table[place:place] = [
                    *opened,
                    *([{"type": "text", "name": "inmost", "label": "I", "relevant": soup(random)}]),
                    *([{"type": f"end {kind}"}] * depth),
                ]
            case 14:
                row[header] = soup(random)
            case _:
                if random.random() < 0.1:
                    columns += [f"x{number}" for number in range(random.choice((100, 2_500)))]
                row[header] = str(random.choice((10**30, -1, 0, 2**63, 1e300, 200, 201, "3.7")))
    return Sheets(
        rows={name: tuple(Row(number, {key: cell for key, cell in row.items() if cell}) for number, row in enumerate(table, start=2)) for name, table in rows.items()},
        headers={name: tuple(dict.fromkeys((*columns, *(key for row in rows[name] for key in row)))) for name, columns in headers.items()},
        files=sheets.files,
    )  # fmt: skip


def markdown_of(sheets: Sheets) -> str:
    """The rows as Markdown tables, cells as they come."""
    lines: list[str] = []
    for name, rows in sheets.rows.items():
        headers = sheets.headers[name]
        lines += [f"| {name} |", "| | " + " | ".join(headers) + " |"]
        lines += ["| | " + " | ".join(row[header] for header in headers) + " |" for row in rows]
    return "\n".join(lines)


def spoiled_bytes(random: Random, content: bytes, other: bytes) -> bytes:
    """The file with bytes turned, cut, doubled or taken from another; of an archive, sometimes within its members."""
    if content[:4] == b"PK\x03\x04" and random.random() < 0.7:
        try:
            return _spoiled_archive(random, content)
        except Exception:
            return content[: len(content) // 2]
    spoiled = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 5, 50))):
        if not spoiled:
            break
        place = random.randrange(len(spoiled))
        length = random.choice((1, 2, 4, 16, 300))
        match random.randrange(8):
            case 0 | 1:
                spoiled[place] ^= 1 << random.randrange(8)
            case 2:
                spoiled[place : place + length] = random.randbytes(length)
            case 3:
                del spoiled[place : place + length]
            case 4:
                spoiled[place:place] = spoiled[place : place + length] * random.choice((1, 2, 100))
            case 5:
                spoiled[place : place + length] = random.choice(
                    (b"\x00", b"\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff")
                ) * random.choice((1, 4))
            case 6:
                begin = random.randrange(len(other) + 1)
                spoiled[place : place + length] = other[begin : begin + length]
            case _:
                if random.random() < 0.2:
                    del spoiled[place:]
    return bytes(spoiled)


_XML = (
    b"<", b">", b"&", b"&lt;", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"<!--", b"]]>", b"<c r='A1'><v>1</v></c>", b" r=\"XFD1048576\"", b" t=\"s\"",
    b" t=\"e\"", b"<f>1+1</f>", b"<mergeCell ref='A1:ZZ999999'/>", b"9999999999", b"-1", b"1e999", b"\xff\xfe", b"\x00", b"</sheetData>", b"<row r='1048577'>",
)  # fmt: skip


def _spoiled_archive(random: Random, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    for _ in range(random.choice((1, 1, 2, 4))):
        chosen = random.randrange(len(members))
        name, part = members[chosen]
        place = random.randrange(len(part) + 1)
        match random.randrange(9):
            case 0:
                part = part[:place] + random.choice(_XML) + part[place:]
            case 1:
                part = re.sub(
                    rb'"(\d+)"',
                    lambda found: b'"%d"' % random.choice((0, 1, -1, 2**31, 10**12, int(found[1][:9]) + 1)),
                    part,
                    count=random.choice((1, 5)),
                )
            case 2:
                part = spoiled_bytes(random, part, members[0][1]) if part[:2] != b"PK" else part[:place]
            case 3:
                part = b""
            case 4:
                name = random.choice(
                    (name.upper(), "../" + name, name + "x", random.choice(members)[0], "\u202e" + name)
                )
            case 5:
                members.insert(chosen, (random.choice(members)[0], part))
            case 6:
                part = random.choice(members)[1]
            case 7:
                tags = re.findall(rb"<[^<>]+>", part[:200_000])
                if tags:
                    part = part.replace(
                        random.choice(tags), random.choice(tags) * random.choice((0, 1, 2, 50)), random.choice((1, 3))
                    )
            case _:
                part = part[:place] + part[place : place + 400] * random.choice((2, 30)) + part[place + 400 :]
        members[chosen] = (name, part)
    repacked = io.BytesIO()
    warnings.simplefilter("ignore")  # a name that stands there twice is meant
    with zipfile.ZipFile(
        repacked,
        "w",
        random.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2)),
    ) as archive:
        for name, part in members:
            archive.writestr(name, part)
    whole = repacked.getvalue()
    return whole[:4] + spoiled_bytes(random, whole[4:], whole) if random.random() < 0.05 else whole
