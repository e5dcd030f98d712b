"""Loading the module of a service by its path."""

import importlib.util
import sys
from hashlib import sha256
from pathlib import Path
from traceback import TracebackException
from types import ModuleType

from tarry.contract.errors import TarryError
from tarry.service.errors import ProgramFileInvalid
from tarry.service.functions.kit import Service


def load_service(file: Path) -> tuple[Service, str]:
    """Import a module, and give the service that it defines and what the module says of itself.

    Raises:
        ProgramFileInvalid: it cannot be imported, or does not define exactly one service.
    """
    module = _import(file)
    services = {id(found): found for found in vars(module).values() if isinstance(found, Service)}
    if len(services) != 1:
        reason = "defines no service: write 'service = Service(\"Name\")' and decorate functions"
        if services:
            reason = f"defines {len(services)} services; each needs a file of its own"
        raise ProgramFileInvalid(where=str(file), reason=reason)
    return services.popitem()[1], (module.__doc__ or "").strip()


def _import(file: Path) -> ModuleType:
    path = file.resolve()
    # several services of one process may have files of the same name
    name = f"tarry_service_{path.stem}_{sha256(str(path).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ProgramFileInvalid(where=str(file), reason="is no Python module")
    module = importlib.util.module_from_spec(spec)
    if str(path.parent) not in sys.path:
        # at the end: a module of the author's must not take the place of one that we need
        sys.path.append(str(path.parent))
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except TarryError:
        raise
    except (Exception, SystemExit) as error:  # whatever an author's module does
        found = TracebackException.from_exception(error)
        lines = [frame.lineno for frame in found.stack if frame.filename == str(path)]
        where = f"{file}:{lines[-1]}" if lines and lines[-1] else str(file)
        said = "".join(found.format_exception_only()).strip()
        raise ProgramFileInvalid(where=where, reason=f"cannot be imported: {said}") from error
    return module
