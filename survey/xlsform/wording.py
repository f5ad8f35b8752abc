"""Translatable cells of a workbook gathered into texts, and the words that the program adds to a questionnaire."""

from collections.abc import Mapping

from survey.questionnaire import Language, Text
from survey.xlsform.columns import column_of, language_of, languages_in
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets

MEDIA = ("image", "big-image", "audio", "video")
OTHER = Text({"ar": "أخرى", "zh": "其他", "en": "Other", "fr": "Autre", "ru": "Другое", "es": "Otro"})
SPECIFY = Text(
    {
        "ar": "يرجى التحديد",
        "zh": "请说明",
        "en": "Please specify",
        "fr": "Veuillez préciser",
        "ru": "Пожалуйста, уточните",
        "es": "Especifique, por favor",
    }
)


class Wording:
    """The languages of a workbook, and the texts that its cells make up in them."""

    def __init__(self, sheets: Sheets, chosen: str) -> None:
        """`chosen` is the setting default_language."""
        headers = [header for name in ("survey", "choices") for header in sheets.headers.get(name, ())]
        named = {language.tag: language for language in map(language_of, reversed(languages_in(headers)))}
        languages = tuple(named[tag] for tag in dict.fromkeys(language_of(each).tag for each in languages_in(headers)))
        if chosen.lower() in ("default", ""):
            default = languages[0] if languages else Language(tag="en", name="English")
        else:
            default = next(
                (each for each in languages if chosen.lower() in (each.tag.lower(), each.name.lower())),
                language_of(chosen),
            )
        if default.tag not in named:
            languages = (default, *languages)
        self.languages = languages
        self.default = default.tag

    def text(self, cells: Mapping[str, str], column: str) -> Text:
        """A translatable cell in all its languages; a column without language counts as the default one."""
        found: dict[str, str] = {}
        for header, cell in cells.items():
            meaning = column_of(header)
            if meaning.name == column:
                found.setdefault(language_of(meaning.language).tag if meaning.language else self.default, cell)
        return Text(found)

    def media(self, cells: Mapping[str, str]) -> dict[str, Text]:
        """Names of the pictures, sounds and films of a row."""
        return {column: text for column in MEDIA if (text := self.text(cells, column))}

    def own(self, words: Text) -> Text:
        """Words of the program in the languages of the questionnaire; English where it has none."""
        return Text({each.tag: words.in_language(each.tag.partition("-")[0], "en") for each in self.languages})


def first_cells(row: Row) -> dict[str, str]:
    """The cells of a row by column of the specification; the first where several languages have one."""
    cells: dict[str, str] = {}
    for header, cell in row.cells.items():
        cells.setdefault(column_of(header).name, cell)
    return cells
