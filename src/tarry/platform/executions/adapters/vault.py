"""The secrets of runs on the disk: a file for each run, which only the platform's account reads.

They are no rows of the database, which keeps what was deleted in its free pages and its log, which
is backed up, and which may be somebody else's.
"""

import asyncio
import json
import os
import re
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from tarry.platform.kernel.model import ExecutionId

_NAME = re.compile(r"[0-9A-Za-z-]{1,64}")


class FileVault:
    """Keeps the secrets of runs beneath a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, exist_ok=True)

    async def keep(self, execution: ExecutionId, secrets: Mapping[str, str]) -> None:
        """Keep the secrets of a run durably."""
        await asyncio.to_thread(self._write, execution, json.dumps(dict(secrets)))

    async def secrets_of(self, execution: ExecutionId) -> Mapping[str, str]:
        """Give the secrets of a run; none if they were forgotten."""
        try:
            text = await asyncio.to_thread(self._file(execution).read_text, "utf-8")
        except FileNotFoundError:
            return {}
        found: Mapping[str, str] = json.loads(text)
        return found

    async def forget(self, execution: ExecutionId) -> None:
        """Remove the secrets of a run; twice does no harm."""
        await asyncio.to_thread(self._file(execution).unlink, missing_ok=True)

    async def known(self, older_than: timedelta) -> Collection[ExecutionId]:
        """Tell the runs whose secrets have been kept for so long."""
        return await asyncio.to_thread(self._known, older_than)

    def _known(self, older_than: timedelta) -> Collection[ExecutionId]:
        limit = time.time() - older_than.total_seconds()
        found: list[ExecutionId] = []
        for file in self._folder.iterdir():
            with suppress(FileNotFoundError):  # another process may forget it just now
                if file.stat().st_mtime > limit:
                    continue
                if _NAME.fullmatch(file.name):
                    found.append(ExecutionId(file.name))
                else:
                    file.unlink()  # a draft that somebody did not come to rename
        return found

    def _file(self, execution: ExecutionId) -> Path:
        if not _NAME.fullmatch(execution):
            raise ValueError(f"{execution!r} cannot name a file")
        return self._folder / execution

    def _write(self, execution: ExecutionId, text: str) -> None:
        file = self._file(execution)
        draft = file.with_name(f".{file.name}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(descriptor)
            draft.replace(file)
        except OSError:
            with suppress(FileNotFoundError):
                draft.unlink()
            raise
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
