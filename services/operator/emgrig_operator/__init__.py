"""The emgrig command line."""
