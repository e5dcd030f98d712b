"""Making workflow documents."""

from tarry.contract.kinds import (
    EXTRA_PARAMETERS,
    SERVICE_ID,
    SESSION_TOKEN,
    Kind,
)
from tarry.platform.workflows.interfaces import ServiceInterface
from tarry.platform.workflows.model import (
    Document,
    DocumentInput,
    DocumentOutput,
    Sequence,
    Step,
    Wire,
    numbered,
)


def workflow_uri(name: str) -> str:
    """Give the URI of a workflow that nobody has given another one."""
    return f"http://tarry/workflow/{name}.owl#{name}"


def one_step(uri: str, service: ServiceInterface) -> Document:
    """Make the workflow that does nothing but use a service: same inputs, same outputs."""
    asynchronous = service.kind != Kind.SYNCHRONOUS
    step = Step(
        key="s1",
        service=service.uri,
        inputs={port.name: Wire(f"in-{port.name}") for port in service.inputs},
        outputs={port.name: f"out-{port.name}" for port in service.outputs},
        # Other readers want to see these wired; here the manager fills them in anyhow.
        filled={SERVICE_ID: "", SESSION_TOKEN: SESSION_TOKEN} if asynchronous else {},
    )
    return numbered(
        Document(
            uri=uri,
            inputs=tuple(
                DocumentInput(name=port.name, id=f"in-{port.name}") for port in service.inputs
            ),
            outputs=tuple(
                DocumentOutput(name=port.name, id=f"out-{port.name}") for port in service.outputs
            ),
            filled=tuple(
                DocumentInput(name=name, id=name) for name in (SESSION_TOKEN, EXTRA_PARAMETERS)
            ),
            body=Sequence(nodes=(step,)),
            title=service.title,
        )
    )
