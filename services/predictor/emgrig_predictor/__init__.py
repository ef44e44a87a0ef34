"""Turns feature vectors into predictions with the loaded model."""
