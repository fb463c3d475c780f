"""Who counts as one sender where something is limited: an address, and of IPv6 the network that it is in.

A household, and any rented machine, has 64 bits of IPv6 addresses to itself and may use another one for each request.
"""

from ipaddress import IPv6Address, ip_address

HOST_BITS = 64  # of an IPv6 address: given out to one customer, at least


def network(address: str) -> str:
    """The address, without its zone; of IPv6 the first of its network. What is no address stays as it is."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped or IPv6Address(int(known) >> HOST_BITS << HOST_BITS))
