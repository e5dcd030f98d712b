"""Everything that answers at the platform's address, behind one check of the `Host` header."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from tarry.app.listening import EVERYWHERE, names_of_this_machine
from tarry.app.settings import Settings
from tarry.contract.extra_parameters import write_extra_parameters
from tarry.platform.accounts.api import authmanager, projects, users
from tarry.platform.accounts.api.authmanager import AuthManager
from tarry.platform.accounts.api.projects import Projects
from tarry.platform.accounts.api.users import Users
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.executions.api import workflow_manager
from tarry.platform.executions.api.workflow_manager import WorkflowManager
from tarry.platform.portal.api import app as portal
from tarry.platform.portal.api.guards import HostCheck, SecurityHeaders
from tarry.platform.portal.interfaces import Rooms

PUSH_PATH = "/push"


@dataclass(frozen=True, kw_only=True)
class Doors:
    """What stands behind the doors.

    Attributes:
        push: where services say "look now".
        healthy: whether the platform can work.
        leads: whether this process manages the runs.
        figures: what is measured, in the text format of Prometheus.
    """

    settings: Settings
    keys: Keys = field(repr=False)
    rooms: Rooms
    authentication: AuthManager
    users: Users
    projects: Projects
    workflow_manager: WorkflowManager
    push: ASGIApp
    healthy: Callable[[], Awaitable[bool]]
    leads: Callable[[], bool]
    figures: Callable[[], Awaitable[bytes]]

    def build(self) -> ASGIApp:
        """Build the one ASGI app of the platform."""
        settings = self.settings
        host_names = list(settings.host_names)
        if settings.host in EVERYWHERE:
            host_names += names_of_this_machine()
        else:
            host_names.append(settings.host)
        browsers = portal.build(
            self.rooms,
            keys=self.keys,
            public_url=settings.url,
            host_names=host_names,
            page_frames=settings.page_frames,
            upload_limit=settings.upload_limit,
            soap_door=workflow_manager.PATH,
            extra_parameters=extra_parameters(settings),
            healthy=self.healthy,
            leads=self.leads,
            figures=self.figures,
        )
        base_url = settings.public_url or None
        exact: dict[str, ASGIApp] = {
            authmanager.PATH: authmanager.endpoint(self.authentication, base_url=base_url),
            users.PATH: users.endpoint(self.users, base_url=base_url),
            projects.PATH: projects.endpoint(self.projects, base_url=base_url),
            workflow_manager.PATH: workflow_manager.endpoint(
                self.workflow_manager, base_url=base_url
            ),
            PUSH_PATH: self.push,
        }
        services = _Paths(exact, otherwise=browsers)
        public = urlsplit(settings.url).hostname or ""
        # The SOAP endpoints are of the portal's origin: what they answer must not act there either.
        return SecurityHeaders(HostCheck(services, host_names=(*host_names, public)))


def extra_parameters(settings: Settings) -> str:
    """Give the wire's `extraParameters`: where the platform's own SOAP services are, and more."""
    return write_extra_parameters({**_told(settings), **_further(settings)})


def endpoints(settings: Settings) -> dict[str, str]:
    """Give the addresses that the AuthManager's `getEndpoint` knows, by component."""
    return {
        **_further(settings),
        **_told(settings),
        "users": f"{settings.url}{users.PATH}?wsdl",
        "projects": f"{settings.url}{projects.PATH}?wsdl",
    }


def _told(settings: Settings) -> dict[str, str]:
    return {
        "WFM": f"{settings.url}{workflow_manager.PATH}",
        "auth": f"{settings.url}{authmanager.PATH}?wsdl",
    }


def _further(settings: Settings) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in settings.extra_parameters)
    return {key.strip(): value.strip() for key, _, value in pairs}


class _Paths:
    """Sends each request to the app of its exact path; never by a redirect, which suds ignores."""

    def __init__(self, exact: Mapping[str, ASGIApp], *, otherwise: ASGIApp) -> None:
        self._exact = exact
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._exact.get(str(scope.get("path", "")).rstrip("/"), self._otherwise)
        await app(scope, receive, send)
