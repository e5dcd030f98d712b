"""Instants, durations and sizes in the words of a page."""

import math
from datetime import UTC, datetime, timedelta

_SIZES = ("B", "kB", "MB", "GB", "TB")


def duration(length: timedelta) -> str:
    """Say how long something took, in the two largest units that matter: `2 h 05 min`."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02} s"
    if seconds < 86_400:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02} min"
    return f"{seconds // 86_400} d {seconds % 86_400 // 3600} h"


def size(count: int) -> str:
    """Say how large a file is, in decimal units: `3.4 MB`."""
    if count < 1000:
        return f"{count} B"
    power = min(int(math.log(count, 1000)), len(_SIZES) - 1)
    scaled = count / 1000**power
    digits = f"{scaled:.0f}" if scaled >= 100 else f"{scaled:.3g}"
    return f"{digits} {_SIZES[power]}"


def ago(instant: datetime, now: datetime) -> str:
    """Say how long ago something was, roughly; beyond a week, say the day."""
    length = now - instant
    if length < timedelta(minutes=1):
        return "just now"
    if length < timedelta(hours=1):
        return f"{int(length.total_seconds()) // 60} min ago"
    if length < timedelta(days=1):
        return f"{int(length.total_seconds()) // 3600} h ago"
    if length < timedelta(days=7):
        days = length.days
        return f"{days} day{'s' if days > 1 else ''} ago"
    return instant.astimezone(UTC).strftime("%-d %b %Y")


def number(text: str) -> str:
    """Group the digits of a long whole number by thin spaces, and leave anything else alone."""
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdecimal() or len(digits) < 5:
        return text
    return ("-" if text.startswith("-") else "") + f"{int(digits):,}".replace(",", "\u202f")


def short(identifier: str) -> str:
    """Shorten a long id to what tells it apart among a person's own."""
    return identifier[:8]


def file_name(uri: str) -> str:
    """Give the last part of a storage URI, which is the file's name."""
    return uri.rstrip("/").rsplit("/", 1)[-1]
