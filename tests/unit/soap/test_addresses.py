"""The operator's rules hold on the addresses that are really used."""

from ipaddress import ip_address

import pytest

from tarry.soap.addresses import AllowedAddresses, BadAddressRule, CheckingResolver
from tarry.soap.errors import AddressRefused

LOOPBACK = AllowedAddresses.parse(["loopback"])
NAMED = AllowedAddresses.parse(["services.example.org", "*.inner.example"])


@pytest.mark.parametrize("url", ["http://127.0.0.1/x", "https://[::1]:8/", "http://127.8.9.1/"])
def test_loopback_is_all_of_it(url: str) -> None:
    LOOPBACK.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://[::ffff:10.0.0.1]/",
        "http://0.0.0.0/",
        "http://[fe80::1%25eth0]/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "//127.0.0.1/",
        "http://",
        "http://user:word@127.0.0.1/",
        "gopher://127.0.0.1",
        "",
    ],
)
def test_other_addresses_and_schemes_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        LOOPBACK.check(url)


def test_a_refusal_does_not_show_a_password() -> None:
    with pytest.raises(AddressRefused) as caught:
        LOOPBACK.check("http://user:word@127.0.0.1/")
    assert "word@" not in str(caught.value)


def test_networks_take_both_families_and_mapped_addresses() -> None:
    allowed = AllowedAddresses.parse(["10.0.0.0/8", "fd00::/8", "192.0.2.7"])
    for good in ("10.1.2.3", "fd12::1", "192.0.2.7", "::ffff:10.1.2.3"):
        allowed.check_resolved("any", ip_address(good))
    for bad in ("11.0.0.1", "fe80::1", "192.0.2.8", "::ffff:11.0.0.1", "127.0.0.1"):
        with pytest.raises(AddressRefused):
            allowed.check_resolved("any", ip_address(bad))


def test_names_are_allowed_wherever_they_lead_but_to_this_machine() -> None:
    for host in ("services.example.org", "SERVICES.example.org.", "a.inner.example"):
        NAMED.check_resolved(host, ip_address("203.0.113.9"))
        for trap in ("127.0.0.1", "169.254.169.254", "::1", "0.0.0.0", "fe80::1"):
            with pytest.raises(AddressRefused, match="this machine"):
                NAMED.check_resolved(host, ip_address(trap))
    for other in ("example.org", "xservices.example.org", "inner.example"):
        with pytest.raises(AddressRefused):
            NAMED.check_resolved(other, ip_address("203.0.113.9"))


def test_any_is_any() -> None:
    AllowedAddresses.parse(["any"]).check_resolved("x", ip_address("169.254.169.254"))


def test_nothing_is_allowed_without_a_rule() -> None:
    with pytest.raises(AddressRefused):
        AllowedAddresses().check("http://127.0.0.1/")


@pytest.mark.parametrize("rule", ["http://x", "a b", "", "10.0.0.0/99", "x:80"])
def test_a_rule_that_is_none_is_said(rule: str) -> None:
    with pytest.raises(BadAddressRule):
        AllowedAddresses.parse([rule])


async def test_a_name_is_checked_after_it_was_resolved() -> None:
    found = await CheckingResolver(LOOPBACK).resolve("localhost", 80)
    assert {ip_address(one["host"]).is_loopback for one in found} == {True}
    with pytest.raises(AddressRefused, match=r"localhost \("):
        await CheckingResolver(AllowedAddresses.parse(["10.0.0.0/8"])).resolve("localhost", 80)
