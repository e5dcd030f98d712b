"""Requests that no client would send: valid SOAP calls, mangled in every way that came to mind."""

import random
import re
from collections.abc import Callable, Sequence

Mutation = Callable[[random.Random, bytes], bytes]

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_TAG = re.compile(rb"<[^<>]*>")
_ARGUMENT = re.compile(rb"<t:(\w+)>([^<]*)</t:\1>")
_LONGEST = 200_000
"""Bytes that a mutation may add at once; a few such in a thousand requests are enough."""
_TRICKS = (
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;">]>',
    b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
    b"<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]>",
    b'<?xml version="1.1"?>',
    b'<?xml-stylesheet href="http://127.0.0.1:9/a.xsl"?>',
    b"<!-- -- -->",
    b" " * 50,
)
_BITS = (
    b"&x;",
    b"&#0;",
    b"&#xD800;",
    b"&#xFFFF;",
    b"&amp;amp;",
    b"]]>",
    b"<![CDATA[<a>]]>",
    b"<!---->",
    b"<?a b?>",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"<a/>",
    b"</a>",
    b"<",
    b">",
    b'"',
    "\u202e\u2603\U0001d11e".encode(),
    b"%s%n{0}{self.__class__}${jndi:x}",
    b"' OR 1=1 --",
    b"../../etc/passwd",
)
_VALUES = (
    b"",
    b" ",
    b"\n",
    b"-1",
    b"0",
    b"3.5",
    b"NaN",
    b"-INF",
    b"1e999999999",
    b"9" * 5_000,
    b"\xd9\xa3",  # an Arabic three
    b"0x10",
    b"1_000",
    b"TRUE",
    b"2026-02-30T00:00:00Z",
    b"0000-00-00",
    b"2026-01-01T00:00:00+99:99",
    b"local://a/" + b"b/" * 500,
    b"x" * 100_000,
    b" \n" * 50_000,
    b"=" * 50_000,
)
_ENCODINGS = (
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "latin-1",
    "utf-7",
    "utf-8-sig",
    "cp037",
)
_DECLARED = ("utf-8", "utf-16", "iso-8859-1", "us-ascii", "shift_jis", "utf-7", "rot13", "x" * 200)


def call(operation: str, namespace: str, **arguments: str) -> bytes:
    """A valid call."""
    inner = "".join(f"<t:{name}>{text}</t:{name}>" for name, text in arguments.items())
    return (
        f'<e:Envelope xmlns:e="{SOAP}"><e:Header/><e:Body><t:{operation} xmlns:t="{namespace}">'
        f"{inner}</t:{operation}></e:Body></e:Envelope>"
    ).encode()


def mutated(chance: random.Random, corpus: Sequence[bytes]) -> bytes:
    """One request: usually with one to four wounds, now and then unharmed."""
    body = chance.choice(corpus)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3, 4))):
        body = chance.choice(_MUTATIONS)(chance, body)
    return body


def _place(chance: random.Random, body: bytes) -> int:
    return chance.randrange(len(body) + 1)


def _flip(chance: random.Random, body: bytes) -> bytes:
    flipped = bytearray(body)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        if flipped:
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _truncate(chance: random.Random, body: bytes) -> bytes:
    return body[: _place(chance, body)]


def _cut_out(chance: random.Random, body: bytes) -> bytes:
    start, end = sorted((_place(chance, body), _place(chance, body)))
    return body[:start] + body[end:]


def _repeat(chance: random.Random, body: bytes) -> bytes:
    start, end = sorted((_place(chance, body), _place(chance, body)))
    times = chance.choice((2, 3, max(2, min(200, _LONGEST // (end - start + 1)))))
    return body[:start] + body[start:end] * times + body[end:]


def _insert(chance: random.Random, body: bytes) -> bytes:
    place = _place(chance, body)
    return body[:place] + chance.choice(_BITS) + body[place:]


def _insert_text(chance: random.Random, body: bytes) -> bytes:
    """Between two tags, where it is most likely to become a value."""
    ends = [found.end() for found in _TAG.finditer(body)]
    place = chance.choice(ends) if ends else 0
    return body[:place] + chance.choice(_BITS) * chance.choice((1, 1, 1, 30)) + body[place:]


def _prologue(chance: random.Random, body: bytes) -> bytes:
    return chance.choice(_TRICKS) * chance.choice((1, 1, 2, 40)) + body


def _declare(chance: random.Random, body: bytes) -> bytes:
    return f'<?xml version="1.0" encoding="{chance.choice(_DECLARED)}"?>'.encode() + body


def _encode(chance: random.Random, body: bytes) -> bytes:
    return body.decode("utf-8", "replace").encode(chance.choice(_ENCODINGS), "replace")


def _nest(chance: random.Random, body: bytes) -> bytes:
    deep = chance.choice((2, 10, 300, 5_000))
    place = _place(chance, body)
    if tags := [found.start() for found in _TAG.finditer(body)]:
        place = chance.choice(tags)
    return body[:place] + b"<a>" * deep + b"b" + b"</a>" * deep + body[place:]


def _attributes(chance: random.Random, body: bytes) -> bytes:
    ends = [found.end() - 1 for found in _TAG.finditer(body)]
    if not ends:
        return body
    place = chance.choice(ends)
    many = chance.choice((1, 2, 500, 5_000))
    kind = chance.choice((b' a%d="b"', b' xmlns:n%d="urn:n"', b" a%d=b", b' a="%d"'))
    added = b"".join(kind % number for number in range(many))
    if chance.random() < 0.2:
        added = b' a="' + b"x" * chance.choice((1_000, _LONGEST)) + b'"'
    return body[:place] + added + body[place:]


def _namespaces(chance: random.Random, body: bytes) -> bytes:
    old, new = chance.choice(
        (
            (SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope"),
            (SOAP.encode(), b""),
            (b"xmlns:t=", b"xmlns:u="),
            (b"xmlns:t=", b"xmlns="),
            (b"t:", b""),
            (b"t:", b"e:"),
            (b"<e:Header/>", b'<e:Header><a xmlns="u" e:mustUnderstand="1"/></e:Header>'),
            (b"<e:Header/>", b"<e:Body><a/></e:Body>"),
            (b"urn:", b"urn:older:"),
        )
    )
    return body.replace(old, new, chance.choice((1, -1)))


def _shuffle(chance: random.Random, body: bytes) -> bytes:
    pieces = re.split(rb"(?=<)", body)
    start, end = sorted((chance.randrange(len(pieces)), chance.randrange(len(pieces))))
    middle = pieces[start:end]
    chance.shuffle(middle)
    return b"".join(pieces[:start] + middle + pieces[end:])


def _twice(chance: random.Random, body: bytes) -> bytes:
    """Give an argument again, somewhere."""
    found = list(_ARGUMENT.finditer(body))
    if not found:
        return body
    argument, place = chance.choice(found)[0], chance.choice(found).start()
    return body[:place] + argument * chance.choice((1, 2, 2_000)) + body[place:]


def _without(chance: random.Random, body: bytes) -> bytes:
    """Leave an argument out."""
    found = list(_ARGUMENT.finditer(body))
    return body.replace(chance.choice(found)[0], b"") if found else body


def _value(chance: random.Random, body: bytes) -> bytes:
    """Replace the text of an argument."""
    found = list(_ARGUMENT.finditer(body))
    if not found:
        return body
    argument = chance.choice(found)
    return body[: argument.start(2)] + chance.choice(_VALUES) + body[argument.end(2) :]


def _nil(_: random.Random, body: bytes) -> bytes:
    return body.replace(
        b"<t:", b'<t:a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/><t:', 2
    )


def _noise(chance: random.Random, _: bytes) -> bytes:
    return chance.randbytes(chance.choice((0, 1, 10, 1_000)))


_MUTATIONS: tuple[Mutation, ...] = (
    _flip,
    _flip,
    _truncate,
    _cut_out,
    _repeat,
    _insert,
    _insert_text,
    _insert_text,
    _prologue,
    _declare,
    _encode,
    _nest,
    _attributes,
    _namespaces,
    _shuffle,
    _nil,
    _twice,
    _twice,
    _without,
    _without,
    _value,
    _value,
    _value,
    _noise,
)


def _other_name(chance: random.Random, body: bytes) -> bytes:
    """Give an argument a name that nobody knows."""
    found = list(_ARGUMENT.finditer(body))
    name = chance.choice(found)[1] if found else b"x"
    return body.replace(b"t:" + name + b">", b"t:" + name + b"_>")


def _other_operation(_: random.Random, body: bytes) -> bytes:
    """Call an operation that nobody knows."""
    return re.sub(rb"(</?t:\w+)(?= xmlns|></e:Body>)", rb"\1_", body)


def _other_version(_: random.Random, body: bytes) -> bytes:
    """Speak SOAP 1.2."""
    return body.replace(SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope")


_PLAIN: tuple[Mutation, ...] = (
    _without,
    _twice,
    _value,
    _other_name,
    _other_operation,
    _other_version,
)


def wounded(chance: random.Random, corpus: Sequence[bytes], turn: int) -> bytes:
    """One request with one wound that leaves it well-formed; each kind in its turn."""
    return _PLAIN[turn % len(_PLAIN)](chance, chance.choice(corpus))
