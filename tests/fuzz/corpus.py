"""What the fuzz begins with: real forms and expressions where the shared folder is at hand, and our own anywhere."""

# ruff: noqa: E501 - the forms stand here as Markdown tables

import io
import json
import zipfile
from functools import cache
from pathlib import Path

import xlsxwriter

from survey.xlsform.sheets import Sheets, from_markdown, read_sheets
from tests import small

SHARED = Path(__file__).parents[2].parent / "shared"

FAMILY = """
| survey |
| | type                   | name     | label        | hint       | relevant                     | required         | constraint            | calculation                                   | default                  | choice_filter     | repeat_count | parameters         | trigger    | read_only     |
| | start                  | begun    |              |            |                              |                  |                       |                                               |                          |                   |              |                    |            |               |
| | select_one yn          | agree    | Agree?       |            |                              | yes              |                       |                                               |                          |                   |              |                    |            |               |
| | begin group            | about    | About        |            | ${agree} = 'y'               |                  |                       |                                               |                          |                   |              |                    |            |               |
| | text                   | head     | Head         |            |                              | true()           | regex(., '^[A-Z]')    |                                               |                          |                   |              |                    |            |               |
| | integer                | staff    | Staff        | ${head}?   |                              | ${agree} = 'y'   | . >= 0 and . < 1000   |                                               | 3                        |                   |              |                    |            |               |
| | decimal                | money    | Money        |            | ${staff} > 2                 |                  |                       |                                               | ${staff} * 2.5           |                   |              |                    |            |               |
| | date                   | founded  | Founded      |            |                              |                  | . <= today()          |                                               | today()                  |                   |              |                    |            |               |
| | select_one country     | country  | Country      |            |                              |                  |                       |                                               |                          |                   |              |                    |            |               |
| | select_one city        | city     | City         |            | ${country} != ''             | true()           |                       |                                               |                          | country=${country} |             | randomize=true     |            |               |
| | select_multiple field  | fields   | Fields       |            |                              |                  | count-selected(.) < 3 |                                               |                          |                   |              |                    |            |               |
| | text                   | other    | Other        |            | selected(${fields}, 'x')     | yes              |                       |                                               |                          |                   |              |                    |            |               |
| | rank field             | order    | Order        |            |                              |                  |                       |                                               |                          |                   |              | randomize=true seed=${staff} |  |               |
| | range                  | liking   | Liking       |            |                              |                  |                       |                                               | 4                        |                   |              | start=0 end=10 step=2 |         |               |
| | end group              |          |              |            |                              |                  |                       |                                               |                          |                   |              |                    |            |               |
| | begin repeat           | member   | Member       |            | ${agree} = 'y'               |                  |                       |                                               |                          |                   |              |                    |            |               |
| | text                   | name     | Name         |            |                              | yes              |                       |                                               |                          |                   |              |                    |            |               |
| | integer                | age      | Age          |            |                              |                  | . >= 0                |                                               | 30                       |                   |              |                    |            |               |
| | text                   | school   | School       |            | ${age} < 18                  |                  |                       |                                               | concat(${head}, 's')     |                   |              |                    |            |               |
| | calculate              | place    |              |            |                              |                  |                       | position(..)                                  |                          |                   |              |                    |            |               |
| | calculate              | greeting |              |            |                              |                  |                       | concat(${head}, '/', ${name})                 |                          |                   |              |                    |            |               |
| | begin repeat           | pet      | Pet          |            | ${age} > 5                   |                  |                       |                                               |                          |                   |              |                    |            |               |
| | text                   | petname  | Name         |            |                              |                  |                       |                                               |                          |                   |              |                    |            |               |
| | calculate              | owner    |              |            |                              |                  |                       | ${name}                                       |                          |                   |              |                    |            |               |
| | end repeat             |          |              |            |                              |                  |                       |                                               |                          |                   |              |                    |            |               |
| | calculate              | pets     |              |            |                              |                  |                       | count(${pet})                                 |                          |                   |              |                    |            |               |
| | end repeat             |          |              |            |                              |                  |                       |                                               |                          |                   |              |                    |            |               |
| | calculate              | members  |              |            |                              |                  |                       | count(${member})                              |                          |                   |              |                    |            |               |
| | calculate              | total    |              |            |                              |                  |                       | sum(${age})                                   |                          |                   |              |                    |            |               |
| | calculate              | adults   |              |            |                              |                  |                       | count(/data/member[age >= 18])                |                          |                   |              |                    |            |               |
| | calculate              | second   |              |            |                              |                  |                       | indexed-repeat(${name}, ${member}, 2)         |                          |                   |              |                    |            |               |
| | integer                | wanted   | How many?    |            |                              |                  |                       |                                               |                          |                   |              |                    |            |               |
| | begin repeat           | project  | Project      |            |                              |                  |                       |                                               |                          |                   | ${wanted}    |                    |            |               |
| | text                   | title    | Title        |            |                              |                  |                       |                                               |                          |                   |              |                    |            |               |
| | select_one title_kind  | sort     | Kind         |            | ${title} != ''               |                  |                       |                                               |                          |                   |              |                    |            |               |
| | end repeat             |          |              |            |                              |                  |                       |                                               |                          |                   |              |                    |            |               |
| | calculate              | titles   |              |            |                              |                  |                       | join(' ', ${title})                           |                          |                   |              |                    |            |               |
| | note                   | thanks   | ${titles}    |            | ${total} > 40                |                  |                       |                                               |                          |                   |              |                    |            |               |
| | acknowledge            | seen     | Seen         |            |                              |                  |                       |                                               |                          |                   |              |                    |            | ${total} > 50 |
| | datetime               | moment   | When         |            |                              |                  |                       |                                               |                          |                   |              |                    |            |               |
| | time                   | hour     | Hour         |            |                              |                  |                       |                                               |                          |                   |              |                    |            |               |
| | geopoint               | where    | Where        |            |                              |                  |                       |                                               |                          |                   |              |                    |            |               |
| choices |
| | list_name  | name | label   | country |
| | yn         | y    | Yes     |         |
| | yn         | n    | No      |         |
| | country    | fr   | France  |         |
| | country    | it   | Italy   |         |
| | city       | pa   | Paris   | fr      |
| | city       | ly   | Lyon    | fr      |
| | city       | ro   | Rome    | it      |
| | field      | a    | A       |         |
| | field      | b    | B       |         |
| | field      | x    | Other   |         |
| | title_kind | k1   | K1      |         |
| | title_kind | k2   | K2      |         |
"""

TRIGGERS = """
| survey |
| | type            | name    | label   | relevant     | calculation                              | default           | trigger  |
| | integer         | age     | Age     |              |                                          |                   |          |
| | text            | stamp   | Stamp   |              | concat(${age}, '!')                      |                   | ${age}   |
| | calculate       | kept    |         |              | once(random())                           |                   |          |
| | calculate       | id      |         |              | once(uuid())                             |                   |          |
| | calculate       | first   |         |              | coalesce(${age}, ${first_said})          |                   |          |
| | text            | first_said | Said |              |                                          | uuid()            |          |
| | begin repeat    | r       | R       | ${age} > 3   |                                          |                   |          |
| | text            | t       | T       |              |                                          | position(..)      |          |
| | calculate       | k       |         |              | once(concat(${t}, ${age}))               |                   |          |
| | text            | l       | L       |              | concat(${t}, 'x')                        |                   | ${t}     |
| | end repeat      |         |         |              |                                          |                   |          |
| | calculate       | last_t  |         |              | ${r}[last()]/t                           |                   |          |
"""

OWN_FORMS = {"family.md": FAMILY, "triggers.md": TRIGGERS, "small.md": small.FORM}
EXPRESSIONS = (
    ". >= 0 and . <= 120",
    "${age} > 18 and selected(${fields}, 'x')",
    "if(${staff} != '', ${staff} * 2, 0)",
    "count(${member}[age >= 18]) div count(${member})",
    "regex(., '^[A-Z][a-z]{2,}$')",
    "format-date(${founded}, '%e %b %Y')",
    "date(${founded}) + 7 < today()",
    "join(', ', ../member/name)",
    "indexed-repeat(${name}, ${member}, ${staff})",
    "instance('city')/root/item[country = ${country}]/label",
    "jr:choice-name(selected-at(${fields}, 0), '${fields}')",
    "string-length(translate(., 'abc', 'x')) mod 3 = -1",
    "sum(/data/member[position() = last()]/age) | ${age}",
    "area(${where}) > 0 or not(boolean-from-string('true'))",
    "coalesce(${money}, round(number(${staff}) div 7, 2), pi())",
    "checklist(1, 2, ${age} = 3, true()) and weighted-checklist(-1, 5, ., 2)",
    "substring-before(concat(., '/', ${head}), '/') = digest('a', 'MD5', 'hex')",
    "randomize(${member}, 3)[1]/name = once(uuid(4))",
)


@cache
def expressions() -> tuple[str, ...]:
    """Real expressions and ours."""
    found = list(EXPRESSIONS)
    sample = SHARED / "field-data/02_xpath/xpath_sample.json"
    if sample.exists():
        found += [case["expr"] for case in json.loads(sample.read_text(encoding="utf-8"))["cases"]]
    for sheets in forms().values():
        for row in sheets["survey"]:
            found += [cell for cell in row.cells.values() if "${" in cell or "(" in cell][:6]
    return tuple(dict.fromkeys(text for text in found if len(text) < 2_000))


@cache
def files() -> dict[str, bytes]:
    """Workbooks, archives and text files by a name that tells their format."""
    found = {name: text.encode() for name, text in OWN_FORMS.items()}
    family = from_markdown(FAMILY)
    found["family.xlsx"] = _workbook(family)
    parts = {f"{sheet}.csv": _csv(family, sheet) for sheet in family.rows}
    found["survey.csv"] = parts["survey.csv"]
    for name, members in (
        ("parts.zip", parts),
        ("book.zip", {"form.xlsx": found["family.xlsx"], "a.csv": b"name,label\na,A\n"}),
    ):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, text in members.items():
                archive.writestr(member, text)
        found[name] = content.getvalue()
    if SHARED.is_dir():
        for path in sorted((SHARED / "field-data/01_xlsforms").glob("*/*.xls*")):
            found[path.name] = path.read_bytes()
    return found


@cache
def forms() -> dict[str, Sheets]:
    """The files as rows."""
    return {name: read_sheets(content, name) for name, content in files().items()}


def _workbook(sheets: Sheets) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for name, rows in sheets.rows.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, sheets.headers[name])
            for row in rows:
                sheet.write_row(row.number - 1, 0, [row[header] for header in sheets.headers[name]])
    return content.getvalue()


def _csv(sheets: Sheets, sheet: str) -> bytes:
    headers = sheets.headers[sheet]
    lines = [headers, *([row[header] for header in headers] for row in sheets[sheet])]
    return "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines).encode()
