"""The five degrees of freedom that are learned and shown.

Source: contracts/session-format.md, section 5, and contracts/numerics.md, "Model".
"""

__all__ = ["FLEXION_CHANNELS", "FLEXION_NAMES"]

FLEXION_CHANNELS = (0, 2, 3, 4, 5)
"""Where they are among the nine channels of a hand's pose; a model predicts them in this order."""

FLEXION_NAMES = ("thumb_flexion", "index", "middle", "ring", "little")
"""What the trainer calls them."""
