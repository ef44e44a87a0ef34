"""Start the process."""


def main() -> None:
    """Start the process."""
