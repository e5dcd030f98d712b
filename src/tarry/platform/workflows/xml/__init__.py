"""The XML form of a workflow document, read and written.

Source: CONTRACT §5 and, for what is ours, `docs/reference/workflow-documents.md`.
"""

from tarry.platform.workflows.xml.names import NAMESPACE
from tarry.platform.workflows.xml.reader import read
from tarry.platform.workflows.xml.writer import write

__all__ = ["NAMESPACE", "read", "write"]
