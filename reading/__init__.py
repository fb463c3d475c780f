"""How a page is read: bytes and headers become a Document with its Comments. Pure: no network, clock or disk."""
