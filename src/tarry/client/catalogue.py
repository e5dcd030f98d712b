"""The platform's catalogue: services and workflows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tarry.client.answers import Service, Workflow
from tarry.client.door import Door
from tarry.client.findings import Inspection, Retirement, Version
from tarry.client.paths import part

Corrections = Mapping[str, Mapping[str, str | Sequence[str]]]
"""What ports really are: `{"inputs/part": {"type": "file"}}`; an empty one takes it back."""


class CatalogueCalls:
    """One method for each thing that can be done with services and workflows."""

    _door: Door

    # ── services ────────────────────────────────────────────────────────────────────────────────

    def services(self, search: str = "", *, category: str = "", company: str = "") -> list[Service]:
        """List the services that we may use.

        Args:
            search: words that all have to be there.
            category: only these.
            company: only what it offers.
        """
        asked = {"q": search, "category": category, "company": company}
        return [Service.read(item) for item in self._pages("/services", asked)]

    def service(self, name: str) -> Service:
        """Show one service, and its health."""
        return Service.read(self._door.json("GET", f"/services/{part(name)}"))

    def inspect(self, wsdl: str) -> Inspection:
        """Look at a WSDL before anything of it is registered."""
        return Inspection.read(self._door.json("POST", "/services/inspect", json={"wsdl": wsdl}))

    def register_service(self, wsdl: str, operation: str, **said: Any) -> Service:
        """Register an operation of a WSDL; the platform reads it and checks the contract.

        Args:
            wsdl: address of the WSDL.
            operation: name of the operation.
            said: `kind`, `title`, `description`, `category`, `company`, `repeatable`, `most_runs`,
                `uri`, `corrections` and `shared`; what is left out the WSDL tells.
        """
        asked = {"wsdl": wsdl, "operation": operation} | _given(said)
        return Service.read(self._door.once("POST", "/services", json=asked))

    def refresh_service(self, name: str, *, dry_run: bool = False) -> Service:
        """Read a service's WSDL again; `dry_run` only tells what would change and break."""
        path = f"/services/{part(name)}/refresh"
        return Service.read(self._door.once("POST", path, params=_flags(dry_run=dry_run)))

    def edit_service(
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
        data = self._door.json(
            "PATCH",
            f"/services/{part(name)}",
            json=_given(said),
            params=_flags(dry_run=dry_run, force=force),
        )
        return Service.read(data)

    def retire_service(
        self, name: str, *, dry_run: bool = False, force: bool = False
    ) -> Retirement:
        """Let nobody use a service any more; `force`: although published workflows use it."""
        path = f"/services/{part(name)}"
        flags = _flags(dry_run=dry_run, force=force)
        return Retirement.read(self._door.json("DELETE", path, params=flags))

    def service_versions(self, name: str) -> list[Service]:
        """List every version of a service, newest first."""
        return [Service.read(one) for one in self._door.items(f"/services/{part(name)}/versions")]

    # ── workflows ───────────────────────────────────────────────────────────────────────────────

    def workflows(
        self, search: str = "", *, category: str = "", company: str = ""
    ) -> list[Workflow]:
        """List the workflows that we may see; see `services`."""
        asked = {"q": search, "category": category, "company": company}
        return [Workflow.read(item) for item in self._pages("/workflows", asked)]

    def workflow(self, name: str, version: int | None = None) -> Workflow:
        """Show one workflow, its newest version unless another is named."""
        path = f"/workflows/{part(name)}"
        return Workflow.read(self._door.json("GET", path, params=_version(version)))

    def check_workflow(self, name: str, version: int | None = None) -> Workflow:
        """Show a workflow with all that keeps it from running."""
        path = f"/workflows/{part(name)}/check"
        return Workflow.read(self._door.json("GET", path, params=_version(version)))

    def document(self, name: str, version: int | None = None, *, form: str = "xml") -> bytes:
        """Give a workflow's document, as `xml` or `json`."""
        path = f"/workflows/{part(name)}/document"
        params = _version(version) | {"form": form}
        return self._door.content("GET", path, params=params)

    def import_workflow(
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
        data = self._door.once("POST", "/workflows", data=document, headers=headers, params=params)
        return Workflow.read(data)

    def publish(
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
        return Workflow.read(self._door.once("POST", path, json=asked, params=flags))

    def retract(self, name: str, *, dry_run: bool = False, force: bool = False) -> Workflow:
        """Let no more runs start from a workflow; its versions stay.

        Args:
            name: of the workflow.
            dry_run: only tell which workflows that use it would break.
            force: although published ones do; it is refused otherwise (`breaks-workflows`).
        """
        path = f"/workflows/{part(name)}/retract"
        flags = _flags(dry_run=dry_run, force=force)
        return Workflow.read(self._door.once("POST", path, params=flags))

    def label_workflow(
        self, name: str, *, category: str | None = None, company: str | None = None
    ) -> Workflow:
        """Say where people look for a workflow, and who offers it."""
        asked = _given({"category": category, "company": company})
        return Workflow.read(self._door.json("PATCH", f"/workflows/{part(name)}", json=asked))

    def workflow_versions(self, name: str) -> list[Version]:
        """List every version of a workflow, newest first."""
        path = f"/workflows/{part(name)}/versions"
        return [Version.read(one) for one in self._door.items(path)]

    def restore(self, name: str, version: int) -> Workflow:
        """Make an old version the newest one again; what is published stays."""
        path = f"/workflows/{part(name)}/versions/{version}/restore"
        return Workflow.read(self._door.once("POST", path))

    def delete_draft(self, name: str, version: int) -> None:
        """Forget a version that was never published."""
        self._door.done("DELETE", f"/workflows/{part(name)}/versions/{version}")

    def picture(self, name: str) -> bytes:
        """Give the picture of a workflow."""
        return self._door.content("GET", f"/workflows/{part(name)}/picture")

    def set_picture(self, name: str, data: bytes | None) -> None:
        """Give a workflow a picture (PNG, JPEG or WebP), or none."""
        path = f"/workflows/{part(name)}/picture"
        method = "DELETE" if data is None else "PUT"
        self._door.done(method, path, data=data)

    def _pages(self, path: str, asked: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        params = {name: value for name, value in asked.items() if value}
        while True:
            page = self._door.json("GET", path, params=params)
            for item in page["items"]:  # noqa: UP028 - the asynchronous client is made of this
                yield item
            if not page.get("next"):
                return
            params["after"] = page["next"]


def _given(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


def _flags(**flags: bool) -> dict[str, str]:
    return {name: "true" for name, value in flags.items() if value}


def _version(version: int | None) -> dict[str, str]:
    return {} if version is None else {"version": str(version)}
