"""Users and Projects over SOAP, called by the field's clients, unmodified."""

from typing import Any
from urllib.request import urlopen

import pytest
import suds.client
import zeep
from lxml import etree
from tests.interop.accounts.conftest import PASSWORD, Estate

FAULTS: tuple[type[Exception], ...] = (suds.WebFault, zeep.exceptions.Fault)
XSD = "{http://www.w3.org/2001/XMLSchema}"


@pytest.fixture
def root(estate: Estate) -> str:
    """The token of an administrator."""
    return estate.log_in("root")


@pytest.fixture
def anna(estate: Estate) -> str:
    """The token of a user."""
    return estate.log_in("anna")


def user_id(estate: Estate, token: str) -> str:
    return str(estate.auth.getTokenInfo(token).user.id)


def project_id(estate: Estate, token: str) -> str:
    return str(estate.auth.getTokenInfo(token).project.id)


def test_users_are_a_list_of_plain_records(estate: Estate, root: str) -> None:
    found = list(estate.users.listUsers(root))

    assert [user.name for user in found] == ["anna", "root"]
    assert all(user.id for user in found)
    assert not found[0].email


def test_a_list_of_one_is_a_list(estate: Estate, anna: str) -> None:
    assert [project.name for project in estate.projects.listProjects(anna)] == ["mill"]


def test_a_user_is_made_works_in_a_project_and_is_removed(
    estate: Estate, root: str, anna: str
) -> None:
    users, mill = estate.users, project_id(estate, anna)
    made = users.createUser(root, "berta", PASSWORD, "berta@example.org", "new", mill)

    token = estate.log_in("berta")
    info = estate.auth.getTokenInfo(token)
    assert (info.user.id, info.user.email, info.project.id) == (made, "berta@example.org", mill)
    assert list(estate.auth.getRoles(token)) == ["user"]
    users.deactivateUser(root, made)
    assert estate.auth.validateSessionToken(token) is False
    users.deleteUser(root, made)
    assert [user.name for user in users.listUsers(root)] == ["anna", "root"]


def test_roles_are_assigned_and_withdrawn_and_projects_joined(
    estate: Estate, root: str, anna: str
) -> None:
    users, who = estate.users, user_id(estate, anna)
    office = project_id(estate, root)
    assert list(users.listPossibleRoles(anna)) == ["viewer", "user", "developer", "admin"]

    users.addToProject(root, who, office)
    users.assignRole(root, who, office, "developer")
    assert sorted(users.listRolesForUserInProject(root, who, office)) == ["developer", "user"]
    assert "developer" in estate.auth.getRoles(estate.log_in("anna", project="office"))
    users.withdrawRole(root, who, office, "user")
    assert list(users.listRolesForUserInProject(anna, who, office)) == ["developer"]
    with pytest.raises(FAULTS, match="There is no role emperor; there are viewer"):
        users.assignRole(root, who, office, "emperor")


def test_a_password_is_changed_by_its_owner(estate: Estate, anna: str) -> None:
    assert estate.users.changePassword(anna, user_id(estate, anna), PASSWORD, "new password")
    assert estate.log_in("anna", "new password")
    assert estate.auth.validateSessionToken(anna) is True


@pytest.mark.parametrize(
    ("old", "new"), [("wrong", "new password"), (PASSWORD, "short"), (PASSWORD, "")]
)
def test_a_password_that_was_not_changed_is_false_and_never_a_fault(
    estate: Estate, anna: str, old: str, new: str
) -> None:
    """Clients in use take a fault for success."""
    assert estate.users.changePassword(anna, user_id(estate, anna), old, new) is False
    assert estate.log_in("anna")


def test_nobody_changes_the_password_of_others(estate: Estate, root: str, anna: str) -> None:
    users, other = estate.users, user_id(estate, anna)

    assert users.changePassword(root, other, PASSWORD, "new password") is False
    assert users.changePassword("bad", other, PASSWORD, "new password") is False


def test_an_email_is_updated_or_false(estate: Estate, anna: str) -> None:
    assert estate.users.updateEmail(anna, "anna@example.org") is True
    assert estate.auth.getEmail(anna) == "anna@example.org"
    assert estate.users.updateEmail(anna, "no address") is False
    assert estate.users.updateEmail("bad", "x@example.org") is False


def test_a_password_is_reset_by_an_administrator_who_gets_the_new_one(
    estate: Estate, root: str, anna: str
) -> None:
    password = estate.users.resetPassword(root, user_id(estate, anna))

    assert estate.auth.validateSessionToken(anna) is False
    assert estate.log_in("anna", str(password))


def test_projects_are_made_and_removed(estate: Estate, root: str) -> None:
    projects = estate.projects
    made = projects.createProject(root, "wing", "flies")

    assert (made.name, made.description) == ("wing", "flies")
    assert [each.name for each in projects.listProjects(root)] == ["mill", "office", "wing"]
    projects.deleteProject(root, made.id)
    assert [each.name for each in projects.listProjects(root)] == ["mill", "office"]


def calls(estate: Estate, token: str) -> list[tuple[Any, tuple[str, ...]]]:
    users, projects = estate.users, estate.projects
    return [
        (users.listUsers, (token,)),
        (users.createUser, (token, "x", PASSWORD, "", "", "mill")),
        (users.deleteUser, (token, "root")),
        (users.deactivateUser, (token, "root")),
        (users.addToProject, (token, "anna", "office")),
        (users.resetPassword, (token, "root")),
        (users.assignRole, (token, "anna", "mill", "admin")),
        (users.withdrawRole, (token, "anna", "mill", "user")),
        (users.listRolesForUserInProject, (token, "root", "office")),
        (projects.createProject, (token, "x", "")),
        (projects.deleteProject, (token, "mill")),
    ]


def test_a_bad_token_is_a_fault_that_says_so(estate: Estate) -> None:
    others = [
        (estate.users.listPossibleRoles, ("bad",)),
        (estate.projects.listProjects, ("bad",)),
    ]
    for call, arguments in [*calls(estate, "bad"), *others]:
        with pytest.raises(FAULTS, match="Couldn't validate token"):
            call(*arguments)


def test_who_may_not_is_told_with_403(estate: Estate, anna: str) -> None:
    for call, arguments in calls(estate, anna):
        with pytest.raises(FAULTS, match="403: Forbidden"):
            call(*arguments)


def inputs_of(url: str) -> dict[str, list[str]]:
    with urlopen(f"{url}?wsdl") as answer:
        wsdl = etree.fromstring(answer.read())
    assert wsdl.get("targetNamespace") == "http://authmanager.sintef.no/"
    return {
        element.get("name", ""): [it.get("name", "") for it in element.iter(f"{XSD}element")][1:]
        for element in wsdl.iterfind(f".//{XSD}schema/{XSD}element")
        if not element.get("name", "").endswith("Response")
    }


def test_the_arguments_stand_in_the_order_that_clients_count_by(estate: Estate) -> None:
    users = inputs_of(f"{estate.url}/authManager/Users")
    projects = inputs_of(f"{estate.url}/authManager/Projects")

    assert users["createUser"] == [
        "token",
        "username",
        "password",
        "email",
        "description",
        "projectID",
    ]
    assert users["changePassword"] == ["token", "userID", "oldPassword", "newPassword"]
    assert users["assignRole"] == ["token", "userID", "projectID", "rolename"]
    assert users["withdrawRole"] == users["assignRole"]
    assert users["addToProject"] == ["token", "userID", "projectID"]
    assert users["updateEmail"] == ["token", "newEmail"]
    assert projects["createProject"] == ["token", "name", "description"]
    assert projects["deleteProject"] == ["token", "projectID"]


def test_what_was_done_is_written_down_with_the_address(estate: Estate, root: str) -> None:
    estate.users.assignRole(root, "anna", "mill", "viewer")

    entry = estate.accounts.store.entries(action="roles.changed")[0]
    assert (entry.user, entry.subject, entry.address) == ("root", "anna", "127.0.0.1")
