"""A made-up web on loopback: blogs in the markup of real engines, for the demo and the tests."""
