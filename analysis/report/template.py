"""A template of the organisation's own, opened within bounds: a presentation or a document that a report is set in.

It is hostile until shown otherwise: its kind is judged by its content, and what would act on a reader's machine, or ask
another one for a file, is refused. What is done with it is in slide_template.py and word_template.py.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.report import opened
from data.errors import InvalidInput

_MAIN = "application/vnd.openxmlformats-officedocument."
_KINDS: Mapping[str, tuple[str, str]] = {
    f"{_MAIN}presentationml.presentation.main+xml": ("pptx", "presentationml.presentation"),
    f"{_MAIN}presentationml.template.main+xml": ("pptx", "presentationml.presentation"),
    f"{_MAIN}presentationml.slideshow.main+xml": ("pptx", "presentationml.presentation"),
    f"{_MAIN}wordprocessingml.document.main+xml": ("docx", "wordprocessingml.document"),
    f"{_MAIN}wordprocessingml.template.main+xml": ("docx", "wordprocessingml.document"),
}
"""The content type of the main part -> what a report in it becomes, a file and not a template again."""
_TYPES, _ATTACHED = "[Content_Types].xml", "/attachedTemplate"
_ACTIVE = ("vba", "macro", "activex")


@dataclass(frozen=True, slots=True)
class Template:
    """A template that may be used; kind  of the report that can be set in it, pptx or docx."""

    kind: str
    content: bytes


def open_template(content: bytes) -> Template:
    """The template: a .pptx, .potx, .ppsx, .docx or .dotx.

    Raises  InvalidInput "template.too_large", "template.unknown", "template.macros", "template.linked" when it takes
            parts of itself from elsewhere, "template.damaged".
    """
    if len(content) > opened.MOST_BYTES:
        raise InvalidInput("template.too_large", most=opened.MOST_MB)
    if not content.startswith(b"PK"):
        raise InvalidInput("template.unknown")
    try:
        parts = opened.package(content)
        if _TYPES not in parts:
            raise InvalidInput("template.unknown")
        types = {each.get("ContentType", "") for each in opened.tree(parts[_TYPES])}
        if any(word in each.lower() for each in (*types, *parts) for word in _ACTIVE):
            raise InvalidInput("template.macros")
        found = next((each for each in _KINDS if each in types), None)
        if found is None:
            raise InvalidInput("template.unknown")
        for target in _outside(parts):
            raise InvalidInput("template.linked", target=target[:200])
        for name, part in parts.items():
            if name.endswith(".xml"):
                opened.tree(part)
    except InvalidInput as error:
        raise InvalidInput(error.code.replace("returned.", "template."), **error.params) from None
    kind, becomes = _KINDS[found]
    parts[_TYPES] = parts[_TYPES].replace(found.encode(), f"{_MAIN}{becomes}.main+xml".encode())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return Template(kind=kind, content=packed.getvalue())


def damaged() -> InvalidInput:
    """For a template that its reader cannot make sense of."""
    return InvalidInput("template.damaged")


def _outside(parts: Mapping[str, bytes]) -> Iterator[str]:
    """What the template would fetch. Links to be clicked stay; the template that it was made of itself is taken out."""
    for name, part in parts.items():
        if not name.endswith(".rels"):
            continue
        for each in opened.tree(part):
            kind = each.get("Type", "")
            if each.get("TargetMode") == "External" and not kind.endswith(("/hyperlink", _ATTACHED)):
                yield each.get("Target", "")
