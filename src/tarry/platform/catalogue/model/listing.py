"""Which services or workflows of a long list are wanted. Pure."""

from dataclasses import dataclass

from tarry.platform.catalogue.model.services import ServiceEntry
from tarry.platform.catalogue.model.workflows import WorkflowEntry
from tarry.platform.kernel.model import WHOLE, Stretch


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for.

    Attributes:
        text: words that all have to be there, in any case; empty: whatever.
        category: empty: of any; so is the company.
        stretch: which piece of what is found, by name and URI.
    """

    text: str = ""
    category: str = ""
    company: str = ""
    stretch: Stretch = WHOLE

    @property
    def words(self) -> tuple[str, ...]:
        """The words, as `searchable` has them."""
        return tuple(_plain(self.text).split())


EVERYTHING = Search()


@dataclass(frozen=True, kw_only=True)
class Versions:
    """A piece of the list of a thing's versions, newest first.

    Attributes:
        before: only older ones than this; none: from the newest.
        limit: at most so many; none: all.
    """

    before: int | None = None
    limit: int | None = None


ALL_VERSIONS = Versions()


def searchable(entry: ServiceEntry | WorkflowEntry) -> str:
    """Give what is looked through for words: capitals and other forms of a letter are one."""
    said = (entry.name, entry.title, entry.description, entry.category, entry.company, entry.uri)
    return _plain("\n".join(said))


def _plain(text: str) -> str:
    return text.replace("\0", "").casefold()
