"""Which page for people stands at which address."""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from urllib.parse import urlsplit

from tarry.service.api.calls import App
from tarry.service.api.health import measured
from tarry.service.api.human_page import HumanPage, Link, service_page, services_page
from tarry.service.api.json_values import write
from tarry.service.api.openapi import openapi
from tarry.service.api.rest import RestDoor
from tarry.service.api.settings import ServedProgram, ServeSettings
from tarry.service.errors import PathTaken
from tarry.service.model.interface import Door, doors
from tarry.service.operations.workshop import Workshop
from tarry.soap.origins import Origins

OWN_PATHS = ("/healthz", "/readyz", "/metrics")
"""Where the process is watched."""


def check_paths(programs: Iterable[ServedProgram]) -> None:
    """See that each service has an address of its own.

    Raises:
        PathTaken: two have the same; one of them could never be called.
    """
    taken = dict.fromkeys(OWN_PATHS, "Tarry itself")
    for served in programs:
        program = served.program
        own = {program.path, *(door.path for door in doors(program))}
        for path in sorted(f"{served.context_root}/{path}" for path in own):
            if path in taken:
                raise PathTaken(path=path, first=taken[path], second=program.name)
            taken[path] = program.name


def door_page(served: ServedProgram, door: Door, settings: ServeSettings) -> bytes:
    """Make the page that stands at the address of a WSDL."""
    links = [_wsdl(served, door, settings), *_rest_links(served, settings)]
    return service_page(served.program, door.operations, links, rest=_rest(served, settings))


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
        links += _rest_links(served, settings)
        rest = _rest(served, settings)
        found[path] = HumanPage(service_page(program, program.operations, links, rest=rest))
    lists = {root or "/": HumanPage(services_page(links)) for root, links in listed.items()}
    return {**lists, **found}


def rest_doors(
    workshop: Workshop, settings: ServeSettings
) -> tuple[dict[str, App], dict[str, App]]:
    """Make the REST doors with their descriptions.

    Returns:
        The descriptions by their exact path, and the doors by the path that they lie beneath.
    """
    described: dict[str, App] = {}
    found: dict[str, App] = {}
    origins = Origins(
        base_url=settings.base_url,
        cors=False,
        trusted_proxies=settings.trusted_proxies,
        hosts=(),
    )
    for served in settings.programs:
        path = f"{served.context_root}/{served.program.path}"
        document = write(openapi(served.program)).encode()
        described[f"{path}/openapi.json"] = measured(
            partial(bytes, document), kind="application/json"
        )
        rest = f"{path}/rest"
        found[rest] = RestDoor(workshop, served.program, path=rest, origins=origins)
    return described, found


def _rest(served: ServedProgram, settings: ServeSettings) -> str:
    return _public(settings, f"{served.context_root}/{served.program.path}/rest")


def _rest_links(served: ServedProgram, settings: ServeSettings) -> list[Link]:
    rest = _rest(served, settings)
    meaning = f"for clients that speak JSON; the operations are beneath {rest}"
    address = f"{rest.removesuffix('rest')}openapi.json"
    return [Link(title="REST (OpenAPI)", address=address, meaning=meaning)]


def _wsdl(served: ServedProgram, door: Door, settings: ServeSettings) -> Link:
    path = _public(settings, f"{served.context_root}/{door.path}")
    names = ", ".join(operation.name for operation in door.operations)
    return Link(title="WSDL", address=f"{path}?wsdl", meaning=f"for SOAP clients ({names})")


def _public(settings: ServeSettings, path: str) -> str:
    """Give a path as browsers must write it, which reach us through a proxy that may take a part.

    Never a whole address: a link must lead to where its reader has come from.
    """
    return f"{urlsplit(settings.base_url or '').path.rstrip('/')}{path}"
