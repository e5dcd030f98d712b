"""What a WSDL says for people: no more than anybody reads, and nothing that nobody sees."""

from lxml import etree

from tarry.contract.ports import Port
from tarry.soap.describe import wsdl
from tarry.soap.remarks import Remarks
from tarry.soap.schema import Interface, Operation, elements

UNSEEN = "\u202e\u2066\u200b\ufeff\u2060"
# Persian with a joiner, a family in one sign, Hebrew with a mark of direction: all of it is seen.
SCRIPTS = "می\u200cخواهم 👨\u200d👩\u200d👧 שלום\u200f! 3\u202fmm"  # noqa: RUF001


def read(operation: Operation) -> tuple[str, Port]:
    """Write an operation into a WSDL, and read what is said of it and of its only port."""
    interface = Interface(name="A", namespace="urn:a", operations=(operation,))
    remarks = Remarks([etree.fromstring(wsdl(interface, "http://x/a"))])
    said = remarks.of_operation("say", "{urn:a}say").documentation
    children = remarks.children(remarks.element("{urn:a}say"))
    return said, remarks.amend(Port(name="word"), children["word"])


def test_titles_and_descriptions_are_no_longer_than_anybody_reads() -> None:
    port = Port(name="word", title="t" * 9_999, unit="u" * 999, description="d" * 99_999)
    operation = Operation(
        name="say", inputs=elements(port), outputs=(), documentation="x" * 5_000_000
    )
    said, found = read(operation)
    assert said == "x" * 9_999 + "…"
    assert found.title == "t" * 199 + "…"
    assert found.unit == "u" * 49 + "…"
    assert found.description == "d" * 9_999 + "…"


def test_nothing_stays_in_them_that_turns_other_words_round_or_that_nobody_sees() -> None:
    title = f"safe{UNSEEN}gnp.exe"
    port = Port(name="word", title=title, description=f"{title}\n  {SCRIPTS}")
    operation = Operation(name="say", inputs=elements(port), outputs=(), documentation=title)
    said, found = read(operation)
    assert (said, found.title) == ("safegnp.exe", "safegnp.exe")
    assert found.description == f"safegnp.exe\n{SCRIPTS}"
