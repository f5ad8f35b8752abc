"""All routes of this floor, beside the Streamlit pages."""

from pathlib import Path

from starlette.routing import Route

from survey.channels import account, light_form, log, privacy, provider, respondents, second_factor, shell
from survey.channels.requests import Site
from survey.guard import Guard


def of_survey(site: Site, guard: Guard, index_page: Path) -> list[Route]:
    """The routes; `index_page` is Streamlit's own page, into which `shell` puts what can be read while it loads."""
    return [
        *account.routes(site),
        *second_factor.routes(site),
        *provider.routes(site, guard),
        *respondents.routes(site, guard),
        *log.routes(site),
        *privacy.routes(site),
        *shell.routes(site, index_page),
        *light_form.routes(site, guard),
    ]
