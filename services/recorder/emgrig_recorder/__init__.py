"""Writes everything that was measured into sessions on disk."""
