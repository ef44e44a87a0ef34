"""The emgrig command line: start the rig, cue, record, train, predict, look after sessions."""
