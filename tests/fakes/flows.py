"""Published workflows with any constructs in them."""

from dataclasses import replace

from tests.fakes.executions import chain

from tarry.contract.ports import Port
from tarry.platform.catalogue.model import PublishedWorkflow, ServiceEntry
from tarry.platform.workflows import xml
from tarry.platform.workflows.model import (
    Document,
    DocumentInput,
    DocumentOutput,
    Node,
    Sequence,
    Source,
    Step,
    Wire,
    keyed,
)
from tarry.platform.workflows.operations import expanded


def use(
    service: ServiceEntry, wire: str = "", given: str | Source | None = None, **settings: object
) -> Step:
    """Make a step that is given a value by id, and defines another."""
    source = Wire(given) if isinstance(given, str) else given
    return Step(
        key="",
        service=service.uri,
        inputs={} if source is None else {"given": source},
        outputs={"result": wire} if wire else {},
        **settings,  # type: ignore[arg-type]
    )


def flow(
    name: str,
    *nodes: Node,
    services: tuple[ServiceEntry, ...],
    inputs: tuple[Port, ...] = (Port(name="question", required=False),),
    outputs: tuple[str, ...] = (),
    nested: tuple[PublishedWorkflow, ...] = (),
) -> PublishedWorkflow:
    """Publish a workflow; the ids of its inputs and outputs are their names."""
    document = Document(
        uri=f"http://tests/{name}.owl#{name}",
        inputs=tuple(DocumentInput(name=port.name, id=port.name) for port in inputs),
        outputs=tuple(DocumentOutput(name=wire, id=wire) for wire in outputs),
        body=keyed(Sequence(nodes=nodes)),
    )
    written = xml.write(document)
    like = chain(name, *services)
    entry = replace(
        like.entry,
        document=written,
        inputs=inputs,
        outputs=tuple(Port(name=wire, required=False) for wire in outputs),
    )
    inner = {one.entry.uri: one.entry for one in nested}
    documents = {uri: xml.read(one.document) for uri, one in inner.items()}
    return PublishedWorkflow(
        entry=entry,
        document=expanded(xml.read(written), documents),
        services={used.uri: used for used in services},
        nested=inner,
    )
