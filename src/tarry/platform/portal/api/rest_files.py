"""REST: files. Streamed both ways; nothing of a file is ever held in memory as a whole."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from tarry.platform.portal.api.answers import FileAnswer, FolderAnswer, FolderFile, Items
from tarry.platform.portal.api.door import TheCaller, TheDoor
from tarry.platform.portal.api.guards import FOREIGN_CONTENT
from tarry.platform.portal.api.openapi import problems

router = APIRouter(tags=["files"])

FILES_PATH = "/api/v1/files"
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_ANY_FILE: dict[str, Any] = {"application/octet-stream": _BYTES}
_BODY = {"requestBody": {"required": True, "content": _ANY_FILE}}
FolderUri = Annotated[
    str, Query(max_length=2000, description="The storage URI of the folder, with its last slash")
]
Uri = Annotated[str, Query(max_length=2000, description="The storage URI of the file")]


@router.post("/files", status_code=201, operation_id="uploadFile", openapi_extra=_BODY)
async def upload(
    name: Annotated[str, Query(min_length=1, max_length=255)],
    request: Request,
    door: TheDoor,
    caller: TheCaller,
) -> FileAnswer:
    """Upload a file; it gets a place of its own and is there as a whole or not at all."""
    info = await door.rooms.files.upload(caller, name, request.stream(), _announced(request))
    return FileAnswer(uri=str(info.uri), name=info.name, size=info.size)


@router.put("/files", status_code=201, operation_id="storeFile", openapi_extra=_BODY)
async def store(uri: Uri, request: Request, door: TheDoor, caller: TheCaller) -> FileAnswer:
    """Store a file at its URI: how services hand over their outputs."""
    info = await door.rooms.files.store(caller, uri, request.stream(), _announced(request))
    return FileAnswer(uri=str(info.uri), name=info.name, size=info.size)


@router.get(
    "/files",
    response_class=Response,
    operation_id="downloadFile",
    responses=problems(404) | {200: {"content": _ANY_FILE, "description": "The file"}},
)
async def download(uri: Uri, door: TheDoor, caller: TheCaller) -> StreamingResponse:
    """Download a file. It is always an attachment: nothing stored here runs in our origin."""
    info, chunks = await door.rooms.files.read(caller, uri)
    headers = {
        "Content-Length": str(info.size),
        "Content-Disposition": disposition(info.name),
        **FOREIGN_CONTENT,
        "Cache-Control": "private, no-cache",
    }
    return StreamingResponse(chunks, headers=headers, media_type="application/octet-stream")


@router.post("/folders", status_code=201, operation_id="newFolder")
async def new_folder(
    name: Annotated[str, Query(min_length=1, max_length=255)], door: TheDoor, caller: TheCaller
) -> FolderAnswer:
    """Make a folder; it gets a place of its own. Its files are then stored beneath its URI."""
    return FolderAnswer(uri=await door.rooms.files.new_folder(caller, name))


@router.put("/folders", status_code=201, operation_id="makeFolder")
async def make_folder(uri: FolderUri, door: TheDoor, caller: TheCaller) -> FolderAnswer:
    """Make a folder at its URI: how services hand over outputs that are folders."""
    return FolderAnswer(uri=await door.rooms.files.make_folder(caller, uri))


@router.get("/folders", operation_id="listFolder", responses=problems(404))
async def list_folder(uri: FolderUri, door: TheDoor, caller: TheCaller) -> Items[FolderFile]:
    """List all files in a folder, also those in folders of it."""
    found = await door.rooms.files.list_folder(caller, uri)
    return Items(
        items=[
            FolderFile(path=path, uri=str(info.uri), size=info.size) for path, info in found.files
        ]
    )


def _announced(request: Request) -> int | None:
    length = request.headers.get("content-length")
    return int(length) if length is not None else None  # BodyLimit has looked at it


def disposition(name: str) -> str:
    """Name a download so that every browser understands it and no name can break the header."""
    plain = "".join(
        sign if sign.isascii() and sign.isprintable() and sign not in '"\\%;' else "_"
        for sign in name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
