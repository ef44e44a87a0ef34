"""The whole loop unattended, and the proof that it held: a rig of its own, checks, a picture."""
