"""Headless stand-in for the VHI, generation 1."""
