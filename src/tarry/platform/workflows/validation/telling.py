"""Making problems."""

from tarry.platform.workflows.model import Problem


def problem(place: str, code: str, message: str) -> Problem:
    """Make one; every call stands on one line with its code, so that the page is held to them."""
    return Problem(place=place, code=code, message=message)
