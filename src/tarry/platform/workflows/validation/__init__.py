"""What is wrong with a workflow, all at once, and what its ports are."""

from tarry.platform.workflows.validation.inference import infer_ports
from tarry.platform.workflows.validation.library import Ports
from tarry.platform.workflows.validation.notices import notices
from tarry.platform.workflows.validation.rules import NAME_RULE, is_name, problems

__all__ = ["NAME_RULE", "Ports", "infer_ports", "is_name", "notices", "problems"]
