"""From the text of a program file to its meaning; errors name file, line and key."""

from tarry.service.model.program_file.service import read

__all__ = ["read"]
