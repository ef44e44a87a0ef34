"""Headless stand-in for the VHI, of either generation."""
