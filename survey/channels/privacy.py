"""The record of processing activities as a page, for staff."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from data.errors import SoundingsError
from survey import processing_record
from survey.channels.requests import Site, actor_of, error_page, now, words_of


def routes(site: Site) -> list[Route]:
    """/record-of-processing."""

    async def record(request: Request) -> Response:
        words = words_of(request)
        try:
            actor = await run_in_threadpool(actor_of, request, site)
            found = await run_in_threadpool(
                processing_record.record, site.store(), site.settings, words=words, actor=actor, now=now()
            )
        except SoundingsError as error:
            return error_page(error, words)
        return HTMLResponse(processing_record.as_html(found, words), headers={"Cache-Control": "no-store"})

    return [Route("/record-of-processing", record, methods=["GET"])]
