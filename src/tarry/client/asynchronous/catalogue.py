"""Written by `tools/async_client.py` out of `tarry.client.catalogue`: change that."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from tarry.client.answers import Service, Workflow
from tarry.client.asynchronous.door import AsyncDoor as Door
from tarry.client.catalogue import _flags, _given, _version
from tarry.client.findings import Inspection, Retirement, Version
from tarry.client.paths import part


class AsyncCatalogueCalls:
    """One method for each thing that can be done with services and workflows."""

    _door: Door

    # ── services ────────────────────────────────────────────────────────────────────────────────

    async def services(
        self, search: str = "", *, category: str = "", company: str = ""
    ) -> list[Service]:
        """List the services that we may use.

        Args:
            search: words that all have to be there.
            category: only these.
            company: only what it offers.
        """
        asked = {"q": search, "category": category, "company": company}
        return [Service.read(item) async for item in self._pages("/services", asked)]

    async def service(self, name: str) -> Service:
        """Show one service, and its health."""
        return Service.read(await self._door.json("GET", f"/services/{part(name)}"))

    async def inspect(self, wsdl: str) -> Inspection:
        """Look at a WSDL before anything of it is registered."""
        return Inspection.read(
            await self._door.json("POST", "/services/inspect", json={"wsdl": wsdl})
        )

    async def register_service(self, wsdl: str, operation: str, **said: Any) -> Service:
        """Register an operation of a WSDL; the platform reads it and checks the contract.

        Args:
            wsdl: address of the WSDL.
            operation: name of the operation.
            said: `kind`, `title`, `description`, `category`, `company`, `repeatable`, `most_runs`,
                `uri`, `corrections` and `shared`; what is left out the WSDL tells.
        """
        asked = {"wsdl": wsdl, "operation": operation} | _given(said)
        return Service.read(await self._door.once("POST", "/services", json=asked))

    async def refresh_service(self, name: str, *, dry_run: bool = False) -> Service:
        """Read a service's WSDL again; `dry_run` only tells what would change and break."""
        path = f"/services/{part(name)}/refresh"
        return Service.read(await self._door.once("POST", path, params=_flags(dry_run=dry_run)))

    async def edit_service(
        self, name: str, *, dry_run: bool = False, force: bool = False, **said: Any
    ) -> Service:
        """Say other things of a service.

        Args:
            name: of the service.
            dry_run: only tell what would change and break.
            force: give it another URI although published workflows use this one.
            said: `title`, `description`, `category`, `company`, `kind`, `repeatable`, `most_runs`,
                `wsdl`, `uri` and `corrections`; what is left out stays.
        """
        data = await self._door.json(
            "PATCH",
            f"/services/{part(name)}",
            json=_given(said),
            params=_flags(dry_run=dry_run, force=force),
        )
        return Service.read(data)

    async def retire_service(
        self, name: str, *, dry_run: bool = False, force: bool = False
    ) -> Retirement:
        """Let nobody use a service any more; `force`: although published workflows use it."""
        path = f"/services/{part(name)}"
        flags = _flags(dry_run=dry_run, force=force)
        return Retirement.read(await self._door.json("DELETE", path, params=flags))

    async def service_versions(self, name: str) -> list[Service]:
        """List every version of a service, newest first."""
        return [
            Service.read(one)
            for one in (await self._door.items(f"/services/{part(name)}/versions"))
        ]

    # ── workflows ───────────────────────────────────────────────────────────────────────────────

    async def workflows(
        self, search: str = "", *, category: str = "", company: str = ""
    ) -> list[Workflow]:
        """List the workflows that we may see; see `services`."""
        asked = {"q": search, "category": category, "company": company}
        return [Workflow.read(item) async for item in self._pages("/workflows", asked)]

    async def workflow(self, name: str, version: int | None = None) -> Workflow:
        """Show one workflow, its newest version unless another is named."""
        path = f"/workflows/{part(name)}"
        return Workflow.read(await self._door.json("GET", path, params=_version(version)))

    async def check_workflow(self, name: str, version: int | None = None) -> Workflow:
        """Show a workflow with all that keeps it from running."""
        path = f"/workflows/{part(name)}/check"
        return Workflow.read(await self._door.json("GET", path, params=_version(version)))

    async def document(self, name: str, version: int | None = None, *, form: str = "xml") -> bytes:
        """Give a workflow's document, as `xml` or `json`."""
        path = f"/workflows/{part(name)}/document"
        params = _version(version) | {"form": form}
        return await self._door.content("GET", path, params=params)

    async def import_workflow(
        self,
        document: bytes,
        *,
        draft: bool = False,
        shared: bool = False,
        comment: str = "",
        expected_version: int | None = None,
        name: str = "",
    ) -> Workflow:
        """Bring a workflow document (XML or JSON) into the catalogue; it is not published yet.

        Args:
            document: what to save.
            draft: keep it even if it has problems.
            shared: every project sees it.
            comment: what we say of this version.
            expected_version: the newest version as we know it, or 0; refused if there is another.
            name: save it under this name, whatever the document says.
        """
        params = _flags(draft=draft, shared=shared)
        if name:
            params["name"] = name
        if comment:
            params["comment"] = comment
        if expected_version is not None:
            params["expected_version"] = str(expected_version)
        headers = {"Content-Type": "application/octet-stream"}
        data = await self._door.once(
            "POST", "/workflows", data=document, headers=headers, params=params
        )
        return Workflow.read(data)

    async def publish(
        self,
        name: str,
        version: int | None = None,
        *,
        category: str | None = None,
        company: str | None = None,
        dry_run: bool = False,
        force: bool = False,
    ) -> Workflow:
        """Make a version of a workflow the one that is run: the newest unless another is named.

        Args:
            name: of the workflow.
            version: which.
            category: where people look for it.
            company: who offers it.
            dry_run: only tell which workflows that use it would break.
            force: although published ones do; it is refused otherwise (`breaks-workflows`).
        """
        asked = _given({"version": version, "category": category, "company": company})
        path = f"/workflows/{part(name)}/publish"
        flags = _flags(dry_run=dry_run, force=force)
        return Workflow.read(await self._door.once("POST", path, json=asked, params=flags))

    async def retract(self, name: str, *, dry_run: bool = False, force: bool = False) -> Workflow:
        """Let no more runs start from a workflow; its versions stay.

        Args:
            name: of the workflow.
            dry_run: only tell which workflows that use it would break.
            force: although published ones do; it is refused otherwise (`breaks-workflows`).
        """
        path = f"/workflows/{part(name)}/retract"
        flags = _flags(dry_run=dry_run, force=force)
        return Workflow.read(await self._door.once("POST", path, params=flags))

    async def label_workflow(
        self, name: str, *, category: str | None = None, company: str | None = None
    ) -> Workflow:
        """Say where people look for a workflow, and who offers it."""
        asked = _given({"category": category, "company": company})
        return Workflow.read(await self._door.json("PATCH", f"/workflows/{part(name)}", json=asked))

    async def workflow_versions(self, name: str) -> list[Version]:
        """List every version of a workflow, newest first."""
        path = f"/workflows/{part(name)}/versions"
        return [Version.read(one) for one in (await self._door.items(path))]

    async def restore(self, name: str, version: int) -> Workflow:
        """Make an old version the newest one again; what is published stays."""
        path = f"/workflows/{part(name)}/versions/{version}/restore"
        return Workflow.read(await self._door.once("POST", path))

    async def delete_draft(self, name: str, version: int) -> None:
        """Forget a version that was never published."""
        (await self._door.done("DELETE", f"/workflows/{part(name)}/versions/{version}"))

    async def picture(self, name: str) -> bytes:
        """Give the picture of a workflow."""
        return await self._door.content("GET", f"/workflows/{part(name)}/picture")

    async def set_picture(self, name: str, data: bytes | None) -> None:
        """Give a workflow a picture (PNG, JPEG or WebP), or none."""
        path = f"/workflows/{part(name)}/picture"
        method = "DELETE" if data is None else "PUT"
        (await self._door.done(method, path, data=data))

    async def _pages(self, path: str, asked: Mapping[str, str]) -> AsyncIterator[dict[str, Any]]:
        params = {name: value for name, value in asked.items() if value}
        while True:
            page = await self._door.json("GET", path, params=params)
            for item in page["items"]:
                yield item
            if not page.get("next"):
                return
            params["after"] = page["next"]
