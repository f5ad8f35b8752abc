"""The DDI code-book holds every column in every language, in the order that the DDI Alliance's schema wants.

The schema itself is not in the repository (LGPL, with half of XHTML); the sequences of `var`, `varGrp` and `sumDscr`
were read in the Alliance's `codebook.xsd`, the others are those of the tag library as we know them.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from analysis.data_files import ddi
from analysis.data_files.table import NumberColumn, Reason
from survey.questionnaire import Text
from tests.analysis.data_files.replies import table

SEQUENCES = {
    "codeBook": "docDscr stdyDscr fileDscr dataDscr otherMat",
    "docDscr": "citation guide docStatus docSrc controlledVocabUsed notes",
    "stdyDscr": "citation studyAuthorization stdyInfo studyDevelopment method dataAccs othrStdyMat notes",
    "citation": "titlStmt rspStmt prodStmt distStmt serStmt verStmt biblCit holdings notes",
    "titlStmt": "titl subTitl altTitl parTitl IDNo",
    "prodStmt": "producer copyright prodDate prodPlac software fundAg grantNo",
    "verStmt": "version verResp notes",
    "stdyInfo": "studyBudget subject abstract sumDscr qualityStatement notes exPostEvaluation",
    "sumDscr": "timePrd collDate nation geogCover geogUnit geoBndBox boundPoly anlyUnit universe dataKind",
    "method": "dataColl notes anlyInfo stdyClas codingInstructions",
    "dataColl": "timeMeth dataCollector sampProc deviat collMode resInstru sources collSitu actMin ConOps weight",
    "dataAccs": "setAvail useStmt notes",
    "useStmt": "confDec specPerm restrctn contact citReq deposReq conditions disclaimer",
    "fileDscr": "fileTxt locMap notes",
    "fileTxt": "fileName fileCont fileStrc dimensns fileType format dataChck ProcStat dataMsng software verStmt",
    "dimensns": "caseQnty varQnty logRecL recPrCas recNumTot",
    "dataDscr": "varGrp nCubeGrp var nCube notes",
    "varGrp": "labl txt concept defntn universe notes",
    "var": "location labl imputation embargo respUnit anlysUnit qstn valrng invalrng undocCod universe TotlResp"
    " sumStat txt stdCatgry catgryGrp catgry codInstr verStmt concept derivation varFormat geoMap catLevel notes",
    "qstn": "preQTxt qstnLit postQTxt forward backward ivuInstr",
    "invalrng": "item range key notes",
    "catgry": "catValu labl txt catStat mrow catgry",
}
ATTRIBUTES = {
    "codeBook": {"version"},
    "fileDscr": {"ID"},
    "version": {"type", "date"},
    "prodDate": {"date"},
    "varGrp": {"ID", "type", "name", "var"},
    "var": {"ID", "name", "files", "intrvl", "nature", "dcml", "wgt"},
    "item": {"VALUE"},
    "catgry": {"missing"},
    "varFormat": {"type", "schema"},
}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAMES = {"d": ddi.NAMESPACE}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("ddi") / "book.xml"
    ddi.write(table("fr"), path, data_name="small.sav")
    return etree.parse(str(path)).getroot()


def elements(root: Any) -> Iterator[tuple[str, Any]]:
    for each in root.iter():
        name = etree.QName(each)
        assert name.namespace == ddi.NAMESPACE
        yield name.localname, each


def test_elements_stand_in_the_order_of_the_schema(book: Any) -> None:
    for name, each in elements(book):
        inside = [etree.QName(child).localname for child in each]
        order = SEQUENCES.get(name, "").split()
        assert set(inside) <= set(order)
        assert [order.index(child) for child in inside] == sorted(order.index(child) for child in inside)


def test_attributes_are_those_of_the_schema(book: Any) -> None:
    for name, each in elements(book):
        assert {key for key in each.attrib if not key.startswith("{")} <= ATTRIBUTES.get(name, set())
    kinds = {each.get("type") for each in book.iterfind(".//d:varGrp", NAMES)}
    assert kinds == {"multipleResp"}
    assert {each.get("intrvl") for each in book.iterfind(".//d:var", NAMES)} == {"contin", "discrete"}
    assert {each.get("nature") for each in book.iterfind(".//d:var", NAMES)} <= {None, "nominal", "ordinal"}


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
