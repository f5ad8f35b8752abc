"""The copy of what was sent as a PDF."""

from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from data.records import ConsentRecord
from data.store import Store
from survey import printed_receipts, receipts
from survey.receipts import Entry, Receipt
from tests.small import NOW, send

MARKUP = '#eval("1") *bold* $x$ = Heading <label> @ref // gone'


def kept(small: Store, language: str = "en", **changes: str) -> Receipt:
    return receipts.receipt(small, send(small, **changes), now=NOW, language=language)


def read(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content))


def words(content: bytes) -> str:
    """All words of the document, spaces and lines made one."""
    return " ".join(" ".join(page.extract_text() for page in read(content).pages).split())


def answered(receipt: Receipt, text: str, language: str | None = None) -> Receipt:
    """The receipt with one answer."""
    entry = Entry(question="q", label=text, words=text, direction="auto", answer=text)
    return replace(receipt, sections=((text, (entry,)),), language=language or receipt.language)


def test_the_print_holds_what_the_page_holds(small: Store) -> None:
    receipt = kept(small)
    text = words(printed_receipts.as_pdf(receipt))
    expected = [
        receipt.title,
        f"Reference: {receipt.reference}",
        "Received: 15 September 2026, 12:00 UTC",
        "Demonstration: organisations, people and answers shown here are invented.",
        "What you agreed to",
        *(entry.words for _heading, entries in receipt.sections for entry in entries),
    ]
    assert [line for line in expected if line not in text] == []


def test_the_print_can_be_read_aloud_in_its_language(small: Store) -> None:
    document = read(printed_receipts.as_pdf(kept(small, "fr")))
    root = document.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], document.metadata.title.startswith("Petite")) == (
        "fr",
        True,
        True,
    )
    assert "pdfuaid" in root["/Metadata"].get_data().decode()


def test_markup_in_an_answer_is_printed_as_it_was_written(small: Store) -> None:
    text = words(printed_receipts.as_pdf(kept(small, finding=MARKUP)))
    assert MARKUP in text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "الخدمات"),
        ("zh", "减少伤害"),
        ("ru", "Снижение вреда"),
        ("hi", "नमस्ते"),
        ("am", "አማርኛ"),
        ("th", "ภาษาไทย"),
        ("my", "မြန်မာ"),
        ("bn", "বাংলা"),
    ],
)
def test_every_sign_of_a_script_has_its_shape(small: Store, language: str, text: str) -> None:
    receipt = answered(kept(small), text, language)
    assert "U+" not in words(printed_receipts.as_pdf(receipt))


def test_a_sign_without_a_shape_is_written_as_its_number_and_the_copy_says_so(small: Store) -> None:
    text = words(printed_receipts.as_pdf(answered(kept(small), "thanks 😀")))
    assert "thanks [U+1F600]" in text
    assert "Some signs cannot be printed here" in text
    assert "Some signs" not in words(printed_receipts.as_pdf(kept(small)))


@pytest.mark.parametrize("text", ["", "\n\n", "a" * 5_000, "word " * 4_000, "\x00\x1b\u202e x", "[U+0905]", "\ud800"])
def test_odd_answers_are_printed(small: Store, text: str) -> None:
    document = read(printed_receipts.as_pdf(answered(kept(small), text)))
    assert len(document.pages) > 0


def test_consent_in_a_language_and_script_of_its_own_is_printed(small: Store) -> None:
    consent = ConsentRecord(version_number=1, language="ar", sha256="0", text="أوافق\n- نعم")
    assert printed_receipts.as_pdf(replace(kept(small), consent=consent)).startswith(b"%PDF")
