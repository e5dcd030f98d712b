"""Workflow documents of any length, for the benchmarks."""

from xml.sax.saxutils import quoteattr


def chain(name: str, service: str, steps: int, *, first: str, wired: tuple[str, str]) -> bytes:
    """Wire `steps` uses of one service one after another.

    Args:
        name: of the workflow.
        service: URI of the service.
        steps: how many.
        first: constant for the input of the first step.
        wired: input and output of the service that are wired: each step gets what the one before
            it gave. The last one's output is the workflow's output `last`.
    """
    wire_in, wire_out = wired
    base = service.partition("#")[0]
    pieces = []
    for number in range(1, steps + 1):
        source = f'ID="" t:value={quoteattr(first)}' if number == 1 else f'ID="s{number - 1}o"'
        pieces.append(
            f"<service URI={quoteattr(service)}>"
            f'<input URI="{base}#{wire_in}" {source}/>'
            f'<output URI="{base}#{wire_out}" ID="s{number}o"/></service>'
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<workflow xmlns:t="urn:tarry:workflow:1" URI="http://tarry/workflow/{name}.owl#{name}">'
        f'<output URI="#last" ID="s{steps}o"/>'
        f"<services><sequence>{''.join(pieces)}</sequence></services></workflow>"
    ).encode()
