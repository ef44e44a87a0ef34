"""Start the command line."""

from emgrig_operator.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
