"""What an uploaded file is, judged by its content alone: which types are taken, and by which kind of question.

The name that a client gives and the type that it claims decide nothing. Pure; what is done with it is in
`survey.responses`.
"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from survey.questionnaire import Kind

STAFF_FILE_MB = 10
"""As large a file may be that staff send (questionnaires, lists, translations); templates may be larger."""
_HEAD_BYTES = 4_096
"""As far as browsers and readers look when they guess what a file is."""
_DIRECTORY_BYTES = 2_000_000
"""The list of contents of a document is no longer than this; a longer one is made to exhaust whoever reads it."""
_TAIL_BYTES = 65_557
"""Where the end record of a ZIP archive must lie: 22 bytes and the longest comment."""


_NOT_IN_NAMES = frozenset('<>:"|?*')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
"""No system of Windows unpacks a file that is called so, whatever its ending, nor one whose name ends with a dot."""


def plain_name(name: str) -> str:
    """The name of a file as every system and database can keep it: the last part of a path, without signs that nobody
    sees, of at most 200 letters, of which the last ones stay."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(letter for letter in last if letter.isprintable() and letter not in _NOT_IN_NAMES)
    plain = plain[-200:].strip().rstrip(". ") or "file"
    return f"_{plain[-199:]}" if _DEVICE.match(plain) else plain


@dataclass(frozen=True, slots=True)
class FileType:
    """A type that is taken.

    endings  of names that promise this type, the usual one first
    """

    media_type: str
    endings: tuple[str, ...]

    def name_for(self, name: str) -> str:
        """The name with an ending of this type: what is called x.pdf.exe must not reach a desk under that name."""
        ending = PurePosixPath(name).suffix.lower().removeprefix(".")
        return name if ending in self.endings else f"{name[: 199 - len(self.endings[0])]}.{self.endings[0]}"


_JPEG = FileType("image/jpeg", ("jpg", "jpeg", "jpe", "jfif"))
_PNG = FileType("image/png", ("png",))
_GIF = FileType("image/gif", ("gif",))
_WEBP = FileType("image/webp", ("webp",))
_BMP = FileType("image/bmp", ("bmp", "dib"))
_TIFF = FileType("image/tiff", ("tif", "tiff"))
_HEIC = FileType("image/heic", ("heic", "heif"))
_AVIF = FileType("image/avif", ("avif",))
_MP3 = FileType("audio/mpeg", ("mp3", "mpga"))
_AAC = FileType("audio/aac", ("aac",))
_WAV = FileType("audio/wav", ("wav",))
_AIFF = FileType("audio/aiff", ("aif", "aiff", "aifc"))
_FLAC = FileType("audio/flac", ("flac",))
_AMR = FileType("audio/amr", ("amr",))
_CAF = FileType("audio/x-caf", ("caf",))
_OGG = FileType("audio/ogg", ("ogg", "oga", "opus", "spx"))
_MP4_SOUND = FileType("audio/mp4", ("m4a", "m4b", "mp4", "3gp", "3gpp", "mov"))
_WEBM_SOUND = FileType("audio/webm", ("webm", "weba", "mka"))
_WMA = FileType("audio/x-ms-wma", ("wma", "asf"))
_MP4 = FileType("video/mp4", ("mp4", "m4v", "mov", "3gp", "3gpp", "3g2", "qt"))
_WEBM = FileType("video/webm", ("webm", "mkv"))
_OGV = FileType("video/ogg", ("ogv", "ogg"))
_AVI = FileType("video/x-msvideo", ("avi",))
_MPEG = FileType("video/mpeg", ("mpg", "mpeg", "vob"))
_WMV = FileType("video/x-ms-wmv", ("wmv", "asf"))
_PDF = FileType("application/pdf", ("pdf",))
_RTF = FileType("application/rtf", ("rtf", "doc"))
_TEXT = FileType("text/plain", ("txt", "csv", "tsv", "md", "text"))
_DOC = FileType("application/msword", ("doc", "dot"))
_XLS = FileType("application/vnd.ms-excel", ("xls", "xlt"))
_PPT = FileType("application/vnd.ms-powerpoint", ("ppt", "pps", "pot"))
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_DOCX = FileType(f"{_OPEN_XML}wordprocessingml.document", ("docx",))
_XLSX = FileType(f"{_OPEN_XML}spreadsheetml.sheet", ("xlsx",))
_PPTX = FileType(f"{_OPEN_XML}presentationml.presentation", ("pptx", "ppsx"))
_ODF = "application/vnd.oasis.opendocument."
_ODT = FileType(f"{_ODF}text", ("odt",))
_ODS = FileType(f"{_ODF}spreadsheet", ("ods",))
_ODP = FileType(f"{_ODF}presentation", ("odp",))
_ODG = FileType(f"{_ODF}graphics", ("odg",))
_DOCUMENTS = (_PDF, _DOC, _DOCX, _XLS, _XLSX, _PPT, _PPTX, _ODT, _ODS, _ODP, _ODG, _RTF, _TEXT)

ACCEPT: Mapping[Kind, str] = {
    Kind.IMAGE: "image/*",
    Kind.AUDIO: "audio/*",
    Kind.VIDEO: "video/*",
    Kind.FILE: ",".join(
        [*dict.fromkeys(f".{end}" for kind in _DOCUMENTS for end in kind.endings), "image/*", "audio/*", "video/*"]
    ),
}
"""What a file field offers to choose, as HTML writes it. A courtesy: `type_of` decides."""
REFUSED: Mapping[Kind, str] = {
    Kind.IMAGE: "file.not_an_image",
    Kind.AUDIO: "file.not_audio",
    Kind.VIDEO: "file.not_video",
    Kind.FILE: "file.not_taken",
}
"""The code of the error for a file of another type."""


def takes(kind: Kind, found: FileType) -> bool:
    """True when a question of this kind takes a file of this type: a file question all, the others their own."""
    return kind is Kind.FILE or found.media_type.startswith(f"{kind}/")


def type_of(content: bytes) -> FileType | None:
    """The type of a file; None for one that is not taken, and for one that could be read as a second type as well.

    Web pages, SVG, programs, archives, encrypted documents and documents with macros are not taken.
    """
    head = content[:_HEAD_BYTES]
    found = _signed(content, head)
    if found in (_DOCX, _XLSX, _PPTX, _ODT, _ODS, _ODP, _ODG):
        return found
    if _is_archive(content) or _MARKUP.search(head) or (found is not _PDF and b"%PDF-" in head):
        return None
    return found


_MARKUP = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|script|svg|iframe|embed|object|\?php)\b", re.IGNORECASE)
"""What a browser or a server would run, wherever it stands in the first bytes."""
_COMMANDS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[?!a-z]|#!)", re.IGNORECASE)
"""How a text begins that a program takes for more than text."""


def _signed(content: bytes, head: bytes) -> FileType | None:
    """The type that the first bytes promise, when the rest keeps it."""
    for signature, judge in _SIGNATURES:
        if head.startswith(signature):
            return judge(content)
    if head[4:8] == b"ftyp":
        return _of_boxes(content, head[8:12])
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip") and b"moov" in content:
        return _of_boxes(content, b"qt  ")
    if len(head) > 4 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return _AAC
    if len(head) > 4 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE4) and head[2] >> 4 != 15:
        return _MP3
    return _TEXT if _is_text(content) else None


def _when(found: FileType, holds: Callable[[bytes], bool]) -> Callable[[bytes], FileType | None]:
    return lambda content: found if holds(content) else None


def _always(found: FileType) -> Callable[[bytes], FileType | None]:
    return lambda _content: found


def _png_holds(content: bytes) -> bool:
    """The chunks reach from IHDR to IEND and nothing comes after them."""
    at = 8
    while at + 12 <= len(content):
        length, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if at == 8 and name != b"IHDR":
            return False
        at += 12 + length
        if name == b"IEND":
            return not content[at:].strip(b"\0\r\n")
    return False


def _jpeg_holds(content: bytes) -> bool:
    """The segments follow each other up to the picture itself. What phones lay behind its end is theirs."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        mark = content[at + 1]
        if mark == 0xFF:  # a filler
            at += 1
        elif mark == 0xDA:
            return content.find(b"\xff\xd9", at) >= 0
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return False


def _gif_holds(content: bytes) -> bool:
    """The blocks reach to the trailer and nothing comes after it."""

    def colours(flags: int) -> int:
        return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0

    if len(content) < 14:
        return False
    at = 13 + colours(content[10])
    while at < len(content):
        if content[at] == 0x3B:
            return not content[at + 1 :].strip(b"\0\r\n")
        if content[at] == 0x21:
            at += 2
        elif content[at] == 0x2C and at + 10 < len(content):
            at += 11 + colours(content[at + 9])
        else:
            return False
        while at < len(content) and content[at]:
            at += 1 + content[at]
        at += 1
    return False


def _of_bm(content: bytes) -> FileType | None:
    """A bitmap, whose header has one of seven lengths; else a text, which may begin with these letters too."""
    if int.from_bytes(content[14:18], "little") in (12, 40, 52, 56, 64, 108, 124):
        return _BMP
    return _TEXT if _is_text(content) else None


def _of_riff(content: bytes) -> FileType | None:
    return {b"WEBP": _WEBP, b"WAVE": _WAV, b"AVI ": _AVI}.get(content[8:12])


def _of_form(content: bytes) -> FileType | None:
    return _AIFF if content[8:12] in (b"AIFF", b"AIFC") else None


def _of_boxes(content: bytes, brand: bytes) -> FileType | None:
    """MPEG-4, QuickTime and HEIF: pictures by their brand, film or sound by the tracks."""
    if brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"):
        return _HEIC
    if brand in (b"avif", b"avis"):
        return _AVIF
    tracks = {match[1] for match in _TRACK.finditer(content)}
    if b"vide" in tracks:
        return _MP4
    return _MP4_SOUND if b"soun" in tracks else None


_TRACK = re.compile(rb"hdlr.{8}(vide|soun)", re.DOTALL)


def _of_matroska(content: bytes) -> FileType | None:
    if b"webm" not in content[:64] and b"matroska" not in content[:64]:
        return None
    codecs = {match[1] for match in re.finditer(rb"\x86[\x81-\xbf]([VA])_[A-Z]", content)}
    if b"V" in codecs:
        return _WEBM
    return _WEBM_SOUND if b"A" in codecs else None


def _of_ogg(content: bytes) -> FileType | None:
    start = content[:_HEAD_BYTES]
    if b"\x80theora" in start:
        return _OGV
    return _OGG if any(mark in start for mark in (b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC")) else None


def _of_asf(content: bytes) -> FileType:
    film = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")
    return _WMV if film in content else _WMA


def _of_compound(content: bytes) -> FileType | None:
    """Word, Excel and PowerPoint before 2007: the streams that a document of each must have, and none of a macro."""
    if _has_stream(content, "_VBA_PROJECT") or _has_stream(content, "EncryptedPackage"):
        return None
    streams = {"WordDocument": _DOC, "Workbook": _XLS, "Book": _XLS, "PowerPoint Document": _PPT}
    return next((found for name, found in streams.items() if _has_stream(content, name)), None)


def _has_stream(content: bytes, name: str) -> bool:
    written = name.encode("utf-16-le")
    return written.ljust(64, b"\0") + (len(written) + 2).to_bytes(2, "little") in content


def _of_zip(content: bytes) -> FileType | None:
    """A document of Office or LibreOffice, both of which are archives; None for any other archive."""
    end = _end_record(content)
    if end < 0 or int.from_bytes(content[end + 12 : end + 16], "little") > _DIRECTORY_BYTES:
        return None
    if len(content) != end + 22 + int.from_bytes(content[end + 20 : end + 22], "little"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if any(_UNSAFE_PART.search(name) for name in names):
                return None
            if "[Content_Types].xml" in names:
                rooms = {"word": _DOCX, "xl": _XLSX, "ppt": _PPTX}
                return next(
                    (found for room, found in rooms.items() if any(n.startswith(f"{room}/") for n in names)), None
                )
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                said = archive.read("mimetype").decode("ascii", "replace").strip()
                return next((found for found in (_ODT, _ODS, _ODP, _ODG) if found.media_type == said), None)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError):
        return None
    return None


_UNSAFE_PART = re.compile(
    r"vbaProject|^Basic/|^Scripts/|\.(?:exe|dll|com|scr|pif|msi|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|lnk|jar|sh)$",
    re.IGNORECASE,
)
"""Macros and programs inside of a document. An SVG may be there: Office keeps drawings so."""


def _end_record(content: bytes) -> int:
    """Where the end record of a ZIP archive begins whose list of contents is where it says; -1 without one."""
    begin = max(len(content) - _TAIL_BYTES, 0)
    at = content.rfind(b"PK\5\6", begin)
    while at >= 0:
        size = int.from_bytes(content[at + 12 : at + 16], "little")
        if size and content[at - size : at - size + 4] == b"PK\1\2":
            return at
        at = content.rfind(b"PK\5\6", begin, at)
    return -1


def _is_archive(content: bytes) -> bool:
    """True when a program would unpack it, whatever it begins with."""
    return content.startswith(b"PK\3\4") or _end_record(content) >= 0


def _is_text(content: bytes) -> bool:
    """Text in UTF-8, UTF-16 with its mark, or an encoding of a byte or two a letter: no control characters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = content.decode("utf-16")
        except UnicodeDecodeError:
            return False
        content = text.encode()
    return not (_CONTROL.search(content) or _COMMANDS.match(content) or _MARKUP.search(content[:_HEAD_BYTES]))


_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")

_SIGNATURES: tuple[tuple[bytes, Callable[[bytes], FileType | None]], ...] = (
    (b"\xff\xd8\xff", _when(_JPEG, _jpeg_holds)),
    (b"\x89PNG\r\n\x1a\n", _when(_PNG, _png_holds)),
    (b"GIF87a", _when(_GIF, _gif_holds)),
    (b"GIF89a", _when(_GIF, _gif_holds)),
    (b"II*\0", _always(_TIFF)),
    (b"MM\0*", _always(_TIFF)),
    (b"RIFF", _of_riff),
    (b"FORM", _of_form),
    (b"ID3", _always(_MP3)),
    (b"fLaC", _always(_FLAC)),
    (b"#!AMR", _always(_AMR)),
    (b"caff", _always(_CAF)),
    (b"OggS", _of_ogg),
    (b"\x1a\x45\xdf\xa3", _of_matroska),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _of_asf),
    (b"\0\0\1\xba", _always(_MPEG)),
    (b"\0\0\1\xb3", _always(_MPEG)),
    (b"%PDF-", _always(_PDF)),
    (b"{\\rtf", _always(_RTF)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _of_compound),
    (b"PK\3\4", _of_zip),
    (b"BM", _of_bm),
)
