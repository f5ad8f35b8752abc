"""What a file is, judged by its content; which question takes it, and under which name it is kept."""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

import openpyxl
import pytest
from PIL import Image
from pptx import Presentation

from data.errors import InvalidInput
from data.records import ConsultationStatus
from data.store import Store
from survey import consultations, publications, response_files, responses, uploads
from survey.questionnaire import Kind
from survey.xlsform.sheets import from_markdown
from tests import small

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def picture(kind: str) -> bytes:
    """A real picture."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, kind)
    return out.getvalue()


def archive(parts: Mapping[str, bytes | str]) -> bytes:
    """A ZIP archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def saved(document: object) -> bytes:
    """A document as its library writes it."""
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def compound(*streams: str) -> bytes:
    """As much of a document before 2007 as tells what it is."""
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + (2 * len(name) + 2).to_bytes(2, "little") + bytes(62)
        for name in ("Root Entry", *streams)
    )
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + entries


def boxes(brand: bytes, *tracks: bytes) -> bytes:
    """An MPEG-4 file with these tracks."""
    handlers = b"".join(b"\0\0\0\x20hdlr" + bytes(8) + track + bytes(12) for track in tracks)
    return b"\0\0\0\x14ftyp" + brand + bytes(8) + (len(handlers) + 8).to_bytes(4, "big") + b"moov" + handlers


def matroska(*codecs: bytes) -> bytes:
    """A WebM file with these codecs."""
    named = b"".join(b"\x86" + (0x80 | len(codec)).to_bytes(1, "big") + codec for codec in codecs)
    return bytes.fromhex("1a45dfa3") + b"\x9f\x42\x82\x84webm" + bytes(20) + named


DOCX = archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>", "word/media/image1.svg": "<svg/>"})
MP3 = b"ID3\4\0\0\0\0\0\0" + b"\xff\xfb\x90\0" + bytes(400)
TAKEN = {
    "image/jpeg": picture("JPEG"),
    "image/png": picture("PNG"),
    "image/gif": picture("GIF"),
    "image/webp": picture("WEBP"),
    "image/bmp": picture("BMP"),
    "image/tiff": picture("TIFF"),
    "image/avif": picture("AVIF"),
    "image/heic": b"\0\0\0\x18ftypheic" + bytes(40),
    "audio/mpeg": MP3,
    "audio/wav": b"RIFF\x24\0\0\0WAVEfmt " + bytes(24),
    "audio/ogg": b"OggS" + bytes(24) + b"OpusHead" + bytes(20),
    "audio/amr": b"#!AMR\n" + bytes(40),
    "audio/flac": b"fLaC" + bytes(40),
    "audio/aac": b"\xff\xf1\x50\x80" + bytes(40),
    "audio/mp4": boxes(b"M4A ", b"soun"),
    "audio/webm": matroska(b"A_OPUS"),
    "video/mp4": boxes(b"isom", b"soun", b"vide"),
    "video/webm": matroska(b"V_VP8", b"A_OPUS"),
    "video/x-msvideo": b"RIFF\x24\0\0\0AVI LIST" + bytes(24),
    "video/mpeg": b"\0\0\1\xba" + bytes(40),
    "application/pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n%%EOF\n",
    "application/rtf": rb"{\rtf1\ansi Hello}",
    "application/msword": compound("WordDocument"),
    "application/vnd.ms-excel": compound("Workbook"),
    "application/vnd.ms-powerpoint": compound("PowerPoint Document"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": saved(openpyxl.Workbook()),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": saved(Presentation()),
    "application/vnd.oasis.opendocument.text": archive(
        {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<o/>"}
    ),
    "text/plain": "organisation;réponse\nÉtoile;oui\n".encode(),
}


@pytest.mark.parametrize("media_type", TAKEN)
def test_what_organisations_send_is_recognised_by_its_content(media_type: str) -> None:
    found = uploads.type_of(TAKEN[media_type])
    assert found is not None
    assert found.media_type == media_type
    whole = media_type.partition("/")[0]
    kinds = {kind for kind in uploads.ACCEPT if uploads.takes(kind, found)}
    assert kinds == {Kind.FILE, *(kind for kind in uploads.ACCEPT if kind == whole)}


@pytest.mark.parametrize(
    "content",
    [
        "Как дела".encode("cp1251"),
        "مرحبا".encode("cp1256"),
        "你好".encode("gb18030"),
        "a\tb\n1\t2".encode("utf-16"),
        b"BM is a code of Bermuda, MZ one of Mozambique",
        b"less < more, and a <- b",
    ],
)
def test_text_in_any_encoding_is_text(content: bytes) -> None:
    found = uploads.type_of(content)
    assert found is not None
    assert found.media_type == "text/plain"


PNG = TAKEN["image/png"]
JPEG = TAKEN["image/jpeg"]
GIF = TAKEN["image/gif"]
ZIP = archive({"evil.class": b"x"})
REFUSED = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "svg with a declaration": b'<?xml version="1.0"?>\n<svg/>',
    "a page": b"<html><script>alert(1)</script></html>",
    "a page behind space": b"\xef\xbb\xbf \n<!DOCTYPE html><p>",
    "a page in UTF-16": "<html><script>alert(1)</script>".encode("utf-16"),
    "a page behind text": b"once upon a time <script>alert(1)</script>",
    "php": b"<?php system('id');",
    "a shell script": b"#!/bin/sh\nid\n",
    "a program for Windows": b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0",
    "a program for Linux": b"\x7fELF\2\1\1\0" + bytes(40),
    "an archive": ZIP,
    "another archive": b"Rar!\x1a\7\1\0" + bytes(20),
    "gzip": b"\x1f\x8b\x08\0" + bytes(20),
    "a document with macros": archive({"[Content_Types].xml": "", "word/vbaProject.bin": "", "word/document.xml": ""}),
    "a document with a program": archive({"[Content_Types].xml": "", "word/a.xml": "", "word/embeddings/a.exe": ""}),
    "LibreOffice with macros": archive(
        {"mimetype": "application/vnd.oasis.opendocument.text", "Basic/Standard/Module1.xml": ""}
    ),
    "Word before 2007 with macros": compound("WordDocument", "_VBA_PROJECT"),
    "an encrypted document": compound("EncryptedPackage"),
    "an installer": compound("Property"),
    "a picture that is an archive": PNG + ZIP,
    "a photograph that is an archive": JPEG + ZIP,
    "a PDF that is an archive": TAKEN["application/pdf"] + ZIP,
    "a picture that is a PDF": JPEG[:20] + b"%PDF-1.4" + JPEG[20:],
    "a picture that is a page": JPEG[:20] + b"<html><body>" + JPEG[20:],
    "a picture with a script behind it": PNG + b"<script>alert(1)</script>",
    "an animation with a script behind it": GIF + b"=1;alert(1);",
    "the head of a picture": PNG[:8] + b"<b>",
    "the head of a photograph": b"\xff\xd8\xff\xe0 nothing",
    "a film without a track": boxes(b"isom"),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=list(REFUSED))
def test_what_is_dangerous_or_two_things_at_once_is_no_type(content: bytes) -> None:
    assert uploads.type_of(content) is None


def test_a_photograph_with_the_film_that_a_telephone_lays_behind_it_is_a_photograph() -> None:
    found = uploads.type_of(JPEG + boxes(b"mp42", b"vide"))
    assert found is not None
    assert found.media_type == "image/jpeg"


@pytest.mark.parametrize(
    ("media_type", "name", "kept"),
    [
        ("application/pdf", "Report.PDF", "Report.PDF"),
        ("application/pdf", "report.pdf.exe", "report.pdf.exe.pdf"),
        ("text/plain", "run.bat", "run.bat.txt"),
        ("text/plain", "table.csv", "table.csv"),
        ("image/jpeg", "x" * 200, "x" * 196 + ".jpg"),
    ],
)
def test_a_name_never_promises_another_type(media_type: str, name: str, kept: str) -> None:
    found = uploads.type_of(TAKEN[media_type])
    assert found is not None
    assert found.name_for(name) == kept


FORM = """
| survey |
| | type  | name | label |
| | image | pic  | Pic   |
| | audio | song | Song  |
| | video | film | Film  |
| | file  | doc  | Doc   |
"""


@pytest.fixture
def asked(store: Store) -> tuple[Store, str]:
    """A draft of a form with a question of each kind."""
    form = from_markdown(FORM)
    publications.publish(store, form, slug="form", title={"en": "Form"}, actor=small.ADMINISTRATOR, now=NOW)
    return store, responses.begin(store, "form", language="en", channel="app", now=NOW)


def attach(store: Store, code: str, question: str, content: bytes, name: str = "a.png") -> None:
    """Sends a file."""
    response_files.attach(store, code, question, name=name, content=content, limit_bytes=1_000_000, now=NOW)


@pytest.mark.parametrize(
    ("question", "wrong", "code"),
    [
        ("pic", "application/pdf", "file.not_an_image"),
        ("pic", "video/mp4", "file.not_an_image"),
        ("song", "image/png", "file.not_audio"),
        ("film", "audio/mp4", "file.not_video"),
        ("doc", "", "file.not_taken"),
    ],
)
def test_a_question_takes_its_own_types_only(question: str, wrong: str, code: str, asked: tuple[Store, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        attach(*asked, question, TAKEN.get(wrong, ZIP))
    assert refused.value.code == code
    assert responses.resume(*asked, now=NOW).files == {}


def test_the_type_that_is_kept_is_that_of_the_content(asked: tuple[Store, str]) -> None:
    attach(*asked, "doc", TAKEN["application/pdf"], "picture.png")
    kept = responses.resume(*asked, now=NOW).files["doc"]
    assert (kept.name, kept.content_type) == ("picture.png.pdf", "application/pdf")


def test_a_file_is_taken_away_under_the_same_rules_as_an_answer_is_changed(asked: tuple[Store, str]) -> None:
    store, code = asked
    attach(store, code, "pic", PNG)
    with pytest.raises(InvalidInput) as refused:
        response_files.detach(store, code, "nothing", now=NOW)
    assert refused.value.code == "file.not_asked"
    consultations.set_status(store, "form", ConsultationStatus.CLOSED, actor=small.ADMINISTRATOR, now=NOW)
    with pytest.raises(InvalidInput) as refused:
        response_files.detach(store, code, "pic", now=NOW)
    assert refused.value.code == "consultation.closed"
    assert responses.resume(store, code, now=NOW).files["pic"].name == "a.png"
