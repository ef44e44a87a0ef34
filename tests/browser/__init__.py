"""See tests/README.md; a package, so that its rig ends with its last test."""
