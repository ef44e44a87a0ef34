"""Debian's chromium under Playwright, without a graphics card."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Playwright

ARGUMENTS = (
    # Its sandbox wants an ordinary user; the pages are our own.
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--enable-unsafe-swiftshader",
)


def chromium_path() -> str | None:
    """Return the browser's program; None where there is none (tools/setup-browser.sh)."""
    return os.environ.get("EMGRIG_CHROMIUM") or shutil.which("chromium")


@contextmanager
def chromium(playwright: Playwright, **options: Any) -> Iterator[Browser]:
    """Run a browser while the block runs."""
    browser = playwright.chromium.launch(
        executable_path=chromium_path(), args=list(ARGUMENTS), **options
    )
    try:
        yield browser
    finally:
        browser.close()
