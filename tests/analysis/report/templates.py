"""Templates as organisations have them, made by the libraries that read them."""

import io
import zipfile
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.shared import Mm
from docx.shared import RGBColor as WordColour
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE, PP_PLACEHOLDER
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

TITLE_COLOUR = "7A1F5C"
HEAD, FOOT = "Alliance of Organisations", "alliance.example · for members"


def deck(wide: float = 720, high: float = 540, *, is_dark: bool = False) -> Any:
    """The library's own template at another size, with a slide, a band at the foot, a footer and a coloured title."""
    file: Any = Presentation()
    across, up = wide / file.slide_width.pt, high / file.slide_height.pt
    file.slide_width, file.slide_height = Pt(wide), Pt(high)
    master = file.slide_master
    for page in (master, *file.slide_layouts):
        for shape in page.placeholders:
            if shape._element.spPr.find(qn("a:xfrm")) is not None:
                left, top, width, height = shape.left, shape.top, shape.width, shape.height
                shape.left, shape.width = Emu(int(left * across)), Emu(int(width * across))
                shape.top, shape.height = Emu(int(top * up)), Emu(int(height * up))
            if shape.placeholder_format.type is PP_PLACEHOLDER.FOOTER:
                shape.text_frame.text = FOOT
    own = file.slides.add_slide(file.slide_layouts[0])
    own.shapes.title.text = "Old words"
    band = own.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, Pt(high * 0.965), Pt(wide), Pt(high * 0.035))
    band.fill.solid()
    band.fill.fore_color.rgb = RGBColor.from_string(TITLE_COLOUR)
    master.shapes._spTree.append(band._element)
    style = master._element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}/{qn('a:defRPr')}")
    for each in style.findall(qn("a:solidFill")):
        style.remove(each)
    fill = style.makeelement(qn("a:solidFill"))
    fill.append(fill.makeelement(qn("a:srgbClr"), {"val": "F2C14E" if is_dark else TITLE_COLOUR}))
    style.insert(0, fill)
    if is_dark:
        background = master.background.fill
        background.solid()
        background.fore_color.rgb = RGBColor.from_string("10243E")
        colours = master._element.find(qn("p:clrMap"))
        colours.set("tx1", "lt1")
        colours.set("bg1", "dk1")
    return file


def document(*, is_wide: bool = False) -> Any:
    """A document with text, a head and a foot, a coloured heading, and few styles."""
    file: Any = Document()
    section = file.sections[0]
    if is_wide:
        section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.header.paragraphs[0].text, section.footer.paragraphs[0].text = HEAD, FOOT
    file.styles["Heading 1"].font.color.rgb = WordColour.from_string(TITLE_COLOUR)
    file.styles["Heading 1"].font.name = "Georgia"
    for name in ("List Bullet", "Caption", "Heading 3"):
        file.styles[name].delete()
    file.add_heading("How to use this template", 1)
    file.add_paragraph("Old words")
    return file


def saved(file: Any) -> bytes:
    """The file's bytes."""
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def changed(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The archive with other words in one part, which is made when it is not there."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(target, "w") as after:
        for each in before.namelist():
            part = before.read(each)
            after.writestr(each, part.replace(old, new) if each == name else part)
        if name not in before.namelist():
            after.writestr(name, new)
    return target.getvalue()
