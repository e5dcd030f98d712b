"""clfpy 1.3.2, unmodified: its library and its command line, at the addresses that it has fixed.

Its name is led to a TLS front of this machine, behind which a platform is known by that name.
"""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.estate import PATIENCE, ROOT, until
from tests.fakes.tarry_up import USER, TarryUp, tarry_up
from tests.fakes.tls_front import tls_front

PYTHON = Path(os.environ.get("TARRY_TEST_CLFPY", ROOT / ".tools" / "clfpy" / "bin" / "python"))
COMMAND_LINE = PYTHON.parent / "clfpy_cli"
REDIRECT = ROOT / "tests" / "fakes" / "clfpy_redirect"
CALLS = ROOT / "tests" / "fakes" / "clfpy_calls.py"

NAME = "api.hetcomp.org"
AUTH = f"https://{NAME}/authManager/AuthManager?wsdl"
USERS = f"https://{NAME}/authManager/Users?wsdl"
PROJECTS = f"https://{NAME}/authManager/Projects?wsdl"
WFM = f"https://{NAME}/dfki/WorkflowManager2Service/services/SOAP?wsdl"
PASSWORD = "twelve signs and more"

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason=f"clfpy is not installed at {PYTHON}: make clfpy installs it"
)


class Fault(Exception):
    """clfpy gave a fault back."""


@dataclass
class Clfpy:
    """A process of clfpy's own environment that makes calls for us."""

    environment: dict[str, str]
    process: subprocess.Popen[str]

    def call(self, kind: str, wsdl: str, method: str, *arguments: object) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([kind, wsdl, method, arguments]) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "fault" in answer:
            raise Fault(answer["fault"])
        return answer["value"]

    def auth(self, method: str, *arguments: object) -> Any:
        return self.call("AuthClient", AUTH, method, *arguments)

    def users(self, method: str, *arguments: object) -> Any:
        return self.call("AuthUsersClient", USERS, method, *arguments)

    def projects(self, method: str, *arguments: object) -> Any:
        return self.call("AuthProjectsClient", PROJECTS, method, *arguments)

    def manager(self, operation: str, *arguments: str) -> Any:
        return self.call("WfmClient", WFM, "method_call", operation, list(arguments))

    def command_line(self, *lines: str, token: str, **environment: str) -> str:
        """Type lines into its command line, and give what it printed."""
        done = subprocess.run(
            [str(COMMAND_LINE)],
            input="\n".join(["client auth", *lines, "exit", "exit", ""]),
            env={**self.environment, "CFG_TOKEN": token, "CFG_PORTAL_TOKEN": token, **environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            start_new_session=True,  # it asks for passwords at the terminal, if it has one
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TarryUp]:
    with tarry_up(
        tmp_path_factory.mktemp("clfpy"), environment={"TARRY_PUBLIC_URL": f"https://{NAME}"}
    ) as made:
        made.bring_up()
        made.publish_twice()
        yield made


@pytest.fixture(scope="module")
def clfpy(platform: TarryUp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clfpy]:
    folder = tmp_path_factory.mktemp("certificates")
    with tls_front(NAME, platform.tcp_port, folder) as front:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(REDIRECT),
            "PYTHONIOENCODING": "utf-8",
            "SSL_CERT_FILE": str(front.authority),
            "REDIRECTED_NAME": NAME,
            "REDIRECTED_TO": str(front.tcp_port),
        }
        process = subprocess.Popen(
            [str(PYTHON), str(CALLS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        yield Clfpy(environment, process)
        process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def token(clfpy: Clfpy, platform: TarryUp) -> str:
    """The token of the administrator that the platform began with."""
    password = (platform.data / f"password-{USER}").read_text().strip()
    return str(clfpy.auth("get_session_token", USER, "mine", password))


# ── the library ─────────────────────────────────────────────────────────────────────────────────


def test_a_log_in_gives_a_token_and_a_wrong_one_says_401(clfpy: Clfpy, token: str) -> None:
    assert "401" not in token
    assert clfpy.auth("validate_session_token", token) is True
    assert clfpy.auth("validate_session_token", "bad") is False
    with pytest.raises(Fault, match="401: Unauthorized"):
        clfpy.auth("get_session_token", USER, "mine", "wrong")


def test_a_token_tells_about_its_owner(clfpy: Clfpy, token: str) -> None:
    info = clfpy.auth("get_token_info", token)

    assert (info["user"]["name"], info["project"]["name"]) == (USER, "mine")
    assert [role["name"] for role in info["roles"]] == ["admin", "developer", "user"]
    assert clfpy.auth("get_token_info_complete", token) == info
    assert clfpy.auth("get_username", token) == USER
    assert clfpy.auth("get_project", token) == "mine"
    assert clfpy.auth("get_roles", token) == ["admin", "developer", "user"]
    assert not clfpy.auth("get_email", token)
    assert int(clfpy.auth("count_workflows")) >= 1


def test_a_bad_token_given_to_a_getter_says_so(clfpy: Clfpy) -> None:
    for method in ("get_token_info", "get_username", "get_project", "get_roles", "get_email"):
        with pytest.raises(Fault, match="Couldn't validate token"):
            clfpy.auth(method, "bad")


def test_endpoints_are_told_by_component(clfpy: Clfpy, token: str) -> None:
    assert clfpy.auth("get_endpoint", token, "auth") == AUTH
    assert clfpy.auth("get_endpoint", token, "WFM") == WFM.removesuffix("?wsdl")
    with pytest.raises(Fault, match="OpenStack"):
        clfpy.auth("get_openstack_token", token)


def test_users_and_projects_are_managed(clfpy: Clfpy, token: str) -> None:
    project = clfpy.projects("create_project", token, "bridges", "of steel")
    user = clfpy.users(
        "create_user", token, "ada", PASSWORD, "ada@example.org", "engineer", project["id"]
    )
    clfpy.users("assign_role_to_user", token, user, project["id"], "developer")
    clfpy.users("withdraw_role_from_user", token, user, project["id"], "user")

    listed = clfpy.users("list_users", token)
    assert {"ada", USER} <= {each["name"] for each in listed}
    roles = clfpy.users("list_roles_for_user_in_project", token, user, project["id"])
    assert roles == ["developer"]
    assert clfpy.users("list_possible_roles", token) == ["viewer", "user", "developer", "admin"]
    mine = clfpy.auth("get_session_token", "ada", "bridges", PASSWORD)
    assert clfpy.users("update_email", mine, "ada@example.com") is True
    assert clfpy.users("change_password", mine, user, "wrong", "another password") is False
    assert clfpy.users("change_password", mine, user, PASSWORD, "another password") is True
    reset = clfpy.users("reset_password", token, user)
    assert clfpy.auth("get_session_token", "ada", "bridges", reset)
    clfpy.users("add_user_to_project", token, user, "mine")
    clfpy.users("deactivate_user", token, user)
    with pytest.raises(Fault, match="401: Unauthorized"):
        clfpy.auth("get_session_token", "ada", "bridges", reset)
    clfpy.users("delete_user", token, user)
    clfpy.projects("delete_project", token, project["id"])
    assert [each["name"] for each in clfpy.projects("list_projects", token)] == ["mine"]


def test_who_may_not_is_given_a_fault(clfpy: Clfpy, token: str) -> None:
    clfpy.users("create_user", token, "eve", PASSWORD, "", "", "mine")
    eve = clfpy.auth("get_session_token", "eve", "mine", PASSWORD)

    with pytest.raises(Fault, match="403: Forbidden"):
        clfpy.users("list_users", eve)
    with pytest.raises(Fault, match="403: Forbidden"):
        clfpy.projects("create_project", eve, "eves", "")


def inputs(**values: str) -> str:
    pieces = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    written = f"<WorkflowInputs>{pieces}</WorkflowInputs>"
    return base64.b64encode(written.encode()).decode()


def test_a_workflow_is_started_watched_and_its_results_are_fetched(
    clfpy: Clfpy, platform: TarryUp, token: str
) -> None:
    uri = platform.client.workflow("Twice").uri
    run = clfpy.manager("startWorkflow", uri, token, inputs(tag="field", seconds="0"))

    def status() -> str:
        return str(clfpy.manager("getWorkflowStatus", run, token))

    until(lambda: status() == "COMPLETED", "the workflow to complete")
    results = base64.b64decode(clfpy.manager("getWorkflowResults", run, token)).decode()
    assert "field" in results
    assert platform.client.run(run).state == "succeeded"


def test_a_workflow_is_aborted(clfpy: Clfpy, platform: TarryUp, token: str) -> None:
    hold = platform.hold("stuck-1")
    uri = platform.client.workflow("Twice").uri
    run = clfpy.manager("startWorkflow", uri, token, inputs(tag="stuck", seconds="30"))

    assert clfpy.manager("abortWorkflow", run, token) in {True, "true"}
    until(lambda: platform.client.run(run).is_over, "the end of the run")
    assert platform.client.run(run).state == "aborted"
    hold.unlink(missing_ok=True)


def test_a_service_is_started_by_its_wsdl_and_polled_until_it_completes(
    clfpy: Clfpy, platform: TarryUp, token: str
) -> None:
    (service,) = (each for each in platform.client.services() if "tally" in each.name.lower())
    wsdl, run = str(service.raw["wsdl"]), "0123456789abcdef0123456789abcdef_1"

    def call(*arguments: object) -> Any:
        return clfpy.call("SoapClient", wsdl, "method_call", *arguments)

    call("tally", [run, token, "direct", "0"])

    def status() -> str:
        return str(call("getServiceStatus", [run, token])["status_base64"])

    until(lambda: status() == "COMPLETED", "the service to complete")
    with pytest.raises(Fault):
        call("getServiceStatus", [run, "bad"])


# ── the command line ────────────────────────────────────────────────────────────────────────────


def test_its_command_line_logs_in_and_shows_tokens(
    clfpy: Clfpy, platform: TarryUp, token: str
) -> None:
    password = (platform.data / f"password-{USER}").read_text().strip()
    said = clfpy.command_line(
        "get_session_token",
        USER,
        "mine",
        password,
        "token_info",
        "token_info_complete",
        f"validate_token {token}",
        "validate_token bad",
        "workflow_count",
        token=token,
    )

    assert "Found environment variable 'CFG_TOKEN'" in said
    assert f"{USER}@mine" in said
    assert "Login failed" not in said
    assert 'name = "developer"' in said
    assert "True" in said
    assert "False" in said


def test_its_command_line_refuses_what_we_refuse(clfpy: Clfpy, token: str) -> None:
    said = clfpy.command_line("get_session_token", USER, "mine", "wrong", token=token)
    assert "Error: Login failed" in said

    said = clfpy.command_line(token="bad")
    assert "Token in environment variable CFG_TOKEN is not valid." in said


def test_its_command_line_manages_users_and_projects(clfpy: Clfpy, token: str) -> None:
    said = clfpy.command_line("create_project towers", "of glass", "list_projects", token=token)
    assert "towers" in said
    assert "Description: of glass" in said
    projects = clfpy.projects("list_projects", token)
    (project,) = (each["id"] for each in projects if each["name"] == "towers")

    clfpy.command_line(
        f"create_user grace {project}", "grace@example.org", "an engineer", PASSWORD, token=token
    )
    said = clfpy.command_line("list_users", "roles_ls", token=token)
    assert "Email: grace@example.org" in said
    assert "viewer" in said
    (user,) = (each["id"] for each in clfpy.users("list_users", token) if each["name"] == "grace")
    said = clfpy.command_line(
        f"roles_assign {user} {project} developer",
        f"roles_withdraw {user} {project} user",
        f"roles_ls_assigned {user} {project}",
        f"add_user_to_project {user} mine",
        token=token,
    )
    assert "developer" in said
    grace = clfpy.auth("get_session_token", "grace", "towers", PASSWORD)
    said = clfpy.command_line("update_email", "grace@example.com", token=grace)
    assert "Email updated successfully" in said
    said = clfpy.command_line("update_email", "nonsense", token=grace)
    assert "Something went wrong" in said
    said = clfpy.command_line(
        "change_password", "y", "not the password", "new words 4 me", token=grace
    )
    assert "changed successfully" not in said
    said = clfpy.command_line("change_password", "y", PASSWORD, "new words 4 me", token=grace)
    assert "Password changed successfully" in said
    clfpy.command_line(f"delete_user {user}", f"delete_project {project}", token=token)
    assert "grace" not in clfpy.command_line("list_users", token=token)
    assert "towers" not in clfpy.command_line("list_projects", token=token)
