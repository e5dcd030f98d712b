"""What services are told of the platform."""

from pathlib import Path

from tarry.app.doors import extra_parameters
from tarry.app.settings import Settings
from tarry.contract.extra_parameters import read_extra_parameters


def test_services_are_told_where_manager_and_authentication_are() -> None:
    text = extra_parameters(Settings(data=Path("data"), public_url="http://localhost:8080"))

    assert text.endswith(",")
    assert list(read_extra_parameters(text).items()) == [
        ("WFM", "http://localhost:8080/dfki/WorkflowManager2Service/services/SOAP"),
        ("auth", "http://localhost:8080/authManager/AuthManager?wsdl"),
    ]
