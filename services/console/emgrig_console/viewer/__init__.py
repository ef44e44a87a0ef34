"""The live signal: the newest seconds kept, thinned out for a screen, sent as binary."""
