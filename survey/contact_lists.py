"""A contact list as people keep it: which column means what, names that are the same or nearly so. Pure.

What enters the contact frame is decided in `survey.invitations`.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from data.errors import InvalidInput
from survey.organisations import same_name
from survey.questionnaire import Questionnaire
from survey.translator import LANGUAGES
from survey.xlsform.rows import Row
from survey.xlsform.sheets import read_table

NAME_LENGTH = 300
COLUMNS = ("organisation", "region", "country", "organisation_type", "language", "email")
ALIKE = 0.87
"""Two folded names with at least this ratio of common letters (difflib) are worth a look."""
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "organisation": (
        *("organisation", "organization", "name", "ngo", "org name", "organisation name", "organization name"),
        *("nom", "nom de l'organisation", "ong", "organización", "nombre", "nombre de la organización"),
        *("организация", "название", "название организации", "нпо", "المنظمة", "اسم المنظمة", "الاسم", "المؤسسة"),
        *("组织", "机构", "组织名称", "机构名称", "名称"),
    ),
    "region": ("region", "région", "región", "регион", "المنطقة", "الإقليم", "区域", "地区"),
    "country": ("country", "pays", "país", "страна", "البلد", "الدولة", "国家"),
    "organisation_type": (
        *("organisation type", "organization type", "type", "org type", "type of organisation", "type d'organisation"),
        *(
            "tipo",
            "tipo de organización",
            "тип",
            "тип организации",
            "نوع المنظمة",
            "النوع",
            "类型",
            "组织类型",
            "机构类型",
        ),
    ),
    "language": ("language", "langue", "idioma", "lengua", "язык", "اللغة", "语言", "lang"),
    "email": (
        *(
            "email",
            "e mail",
            "mail",
            "email address",
            "contact email",
            "courriel",
            "adresse e mail",
            "adresse électronique",
        ),
        *(
            "correo",
            "correo electrónico",
            "электронная почта",
            "эл. почта",
            "почта",
            "البريد الإلكتروني",
            "البريد",
            "邮箱",
        ),
        *("电子邮件", "电子邮箱"),
    ),
}
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]]+@[^\s@<>,;:\"()\[\]]+\.[^\s@<>,;:\"()\[\].]+")
_FILLING = frozenset(
    ("the", "of", "for", "and", "la", "le", "les", "de", "des", "du", "et", "el", "los", "las", "y", "inc", "ltd")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactTable:
    """The rows of a file as they stand there."""

    headers: tuple[str, ...]
    rows: tuple[Row, ...]


def read_contacts(content: bytes, filename: str) -> ContactTable:
    """The table of a CSV file or of a workbook.

    Raises InvalidInput("frame.empty") without rows, and what reading a workbook raises.
    """
    headers, rows = read_table(content, filename)
    if not rows:
        raise InvalidInput("frame.empty")
    return ContactTable(headers=tuple(dict.fromkeys(headers)), rows=rows)


def guessed_columns(headers: Sequence[str]) -> dict[str, str]:
    """Column of COLUMNS -> the heading that seems to mean it; a heading means one column at most."""
    plain = {header: _plain(header) for header in headers}
    found: dict[str, str] = {}
    for exact in (True, False):
        for column, headings in _HEADINGS.items():
            known = {_plain(heading) for heading in (column, *headings)}
            for header, text in plain.items():
                fits = text in known if exact else any(len(each) > 3 and each in text for each in known)
                if fits and column not in found and header not in found.values():
                    found[column] = header
    return found


def mapped(table: ContactTable, columns: Mapping[str, str]) -> tuple[tuple[int, dict[str, str]], ...]:
    """(row in the file, cells by column) of every row; one that names no organisation has "" for it.

    Raises InvalidInput("frame.no_organisation") when no heading means the organisation, ("frame.unknown_heading").
    """
    used = {column: header for column, header in columns.items() if header}
    for column, header in used.items():
        if column not in COLUMNS or header not in table.headers:
            raise InvalidInput("frame.unknown_heading", column=column, heading=header)
    if "organisation" not in used:
        raise InvalidInput("frame.no_organisation")
    rows = []
    for row in table.rows:
        cells = {column: " ".join(row[used[column]].split()) if column in used else "" for column in COLUMNS}
        rows.append((row.number, cells))
    return tuple(rows)


def known_codes(form: Questionnaire, roles: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Column -> what may be written there, folded -> the questionnaire's code.

    A region, country or type is written as its code or as its label in any language; a language as its tag or by its
    own name. A column that the questionnaire offers no choices for is left out.
    """
    found: dict[str, dict[str, str]] = {}
    for column in ("region", "country", "organisation_type"):
        choices = form.choices(form.question(roles[column])) if column in roles else ()
        if choices:
            found[column] = {_plain(label): choice.name for choice in choices for label in choice.label.by_tag.values()}
            found[column] |= {_plain(choice.name): choice.name for choice in choices}
    tags = {each.tag for each in form.languages}
    found["language"] = {_plain(name): tag for tag, name in LANGUAGES.items() if tag in tags}
    found["language"] |= {_plain(words): each.tag for each in form.languages for words in (each.name, each.tag)}
    return found


def code_labels(form: Questionnaire, roles: Mapping[str, str], language: str) -> dict[str, dict[str, str]]:
    """Column -> code -> the questionnaire's words for it: what a reader sees of regions, countries and types."""
    return {
        column: {
            choice.name: choice.label.in_language(language, form.default_language) or choice.name
            for choice in (form.choices(form.question(roles[column])) if column in roles else ())
        }
        for column in ("region", "country", "organisation_type")
    }


def coded(cells: Mapping[str, str], codes: Mapping[str, Mapping[str, str]]) -> tuple[dict[str, str], tuple[str, ...]]:
    """(cells with the codes of `known_codes`, columns whose cell is none of them); what is unknown stays as written.

    An e-mail address that cannot be one is left out.
    """
    result, unknown = {column: text[:80] for column, text in cells.items()}, []
    result["organisation"] = cells["organisation"]
    for column, known in codes.items():
        text = cells.get(column, "")
        if text:
            result[column] = known.get(_plain(text), text)[: 35 if column == "language" else 80]
            if _plain(text) not in known:
                unknown.append(column)
    result["email"] = cells.get("email", "").strip("<> ").removeprefix("mailto:")
    if result["email"] and not is_address(result["email"]):
        unknown.append("email")
        result["email"] = ""
    return result, tuple(unknown)


def is_address(text: str) -> bool:
    """True when the text can be the address of one mailbox."""
    return len(text) <= 320 and _ADDRESS.fullmatch(text) is not None and text.isprintable()


class Alike:
    """Finds, among names that were added, those that are nearly the same as another."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._places: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """From now on this name is found."""
        folded = _core(name)
        for block in set(_blocks(folded)):
            self._places[block].append((folded, name))

    def to(self, name: str) -> str:
        """The name that is most like this one, "" when none is; the same name does not count."""
        folded = _core(name)
        matcher = SequenceMatcher(None, b=folded, autojunk=False)
        best, found = ALIKE, ""
        seen: set[str] = set()
        for block in set(_blocks(folded)):
            for other, written in self._places.get(block, ())[:200]:
                if other in seen or same_name(written) == same_name(name):
                    continue
                seen.add(other)
                matcher.set_seq1(other)
                if matcher.real_quick_ratio() >= best and matcher.quick_ratio() >= best:
                    ratio = matcher.ratio()
                    if ratio >= best:
                        best, found = ratio, written
        return found


def _blocks(folded: str) -> Iterator[str]:
    """Names that could be alike share one of these: a long word, the beginning, or the end."""
    words = folded.split()
    yield from (word for word in words if len(word) > 5)
    compact = "".join(words)
    yield f"^{compact[:4]}"
    yield f"{compact[-4:]}$"


def _core(name: str) -> str:
    """Letters without accents, words in order, without the small ones: word order and articles do not matter."""
    words = _plain(name).split()
    return " ".join(sorted(word for word in words if word not in _FILLING) or words)


def _plain(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]+|_", " ", bare).split())
