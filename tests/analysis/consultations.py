"""A small questionnaire with every kind of question, and responses to it, for the tests of data sets and findings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from analysis.dataset.arrays import Dataset
from analysis.dataset.asked import asked_by_relevance
from analysis.dataset.building import build_dataset
from analysis.dataset.codebook import build_codebook
from analysis.disclosure import Audience
from analysis.disclosure.policy import policy
from analysis.findings.card import Source
from analysis.findings.listed import ContactList, ListedReply
from analysis.findings.method import FrameMargin
from data.records import AnswerValue, ResponseRecord, ResponseStatus
from survey.questionnaire import Questionnaire
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import from_markdown

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOURCE = Source(consultation="small", title="Small consultation", fictional=True, as_of=NOON, snapshot="0123456789ab")
EARLIER = replace(SOURCE, consultation="earlier", title="Earlier consultation")
ROLES = {"organisation": "org", "region": "region", "publish": "publish", "contact": "email"}
SMALL = """
| survey |
| | type                  | name    | label::English (en) | label::Français (fr) | relevant | appearance | parameters |
| | start                 | started |                     |                      |
| | begin group           | s1      | About you           | Sur vous             |
| | note                  | hello   | Welcome             | Bienvenue            |
| | select_one publish    | publish | May we publish?     | Publier ?            |
| | text                  | org     | Organisation        | Organisation         |
| | select_one region     | region  | Region              | Région               |
| | select_multiple field | fields  | Fields of work      | Domaines             |
| | text                  | other   | Which other field?  | Lequel ?             | selected(${fields}, 'other') |
| | text                  | email   | E-mail              | Courriel             |
| | end group             |         |                     |                      |
| | begin group           | s2      | Your view           | Votre avis           | ${region} != '' |
| | begin group           | grid    | How did it change?  | Évolution ?          |  | table-list |
| | select_one change     | g1      | Services            | Services             |
| | select_one change     | g2      | Rights              | Droits               |
| | end group             |         |                     |                      |
| | select_one led        | led     | Community led?      | Communautaire ?      |
| | rank field            | order   | Rank the fields     | Classez              |
| | range                 | hope    | How hopeful?        | Espoir ?             |  |  | start=1 end=5 step=1 |
| | integer               | staff   | Staff               | Personnel            |
| | decimal               | budget  | Budget              | Budget               |
| | acknowledge           | read    | I have read it      | J'ai lu              |
| | file                  | proof   | Proof               | Preuve               |
| | date                  | since   | Since when?         | Depuis ?             |
| | text                  | wish    | Your wish           | Votre souhait        |
| | end group             |         |                     |                      |
| choices |
| | list_name | name  | label::English (en) | label::Français (fr) | missing |
| | publish   | named | With our name       | Avec notre nom       |
| | publish   | anon  | Anonymously         | Anonymement          |
| | publish   | no    | Not published       | Non publié           |
| | region    | n     | North               | Nord                 |
| | region    | s     | South               | Sud                  |
| | region    | na    | Not applicable      | Sans objet           | answer |
| | field     | prev  | Prevention          | Prévention           |
| | field     | care  | Care                | Soins                |
| | field     | other | Other               | Autre                |
| | change    | 1     | Worse               | Pire                 |
| | change    | 2     | A bit worse         | Un peu pire          |
| | change    | 3     | Same                | Pareil               |
| | change    | 4     | A bit better        | Un peu mieux         |
| | change    | 5     | Better              | Mieux                |
| | change    | dk    | Don't know          | Ne sait pas          |
| | led       | yes   | Yes                 | Oui                  |
| | led       | no    | No                  | Non                  |
| | led       | ns    | Prefer not to say   | Sans réponse         |
| settings |
| | form_title | form_id | version | default_language |
| | Small      | small   | 1       | English (en)     |
"""


def small_questionnaire() -> Questionnaire:
    """The small questionnaire in English and French."""
    return read_questionnaire(from_markdown(SMALL))


def with_no_answers() -> Questionnaire:
    """The small questionnaire whose fields can be "don't know" and "not applicable" too."""
    last = "| | field     | other | Other               | Autre                |\n"
    more = "| | field | dk | Don't know | Ne sait pas |\n| | field | na | Not applicable | Sans objet |\n"
    return read_questionnaire(from_markdown(SMALL.replace(last, last + more)))


def response(number: int, submission: Mapping[str, AnswerValue], **changes: object) -> ResponseRecord:
    """A submitted response in English, in time, whose publish permission is that of its submission."""
    values: dict[str, object] = {
        "id": number,
        "consultation_id": 1,
        "version_number": 1,
        "invitation_id": None,
        "reference": f"R-{number}",
        "status": ResponseStatus.SUBMITTED,
        "revision": 1,
        "language": "en",
        "channel": "web",
        "region": str(submission.get("region", "")),
        "publish": str(submission.get("publish", "")),
        "late": False,
        "started_at": NOON,
        "updated_at": NOON,
        "submitted_at": NOON,
        "expires_at": None,
        "submission": submission,
    }
    return ResponseRecord(**{**values, **changes})  # type: ignore[arg-type]


def responses(*submissions: Mapping[str, AnswerValue]) -> tuple[ResponseRecord, ...]:
    """Submitted responses with these submissions, numbered from 1."""
    return tuple(response(number, submission) for number, submission in enumerate(submissions, start=1))


def dataset(records: Sequence[ResponseRecord], questionnaire: Questionnaire | None = None) -> Dataset:
    """The data set of these responses; of the small questionnaire when none is given."""
    form = questionnaire or small_questionnaire()
    roles = {part: name for part, name in ROLES.items() if any(q.name == name for q in form.questions())}
    return build_dataset(build_codebook(form, roles), records, asked=asked_by_relevance({1: form}))


def contacts(
    data: Dataset,
    invited: int | None,
    margins: Sequence[FrameMargin] = (),
    *,
    strangers: Collection[int] = (),
    organisation: Mapping[int, int] = MappingProxyType({}),
    told: Mapping[int, str] = MappingProxyType({}),
    audience: Audience = Audience.INTERNAL,
) -> ContactList:
    """A contact list to which every reply belongs, of which it tells what was answered; rows are counted from 0.

    strangers     rows of nobody on it
    organisation  row -> the row of whose organisation it is a further reply
    told          row -> what the list tells by each margin, where that is not the answer
    """
    of = {each.variable: each.targets for each in margins if each.variable in data.variables}
    chosen = {name: data.chosen(name) for name in of}

    def codes(row: int) -> dict[str, str]:
        found = {}
        for name, flags in chosen.items():
            answered = [code.name for code, flag in zip(data.variables[name].codes, flags[row], strict=True) if flag]
            found[name] = told.get(row, answered[0] if answered else "")
        return found

    return ContactList(
        invited=invited,
        margins=tuple(margins),
        replies=tuple(
            ListedReply(
                response=int(key),
                organisation=organisation.get(row, row),
                by_link=row in organisation.values(),
                codes=codes(row),
            )
            for row, key in enumerate(data.respondents.ids.tolist())
            if row not in strangers
        ),
        rules=policy(audience),
    )
