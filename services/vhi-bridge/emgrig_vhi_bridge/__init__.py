"""Everything that talks to a virtual hand: commands, poses, read-backs."""
