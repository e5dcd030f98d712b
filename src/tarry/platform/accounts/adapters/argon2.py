"""Passwords hashed by argon2."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Each takes 64 MiB and tens of milliseconds of all cores: a crowd must not take the machine."""


class Argon2Passwords:
    """Hashes off the event loop, a few at once."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
        # Made beforehand: the first log-in of an unknown user must take no longer than others.
        self._of_nobody = self._threads.submit(self._hasher.hash, secrets.token_bytes(16))

    async def hash(self, password: str) -> str:
        """Hash a password."""
        hashed: str = await self._run(self._hasher.hash, _encoded(password))
        return hashed

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Tell whether a password is the one that was hashed."""
        # Shielded: a caller who is cancelled must not cancel what all callers wait for.
        of_nobody = await asyncio.shield(asyncio.wrap_future(self._of_nobody))
        compared = password_hash or of_nobody
        verified: bool = await self._run(self._verify, compared, _encoded(password))
        return verified and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether a hash was made with weaker settings than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()

    def _verify(self, password_hash: str, password: bytes) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def _encoded(password: str) -> bytes:
    # Whatever a client sends can be compared; a lone surrogate is no reason for a crash.
    return password.encode("utf-8", "surrogatepass")
