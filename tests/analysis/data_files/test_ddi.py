"""The DDI code-book holds every column in every language, as the DDI Alliance's schema wants it.

The schema itself is not in the repository (LGPL, with half of XHTML). What it says of the elements that we write was
read in the Alliance's `codebook.xsd` of 2012-01-17 and stands here as a DTD, by which every file is validated: order,
how often, required and possible attributes, and that every reference has its aim. (Of `sumDscr` and `invalrng` only the
order was read, not how often.)
"""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from analysis import data_out
from analysis.data_files import ddi
from analysis.data_files.table import NumberColumn, Reason
from analysis.opened_data import Filters
from data.store import Store
from survey.demo import SLUG
from survey.questionnaire import Text
from survey.translator import Words
from tests.analysis.data_files.replies import table
from tests.small import REPORT_WRITER, SECRETARIAT

MODELS = {
    "codeBook": "docDscr*, stdyDscr+, fileDscr*, dataDscr*, otherMat*",
    "docDscr": "citation?, guide?, docStatus?, docSrc*, controlledVocabUsed*, notes*",
    "stdyDscr": "citation+, studyAuthorization*, stdyInfo*, studyDevelopment*, method*, dataAccs*, othrStdyMat*,"
    " notes*",
    "citation": "titlStmt, rspStmt?, prodStmt?, distStmt?, serStmt*, verStmt*, biblCit?, holdings*, notes*",
    "titlStmt": "titl, subTitl*, altTitl*, parTitl*, IDNo*",
    "prodStmt": "producer*, copyright?, prodDate*, prodPlac*, software*, fundAg*, grantNo*",
    "verStmt": "version?, verResp?, notes*",
    "stdyInfo": "studyBudget*, subject*, abstract*, sumDscr*, qualityStatement?, notes*, exPostEvaluation*",
    "sumDscr": "timePrd*, collDate*, nation*, geogCover*, geogUnit*, geoBndBox?, boundPoly*, anlyUnit*, universe*,"
    " dataKind*",
    "method": "dataColl*, notes*, anlyInfo?, stdyClas?, dataProcessing*, codingInstructions*",
    "dataColl": "timeMeth*, dataCollector*, collectorTraining*, frequenc*, sampProc*, sampleFrame*, targetSampleSize*,"
    " deviat*, collMode*, resInstru*, instrumentDevelopment*, sources?, collSitu*, actMin*, ConOps*, weight*,"
    " cleanOps*",
    "dataAccs": "setAvail*, useStmt*, notes*",
    "useStmt": "confDec?, specPerm?, restrctn?, contact*, citReq?, deposReq?, conditions?, disclaimer?",
    "fileDscr": "fileTxt*, locMap?, notes*",
    "fileTxt": "fileName?, fileCitation?, fileCont?, fileStrc?, dimensns?, fileType?, format?, filePlac?, dataChck*,"
    " ProcStat?, dataMsng?, software*, verStmt?",
    "dimensns": "caseQnty*, varQnty*, logRecL*, recPrCas*, recNumTot*",
    "dataDscr": "varGrp*, nCubeGrp*, var*, nCube*, notes*",
    "varGrp": "labl*, txt*, concept*, defntn?, universe?, notes*",
    "var": "location*, labl*, imputation?, security?, embargo?, respUnit?, anlysUnit?, qstn*, valrng*, invalrng*,"
    " undocCod*, universe*, TotlResp?, sumStat*, txt*, stdCatgry*, catgryGrp*, catgry*, codInstr*, verStmt*, concept*,"
    " derivation?, varFormat?, geoMap*, catLevel*, notes*",
    "qstn": "#PCDATA | preQTxt | qstnLit | postQTxt | forward | backward | ivuInstr",
    "invalrng": "(item | range)+, key?, notes*",
    "item": "",
    "catgry": "catValu?, labl*, txt*, catStat*, mrow?",
}
WORDS = (
    "titl IDNo prodDate version anlyUnit dataKind weight restrctn conditions notes fileName caseQnty varQnty labl"
    " qstnLit universe catValu varFormat"
)
ATTRIBUTES = {
    "codeBook": 'version CDATA #FIXED "2.5" xmlns CDATA #IMPLIED xmlns:xsi CDATA #IMPLIED'
    " xsi:schemaLocation CDATA #IMPLIED",
    "version": "type CDATA #IMPLIED date CDATA #IMPLIED",
    "prodDate": "date CDATA #IMPLIED",
    "varGrp": "type (section | multipleResp | grid | display | repetition | subject | version | iteration | analysis"
    " | pragmatic | record | file | randomized | other) #IMPLIED name CDATA #IMPLIED var IDREFS #IMPLIED",
    "var": "name CDATA #REQUIRED files IDREFS #IMPLIED intrvl (contin | discrete) #IMPLIED"
    " nature (nominal | ordinal | interval | ratio | percent | other) #IMPLIED dcml CDATA #IMPLIED"
    " wgt (wgt | not-wgt) #IMPLIED",
    "item": "VALUE CDATA #IMPLIED",
    "catgry": "missing (Y | N) #IMPLIED",
    "varFormat": "type (character | numeric) #IMPLIED"
    " schema (SAS | SPSS | IBM | ANSI | ISO | XML-Data | other) #IMPLIED",
}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAMES = {"d": ddi.NAMESPACE}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("ddi") / "book.xml"
    ddi.write(table("fr"), path, data_name="small.sav")
    return etree.parse(str(path)).getroot()


def schema() -> etree.DTD:
    """The models as a DTD; every element may have an ID and a language."""
    lines = []
    for name, model in MODELS.items():
        content = "EMPTY" if not model else f"({model})*" if model.startswith("#") else f"({model})"
        lines.append(f"<!ELEMENT {name} {content}>")
    lines += [f"<!ELEMENT {name} (#PCDATA)>" for name in WORDS.split()]
    for name in (*MODELS, *WORDS.split()):
        more = ATTRIBUTES.get(name, "")
        lines.append(f"<!ATTLIST {name} ID ID #IMPLIED xml:lang NMTOKEN #IMPLIED {more}>")
    return etree.DTD(io.StringIO("\n".join(lines)))


def faults(root: Any) -> list[str]:
    """What the schema says against a code-book."""
    rules = schema()
    rules.validate(root)
    return [each.message for each in rules.error_log]


def test_the_code_book_is_valid_by_the_schema(book: Any) -> None:
    assert {etree.QName(each).namespace for each in book.iter()} == {ddi.NAMESPACE}
    assert faults(book) == []
    kinds = {each.get("type") for each in book.iterfind(".//d:varGrp", NAMES)}
    assert kinds == {"multipleResp"}
    assert {each.get("intrvl") for each in book.iterfind(".//d:var", NAMES)} == {"contin", "discrete"}


@pytest.mark.parametrize(("language", "kind"), [("en", "sav"), ("ar", "ddi"), ("zh", "r")])
def test_the_code_books_of_the_demonstration_are_valid(demo_store: Store, language: str, kind: str) -> None:
    now = datetime(2027, 2, 1, 12, tzinfo=UTC)
    words = Words(language)
    replies = data_out.answers_file(
        demo_store, SLUG, kind, actor=SECRETARIAT, words=words, filters=Filters(), now=now
    ).content
    figures = data_out.figures_file(
        demo_store, SLUG, kind, actor=REPORT_WRITER, words=words, filters=Filters(), now=now
    ).content
    for content, least in ((replies, 80), (figures, 5)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            root = etree.fromstring(packed.read("ddi-codebook.xml"))
        assert faults(root) == []
        assert len(root.findall(".//d:var", NAMES)) >= least


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("d:stdyDscr", lambda each: each.getparent().remove(each)),
        (".//d:var", lambda each: each.attrib.pop("name")),
        (".//d:var", lambda each: each.set("intrvl", "continuous")),
        (".//d:varGrp", lambda each: each.set("var", "V999")),
        (".//d:var/d:varFormat", lambda each: each.addprevious(etree.fromstring(etree.tostring(each)))),
        (".//d:var/d:labl", lambda each: each.getparent().append(each)),
    ],
    ids=["no study", "no name", "unknown interval", "aim missing", "two formats", "label last"],
)
def test_what_the_schema_forbids_is_found(book: Any, path: str, change: Callable[[Any], object]) -> None:
    spoiled = etree.fromstring(etree.tostring(book))
    change(spoiled.find(path, NAMES))
    assert faults(spoiled) != []


def test_what_is_referred_to_is_there_once(book: Any) -> None:
    keys = [each.get("ID") for each in book.iter() if each.get("ID")]
    assert len(set(keys)) == len(keys)
    for each in book.iterfind(".//d:varGrp", NAMES):
        assert set(each.get("var").split()) <= set(keys)
    assert {each.get("files") for each in book.iterfind(".//d:var", NAMES)} == {"F1"}


def test_every_column_stands_in_it_with_its_codes(book: Any) -> None:
    made = table("fr")
    found = {each.get("name"): each for each in book.iterfind(".//d:var", NAMES)}
    assert list(found) == [each.name for each in made.columns]
    for each in made.columns:
        codes = [value.text for value in found[each.name].iterfind("d:catgry/d:catValu", NAMES)]
        wanted = []
        if isinstance(each, NumberColumn):
            wanted = [str(v.code) for v in each.values] + [str(made.code_of(reason)) for reason in each.reasons]
        assert codes == wanted
    missing = found["region"].xpath("d:catgry[@missing='Y']/d:catValu/text()", namespaces=NAMES)
    assert missing == [str(made.code_of(Reason.SKIPPED))]
    assert found["weight_frame"].get("wgt") == "wgt"


def test_words_stand_in_every_language_of_the_questionnaire(book: Any) -> None:
    region = next(each for each in book.iterfind(".//d:var", NAMES) if each.get("name") == "region")
    said = {each.get(XML_LANG): each.text for each in region.iterfind("d:qstn/d:qstnLit", NAMES)}
    assert said == {"en": "Region", "fr": "Région"}
    north = region.find("d:catgry", NAMES)
    assert {each.get(XML_LANG): each.text for each in north.iterfind("d:labl", NAMES)} == {"en": "North", "fr": "Nord"}


def test_the_state_of_the_data_and_the_conditions_stand_in_it(book: Any) -> None:
    assert {each.text for each in book.iterfind(".//d:version", NAMES)} == {table().about.snapshot}
    assert book.findtext(".//d:restrctn", namespaces=NAMES) == "Do not pass it on."
    assert book.findtext(".//d:conditions", namespaces=NAMES) == "I agree\nto this"
    assert book.findtext(".//d:caseQnty", namespaces=NAMES) == "3"


def test_signs_that_xml_cannot_hold_are_left_out(tmp_path: Path) -> None:
    made = table()
    strange = replace(made.columns[0], label=Text({"en": "a\x00b\x0b<c>&\ufffe"}))
    ddi.write(replace(made, columns=(strange, *made.columns[1:])), tmp_path / "book.xml", data_name="x")
    found = etree.parse(str(tmp_path / "book.xml")).findtext(".//d:var/d:labl", namespaces=NAMES)
    assert found == "ab<c>&"
