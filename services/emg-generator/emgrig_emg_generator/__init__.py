"""Synthetic EMG on Lab Streaming Layer, driven by a class number."""
