"""Trains model bundles from sessions."""
