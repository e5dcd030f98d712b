"""Tokens, and capabilities that are derived instead of stored.

A token consists of letters only: clients in use take one that holds `401` for a failed log-in, and
cut one that holds `,` or `=`.
"""

import hmac
import re
from dataclasses import dataclass, field
from hashlib import sha256

from tarry.platform.kernel.errors import InvalidSetting
from tarry.platform.kernel.model import ExecutionId, StepRunId

_HEX = "0123456789abcdef"
_LETTERS = "bcdfghjkmnpqrstv"  # consonants: no token spells a word
_TO_LETTERS = str.maketrans(_HEX, _LETTERS)
_TO_HEX = str.maketrans(_LETTERS, _HEX)
_SESSION = re.compile(rf"s[{_LETTERS}]{{64}}")
_API = re.compile(rf"t[{_LETTERS}]{{64}}")
_RUN = re.compile(rf"r([{_LETTERS}]{{32}})([{_LETTERS}]{{32}})")
_EXECUTION = re.compile(r"[0-9a-f]{32}")
SHORTEST_SECRET = 32
"""Bytes that the platform's secret must have at least."""


def is_execution_id(text: str) -> bool:
    """Tell whether a text looks like the id of a run."""
    return _EXECUTION.fullmatch(text) is not None


def session_token(randomness: bytes) -> str:
    """Make a session token out of 32 random bytes."""
    return "s" + randomness.hex().translate(_TO_LETTERS)


def is_session_token(token: str) -> bool:
    """Tell whether a text looks like a session token; it may still not be one."""
    return _SESSION.fullmatch(token) is not None


def api_token(randomness: bytes) -> str:
    """Make an API token out of 32 random bytes."""
    return "t" + randomness.hex().translate(_TO_LETTERS)


def is_api_token(token: str) -> bool:
    """Tell whether a text looks like an API token; it may still not be one."""
    return _API.fullmatch(token) is not None


def token_hash(token: str) -> str:
    """Give what is stored of a token. It is random enough that a plain hash cannot be reversed."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Keys:
    """Derives secrets from the platform's one secret, each bound to its purpose and subject.

    Nothing that is derived here is stored anywhere; who holds it can do exactly one thing.
    """

    secret: bytes = field(repr=False)
    _keyed: hmac.HMAC = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.secret) < SHORTEST_SECRET:
            raise InvalidSetting(
                setting="secret", reason=f"it needs at least {SHORTEST_SECRET} bytes"
            )
        # Copied for each use: making one from the secret costs most of what a token costs.
        object.__setattr__(self, "_keyed", hmac.new(self.secret, digestmod="sha256"))

    def run_token(self, execution: ExecutionId) -> str:
        """Give the token of a run: good for it and its files until it ends."""
        if not is_execution_id(execution):
            reason = f"{execution!r} is not the id of a run"
            raise ValueError(reason)
        return f"r{execution.translate(_TO_LETTERS)}{self._derive('run token', execution)}"

    def run_of(self, token: str) -> ExecutionId | None:
        """Tell the run whose token this is, or `None` if we never made it."""
        parts = _RUN.fullmatch(token)
        if parts is None:
            return None
        execution = ExecutionId(parts[1].translate(_TO_HEX))
        expected = self._derive("run token", execution)
        return execution if hmac.compare_digest(parts[2], expected) else None

    def push_capability(self, step_run: StepRunId) -> str:
        """Give what a service shows to make the manager look at one step run now."""
        return f"{step_run}.{self._derive('push', step_run)}"

    def pushed_step_run(self, capability: str) -> StepRunId | None:
        """Tell the step run that a push capability is for, or `None` if we never made it."""
        step_run, _, proof = capability.rpartition(".")
        return StepRunId(step_run) if self._proves("push", step_run, proof) else None

    def page_capability(self, step_run: StepRunId) -> str:
        """Give what opens the status page of one step run, without a log-in."""
        return self._derive("page", step_run)

    def opens_page(self, step_run: StepRunId, capability: str) -> bool:
        """Tell whether a capability opens the status page of a step run."""
        return self._proves("page", step_run, capability)

    def answering_capability(self, step_run: StepRunId) -> str:
        """Give what opens the status page of one step run with all that it needs to answer.

        For those only who may run something: such a page holds the token of its run.
        """
        return self._derive("answering page", step_run)

    def lets_answer(self, step_run: StepRunId, capability: str) -> bool:
        """Tell whether a capability opens the status page of a step run for answers."""
        return self._proves("answering page", step_run, capability)

    def request_digest(self, request: str) -> str:
        """Give what tells a request from others without betraying what it holds."""
        return self._derive("request", request)

    def _proves(self, purpose: str, subject: str, proof: str) -> bool:
        expected = self._derive(purpose, subject)
        return hmac.compare_digest(proof.encode("utf-8", "surrogatepass"), expected.encode())

    def _derive(self, purpose: str, subject: str) -> str:
        message = f"{purpose}\0{subject}".encode("utf-8", "surrogatepass")
        keyed = self._keyed.copy()
        keyed.update(message)
        return keyed.hexdigest()[:32].translate(_TO_LETTERS)
