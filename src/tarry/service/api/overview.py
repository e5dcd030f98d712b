"""Which page for people stands at which address."""

from collections import defaultdict
from urllib.parse import urlsplit

from tarry.service.api.calls import App
from tarry.service.api.human_page import HumanPage, Link, service_page, services_page
from tarry.service.api.settings import ServedProgram, ServeSettings
from tarry.service.model.interface import Door, doors


def door_page(served: ServedProgram, door: Door, settings: ServeSettings) -> bytes:
    """Make the page that stands at the address of a WSDL."""
    return service_page(
        served.program,
        door.operations,
        [_wsdl(served, door, settings)],
    )


def pages(settings: ServeSettings) -> dict[str, App]:
    """Make the pages that stand where no WSDL does, by their exact path.

    They are those of programs that need several WSDLs, and the list of services at each context
    root.
    """
    found: dict[str, App] = {}
    listed: defaultdict[str, list[Link]] = defaultdict(list)
    for served in settings.programs:
        program, path = served.program, f"{served.context_root}/{served.program.path}"
        listed[served.context_root].append(
            Link(
                title=program.title or program.name,
                address=_public(settings, path),
                meaning=program.description.partition("\n")[0],
            )
        )
        links = [_wsdl(served, door, settings) for door in doors(program)]
        found[path] = HumanPage(service_page(program, program.operations, links))
    lists = {root or "/": HumanPage(services_page(links)) for root, links in listed.items()}
    return {**lists, **found}


def _wsdl(served: ServedProgram, door: Door, settings: ServeSettings) -> Link:
    path = _public(settings, f"{served.context_root}/{door.path}")
    names = ", ".join(operation.name for operation in door.operations)
    return Link(title="WSDL", address=f"{path}?wsdl", meaning=f"for SOAP clients ({names})")


def _public(settings: ServeSettings, path: str) -> str:
    """Give a path as browsers must write it, which reach us through a proxy that may take a part.

    Never a whole address: a link must lead to where its reader has come from.
    """
    return f"{urlsplit(settings.base_url or '').path.rstrip('/')}{path}"
