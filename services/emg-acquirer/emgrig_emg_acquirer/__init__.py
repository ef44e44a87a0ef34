"""Reads one LSL EMG stream and publishes its chunks and windows."""
