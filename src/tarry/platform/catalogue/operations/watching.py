"""Looking whether registered services are there, and still what they were registered as."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tarry.contract.errors import Sort, TarryError
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import SHARED, Health, HealthState, ServiceEntry
from tarry.platform.catalogue.model.changes import changes
from tarry.platform.catalogue.model.health import change_to
from tarry.platform.catalogue.model.offers import Offer
from tarry.platform.catalogue.operations.drawing import Order, draw
from tarry.platform.catalogue.operations.shelf import Shelf
from tarry.platform.catalogue.operations.sight import parsed, services_in
from tarry.platform.kernel.model import Caller, ProjectId, UserId

LONGEST_REASON = 500

Key = tuple[ProjectId, str]
"""A service: its project and its URI."""

_NOBODY = Caller(
    user=UserId(""), user_name="", project=ProjectId(""), project_name=""
)  # a look is nobody's: nothing of it is stored but what was seen


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often services are looked at.

    Attributes:
        used: those that workflows use; the pause grows while one is away.
        unused: those that nobody uses.
    """

    used: timedelta = timedelta(minutes=5)
    unused: timedelta = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Looked:
    """Services that stand in one WSDL, so that one look is enough for them.

    Attributes:
        due: when it is time for it.
    """

    url: str
    entries: tuple[ServiceEntry, ...]
    due: datetime


async def timetable(shelf: Shelf, pace: Pace) -> list[Looked]:
    """Tell which WSDLs are to be looked at and when, soonest first."""

    def work(store: Catalogue) -> list[Looked]:
        known = {(health.project, health.uri): health for health in store.healths()}
        used = _used(store)
        by_url: dict[str, list[ServiceEntry]] = {}
        for entry in store.services():
            by_url.setdefault(entry.wsdl_url, []).append(entry)
        found = [
            Looked(
                url=url,
                entries=tuple(entries),
                due=min(_due(entry, known, used, pace) for entry in entries),
            )
            for url, entries in by_url.items()
        ]
        return sorted(found, key=lambda one: one.due)

    return await shelf.catalogue.read(work)


async def look(shelf: Shelf, looked: Looked) -> None:
    """Read a WSDL and note how the services in it are doing. Nothing else of them changes."""
    try:
        offer: Offer | TarryError = await shelf.wsdls.read(looked.url)
    except TarryError as error:
        offer = error
    now = shelf.clock()
    found = [(entry, _health(entry, offer, now)) for entry in looked.entries]

    def work(store: Catalogue) -> None:
        before = {(health.project, health.uri): health for health in store.healths()}
        for entry, health in found:
            newest = store.service(entry.project, entry.uri)
            if newest is not None and newest.version == entry.version:
                known = before.get((entry.project, entry.uri))
                store.note_health(health.after(known))
                if known is None or known.state != health.state:
                    _note_change(store, health)

    await shelf.catalogue.write(work)


def _note_change(store: Catalogue, health: Health) -> None:
    """Add to a service's history; a new version of it may be as the one before was."""
    last = next(iter(store.health_changes(health.project, health.uri, most=1)), None)
    if (change := change_to(health, last)) is not None:
        store.add_health_change(change)


def _due(
    entry: ServiceEntry, known: Mapping[Key, Health], used: Iterable[Key], pace: Pace
) -> datetime:
    key = entry.project, entry.uri
    usual = pace.used if key in used else pace.unused
    health = known.get(key)
    # Its WSDL has been read for its registration.
    return health.next_look(usual) if health else entry.registered_at + pace.used


def _used(store: Catalogue) -> set[Key]:
    """Find the services that newest or published versions of workflows use."""
    used: set[Key] = set()
    for newest in store.workflows():
        documents = [newest.document]
        if newest.published_version is not None and not newest.is_published:
            published = store.workflow(newest.project, newest.name, newest.published_version)
            documents += [published.document] if published else []
        for document in documents:
            for uri in services_in(parsed(document)):
                used |= {(newest.project, uri), (SHARED, uri)}
    return used


def _health(entry: ServiceEntry, offer: Offer | TarryError, now: datetime) -> Health:
    if isinstance(offer, TarryError):
        away = offer.sort is Sort.UNAVAILABLE
        return Health(
            project=entry.project,
            uri=entry.uri,
            state=HealthState.AWAY if away else HealthState.UNREADABLE,
            since=now,
            checked_at=now,
            failures=1,
            reason=_printable(str(offer)),
        )
    found = _differences(entry, offer)
    return Health(
        project=entry.project,
        uri=entry.uri,
        state=HealthState.CHANGED if found else HealthState.OK,
        since=now,
        checked_at=now,
        seen_at=now,
        changes=found,
    )


def _differences(entry: ServiceEntry, offer: Offer) -> tuple[str, ...]:
    order = Order(
        wsdl_url=entry.wsdl_url,
        operation=entry.operation,
        uri=entry.uri,
        project=entry.project,
    )
    try:
        drawn = draw(offer, order, entry.told, _NOBODY, entry.registered_at)
    except TarryError as error:
        return (_printable(str(error)),)
    return tuple(_printable(str(change)) for change in changes(entry, drawn.entry))


def _printable(text: str) -> str:
    """Give words that came from elsewhere as one short line that any database keeps."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return plain if len(plain) <= LONGEST_REASON else plain[: LONGEST_REASON - 1] + "…"
