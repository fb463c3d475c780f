"""The command `goodturn`."""


def main() -> None: ...
