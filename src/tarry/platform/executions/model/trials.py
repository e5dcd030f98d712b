"""Runs that try something out before it is published."""

from enum import StrEnum


class Trial(StrEnum):
    """What a run tries out, if it is none of a published workflow."""

    WORKFLOW = "workflow"  # a version of it that was not the published one
    SERVICE = "service"  # a service on its own
