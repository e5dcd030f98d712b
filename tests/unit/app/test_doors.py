"""What services are told of the platform."""

from pathlib import Path

from tarry.app.doors import endpoints, extra_parameters
from tarry.app.settings import Settings
from tarry.contract.extra_parameters import read_extra_parameters


def test_services_are_told_where_manager_and_authentication_are() -> None:
    text = extra_parameters(Settings(data=Path("data"), public_url="http://localhost:8080"))

    assert text.endswith(",")
    assert list(read_extra_parameters(text).items()) == [
        ("WFM", "http://localhost:8080/dfki/WorkflowManager2Service/services/SOAP"),
        ("auth", "http://localhost:8080/authManager/AuthManager?wsdl"),
    ]


def test_what_else_the_operator_gives_is_told_too_and_known_as_an_endpoint() -> None:
    gss = "https://gss.example.org/FileUtilities?wsdl"
    settings = Settings(
        data=Path("data"), extra_parameters=(f"gss={gss}", "newWorkflowUrl=http://n")
    )

    told = read_extra_parameters(extra_parameters(settings))

    assert list(told) == ["WFM", "auth", "gss", "newWorkflowUrl"]
    assert told["gss"] == endpoints(settings)["gss"] == gss
