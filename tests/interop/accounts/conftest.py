"""The SOAP doors of the accounts, on a real server."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest
import suds.client
import zeep
from tests.fakes.accounts import MemoryAccounts, PlainPasswords
from tests.fakes.transactions import MemoryTransactions
from tests.fakes.uvicorn_server import serving

from tarry.platform.accounts.api import authmanager, projects, users
from tarry.platform.accounts.api.authmanager import AuthManager
from tarry.platform.accounts.api.projects import Projects
from tarry.platform.accounts.api.users import Users
from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.accounts.operations import Callers, ensure_user
from tarry.soap.server import Receive, Scope, Send

PASSWORD = "correct <horse> & ☃"


class Together:
    """Several endpoints at one address."""

    def __init__(self, apps: dict[str, Any]) -> None:
        self._apps = apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._apps[scope["path"].rstrip("/")](scope, receive, send)


@dataclass
class Estate:
    """AuthManager, Users and Projects, with Anna of the mill and the administrator Root."""

    url: str
    accounts: MemoryTransactions[Accounts]
    kind: str

    def client(self, path: str) -> Any:
        if self.kind == "suds":
            return suds.client.Client(f"{self.url}{path}?wsdl", cache=None).service
        return cast("Any", zeep).Client(f"{self.url}{path}?wsdl").service

    @property
    def auth(self) -> Any:
        return self.client(authmanager.PATH)

    @property
    def users(self) -> Any:
        return self.client(users.PATH)

    @property
    def projects(self) -> Any:
        return self.client(projects.PATH)

    def log_in(self, user: str, password: str = PASSWORD, project: str = "") -> str:
        return str(self.auth.getSessionToken(user, password, project))


async def _populate(accounts: MemoryTransactions[Accounts], passwords: PlainPasswords) -> None:
    for name, project in (("anna", "mill"), ("root", "office")):
        await ensure_user(
            accounts, name=name, project=project, password=PASSWORD, passwords=passwords
        )

    def raise_up(store: Accounts) -> None:
        root = store.user_named("root")
        assert root is not None
        store.change_user(replace(root, administrator=True))

    await accounts.write(raise_up)


@pytest.fixture(params=["suds", "zeep"])
def estate(request: pytest.FixtureRequest) -> Iterator[Estate]:
    accounts = MemoryTransactions[Accounts](MemoryAccounts())
    passwords, keys, attempts = PlainPasswords(), Keys(b"k" * 32), Attempts(most=3)
    asyncio.run(_populate(accounts, passwords))
    callers = Callers(accounts=accounts, keys=keys)

    async def count_workflows() -> int:
        return 0

    auth = AuthManager(
        accounts=accounts,
        callers=callers,
        passwords=passwords,
        attempts=attempts,
        keys=keys,
        endpoints={},
        count_workflows=count_workflows,
    )
    of_users = Users(accounts=accounts, callers=callers, passwords=passwords, attempts=attempts)
    together = Together(
        {
            authmanager.PATH: authmanager.endpoint(auth),
            users.PATH: users.endpoint(of_users),
            projects.PATH: projects.endpoint(Projects(accounts=accounts, callers=callers)),
        }
    )
    with serving(together) as url:
        yield Estate(url, accounts, request.param)
