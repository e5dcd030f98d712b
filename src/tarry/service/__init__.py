"""The author's kit: a program file, or a few Python functions, become a web service.

For functions: `from tarry.service import Run, Service, port`; see docs/reference/functions.md.
"""

from tarry.service.functions.facets import port
from tarry.service.functions.hints import Secret
from tarry.service.functions.kit import Failure, Service
from tarry.service.functions.run import Run

__all__ = ["Failure", "Run", "Secret", "Service", "port"]
