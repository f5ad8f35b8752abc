"""Commands about who may do what, for `python -m survey`: they act as the local operator."""

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from data.errors import NotFound
from data.people_records import GrantRecord
from data.records import Scope
from survey import grants, people
from survey.access import OPERATOR, ConsultationRole, Role
from survey.commands import operator_store


def declare_grant(parser: argparse.ArgumentParser) -> None:
    """Arguments of grant."""
    parser.add_argument("login", metavar="LOGIN")
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("--role", required=True, choices=[str(each) for each in ConsultationRole])
    for name, what in (("region", "code of a region"), ("language", "tag of a language")):
        parser.add_argument(
            f"--{name}",
            action="append",
            default=[],
            metavar="CODE",
            help=f"{what} that they see, and no other; may be given repeatedly",
        )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def grant(arguments: argparse.Namespace) -> int:
    """Gives an account a role in a consultation, in the place of an earlier one."""
    made = grants.grant(
        operator_store(),
        arguments.slug,
        arguments.login,
        ConsultationRole(arguments.role),
        regions=arguments.region,
        languages=arguments.language,
        actor=OPERATOR,
        now=datetime.now(UTC),
    )
    _print([_document(made)], arguments.json, one=True)
    return 0


def declare_revoke(parser: argparse.ArgumentParser) -> None:
    """Arguments of revoke."""
    parser.add_argument("login", metavar="LOGIN")
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def revoke(arguments: argparse.Namespace) -> int:
    """Takes an account's role in a consultation away."""
    grants.revoke(operator_store(), arguments.slug, arguments.login, actor=OPERATOR, now=datetime.now(UTC))
    print(json.dumps({"login": arguments.login, "role": None}) if arguments.json else f"{arguments.login}: no role")
    return 0


def declare_access(parser: argparse.ArgumentParser) -> None:
    """Arguments of access."""
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def access(arguments: argparse.Namespace) -> int:
    """Lists who may do what in a consultation: by a role there, and by what they are everywhere."""
    store = operator_store()
    found: list[Mapping[str, object]] = [
        _document(each) for each in grants.granted(store, arguments.slug, actor=OPERATOR)
    ]
    found += [
        {"login": each.login, "role": each.role, "everywhere": True, **_parts(Scope())}
        for each in grants.everywhere(store, arguments.slug, actor=OPERATOR)
    ]
    _print(found, arguments.json)
    return 0


def declare_role(parser: argparse.ArgumentParser) -> None:
    """Arguments of role."""
    parser.add_argument("login", metavar="LOGIN")
    parser.add_argument("role", choices=[str(each) for each in Role])
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def role(arguments: argparse.Namespace) -> int:
    """Changes what an account is everywhere; "member" is nothing but what consultations grant."""
    store, login = operator_store(), arguments.login.strip().casefold()
    person = next((each for each in people.listed(store, actor=OPERATOR) if each.login == login), None)
    if person is None:
        raise NotFound("person.unknown")
    people.set_role(store, person.id, Role(arguments.role), actor=OPERATOR, now=datetime.now(UTC))
    said = {"login": login, "role": arguments.role}
    print(json.dumps(said) if arguments.json else f"{arguments.login}: {arguments.role}")
    return 0


def _document(made: GrantRecord) -> Mapping[str, object]:
    return {"login": made.login, "role": made.role, "everywhere": False, **_parts(made.scope)}


def _parts(scope: Scope) -> dict[str, list[str] | None]:
    known = scope.as_mapping()
    return {name: known.get(name) for name in ("regions", "languages")}


def _print(found: list[Mapping[str, object]], as_json: bool, *, one: bool = False) -> None:
    if as_json:
        print(json.dumps(found[0] if one else found, ensure_ascii=False, indent=2))
        return
    for each in found:
        parts = [
            f"{name}: {', '.join(codes)}" for name in ("regions", "languages") if isinstance(codes := each[name], list)
        ]
        where = "every consultation" if each["everywhere"] else "; ".join(parts) or "all of it"
        print(f"{each['login']}\t{each['role']}\t{where}")
