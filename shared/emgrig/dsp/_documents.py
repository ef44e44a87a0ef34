"""Checked reading of the small documents that specs travel in."""

from collections.abc import Mapping
from typing import Any

from emgrig.errors import ConfigError

_EXPECTED = {float: "a number", int: "a whole number", str: "a text", list: "a list", dict: "a map"}


def check_document(document: object, types: Mapping[str, type], where: str) -> dict[str, Any]:
    """Check that a document has exactly the keys of `types`, each of its type.

    Args:
        document: What came from a file or a header.
        types: Expected key -> type; ``float`` also takes whole numbers, ``list`` also tuples.
        where: Name of the document for the error text.

    Raises:
        ConfigError: Not a map, a missing or an unknown key, or a value of another type.
    """
    if not isinstance(document, Mapping):
        raise ConfigError(f"expected {where} as a map, got {document!r}")
    unknown = sorted(str(key) for key in document.keys() - types.keys())
    missing = sorted(types.keys() - document.keys())
    if unknown or missing:
        raise ConfigError(
            f"expected {where} with the keys {sorted(types)}, got unknown {unknown} and missing "
            f"{missing}; was it written by another version of emgrig?"
        )
    for key, kind in types.items():
        if not _is_a(document[key], kind):
            raise ConfigError(
                f"expected {_EXPECTED[kind]} for {key} in {where}, got {document[key]!r}"
            )
    return dict(document)


def _is_a(value: object, kind: type) -> bool:
    if isinstance(value, bool):  # Python counts True as 1
        return False
    wider = {float: (float, int), list: (list, tuple)}
    return isinstance(value, wider.get(kind, kind))
