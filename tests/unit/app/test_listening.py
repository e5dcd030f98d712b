"""Where the platform listens, and what it says when it cannot."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from tarry.app.listening import (
    CannotListen,
    PortTaken,
    choose_tcp_port,
    is_free,
    listen,
    names_of_this_machine,
)
from tarry.app.settings import Settings

AT_ONCE = timedelta(0)


@pytest.fixture
def taken() -> Iterator[int]:
    """A TCP port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield int(other.getsockname()[1])


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(tcp_port: int, host: str = "127.0.0.1") -> Settings:
    return Settings(data=Path("/nowhere"), host=host, tcp_port=tcp_port)


async def test_without_sharing_only_loopback_is_listened_on() -> None:
    with ExitStack() as opened:
        for one in await listen(settings(free()), patience=AT_ONCE):
            opened.enter_context(one)
            assert one.getsockname()[0] in {"127.0.0.1", "::1"}


async def test_a_taken_port_is_named_with_what_to_do(taken: int) -> None:
    with pytest.raises(PortTaken, match=rf"{taken} is in use.*TARRY_PORT={taken + 10}"):
        await listen(settings(taken), patience=AT_ONCE)


async def test_a_port_that_is_let_go_meanwhile_is_taken_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        tcp_port = int(other.getsockname()[1])
        with pytest.raises(PortTaken):
            await listen(settings(tcp_port), patience=timedelta(seconds=0.3))
    for one in await listen(settings(tcp_port), patience=timedelta(seconds=10)):
        one.close()


async def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(CannotListen, match=r"192\.0\.2\.1"):
        await listen(settings(free(), "192.0.2.1"), patience=AT_ONCE)


def test_the_first_free_port_is_chosen_and_if_none_is_one_that_the_system_gives(
    taken: int,
) -> None:
    other = free()
    assert choose_tcp_port("127.0.0.1", [taken, other]) == other
    assert is_free("127.0.0.1", choose_tcp_port("127.0.0.1", [taken]))
    assert not is_free("127.0.0.1", taken)


def test_this_machine_is_known_by_its_name() -> None:
    assert socket.gethostname() in names_of_this_machine()
