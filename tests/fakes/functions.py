"""Modules of functions, written by tests."""

from pathlib import Path

HEAD = """
import asyncio
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Generator, Iterator, Literal, NamedTuple

from tarry.service import Failure, Run, Secret, Service, port

service = Service("Made", path="made")

"""


def module(folder: Path, text: str, *, name: str = "made.py") -> Path:
    """Write a module that defines a service `Made`, and functions as the text has them."""
    file = folder / name
    file.write_text(HEAD + text)
    return file
