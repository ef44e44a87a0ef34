"""Show the whole rig in a browser, and let a person run the experiment from there."""
