"""Turns EMG windows into feature vectors."""
