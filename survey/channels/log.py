"""The log of acts as a file, for those who may read it."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.errors import SoundingsError
from data.log_records import LogFilter
from survey import log
from survey.channels.requests import Site, actor_of, error_page, now, require_same_site, words_of
from survey.policies import read_moment

_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


def routes(site: Site) -> list[Route]:
    """/log/acts.FORMAT, with what is looked for as c, person, act, object, from, until."""

    async def acts(request: Request) -> Response:
        kind = request.path_params["format"]
        try:
            require_same_site(request)
            actor = await run_in_threadpool(actor_of, request, site)
            found = _wanted(request)
            content = await run_in_threadpool(log.export, site.store(), found, kind, actor=actor, now=now())
        except SoundingsError as error:
            return error_page(error, words_of(request))
        name = f"acts-{now():%Y-%m-%d}.{kind}"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-store"}
        return Response(content, media_type=_TYPES[kind], headers=headers)

    return [Route("/log/acts.{format}", acts)]


def _wanted(request: Request) -> LogFilter:
    asked = request.query_params
    return LogFilter(
        consultation=asked.get("c") or None,
        since=read_moment(asked.get("from", ""), end_of_day=False),
        until=read_moment(asked.get("until", ""), end_of_day=False),
        actor=asked.get("person", ""),
        action=asked.get("act", ""),
        subject=asked.get("object", ""),
    )
