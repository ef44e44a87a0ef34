"""Generated from proto/emgrig/control/v1; never edited."""
