"""The JSON form of a workflow document: read, written, and described by a JSON Schema.

It says the same as the XML form, for editors and for comparing versions.
"""

from tarry.platform.workflows.json_form.documents import json_schema, read, write

__all__ = ["json_schema", "read", "write"]
