"""Making workflow documents, and getting them ready to run."""

from tarry.platform.workflows.operations.documents import is_json, read_document
from tarry.platform.workflows.operations.expansion import expanded
from tarry.platform.workflows.operations.making import one_step, workflow_uri

__all__ = ["expanded", "is_json", "one_step", "read_document", "workflow_uri"]
