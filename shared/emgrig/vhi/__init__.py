"""Protocols of the Virtual Hand Interface, one room per generation."""
