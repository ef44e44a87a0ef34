"""Turn joint angles into what the hand publishes, as the hand's 3-D engine does.

The engine keeps each joint as a rotation, not as angles, and publishes angles read back from it.
Large angles therefore fold or wrap, and NaN becomes a number. The engine's arithmetic is float32;
here it is float64, so the read-back agrees with recordings of the real hand to 2.4e-7.

Five joints reach the wire, the proximal one of thumb, index, middle, ring and pinky. A joint
rotation is a quaternion ``(x, y, z, w)``; five of them are a ``(6, 4)`` array.

Source:
    The observable contract of the hand, sections 3.5 to 3.7.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CHANNEL_NAMES",
    "WRIST_GAINS",
    "Channels",
    "Geometry",
    "angles_of_channels",
    "channels_of_rotations",
    "rest_rotations",
    "rotations_of_angles",
    "standard_channels_of_rotations",
    "step_towards",
]

Channels = NDArray[np.float32]
Geometry = NDArray[np.float64]

CHANNEL_NAMES = (
    "ThumbFlexion",
    "ThumbAbduction",
    "IndexFlexion",
    "MiddleFlexion",
    "RingFlexion",
    "PinkyFlexion",
    "WristFlexion",
    "WristAbduction",
    "WristRotation",
)

_FLEXION_CHANNELS = [0, 2, 3, 4, 5]
_ABDUCTION_CHANNEL = 1
# Degrees of the proximal joint for a channel value of 1.
_FLEXION_GAINS = np.array([45.0, 85.0, 85.0, 85.0, 85.0])
_ABDUCTION_GAIN = 30.0
WRIST_GAINS = (80.0, 30.0, 179.0)
"""Degrees of the wrist for a value of 1: flexion and abduction as far as people's go (the contract
leaves them open), rotation short of the half turn at which it would wrap."""

N_JOINTS = 6
"""Thumb, index, middle, ring and pinky, proximal; then the wrist, not read in generation 1."""
_WRIST = 5

# Closer to +-90 degrees than this the engine gives up the order of axes (gimbal lock).
_EPSILON = 1e-6
_RIGHT_ANGLE = np.pi / 2.0


def rest_rotations() -> Geometry:
    """Return the cleared hand, on which every channel reads +0.0.

    Returns:
        ``(6, 4)``, float64, unit quaternions.
    """
    rotations = np.zeros((N_JOINTS, 4))
    rotations[:, 3] = 1.0
    return rotations


def angles_of_channels(channels: Channels) -> Geometry:
    """Return the joint angles that nine inbound values ask for; nothing is clamped.

    Args:
        channels: ``(9,)``, float32, negative is flexion; 6 to 8 (the wrist) move nothing.

    Returns:
        ``(6, 3)``, float64, degrees about X, Y, Z.
    """
    angles = np.zeros((N_JOINTS, 3))
    angles[:_WRIST, 0] = -_FLEXION_GAINS * channels[_FLEXION_CHANNELS]
    angles[0, 2] = _ABDUCTION_GAIN * channels[_ABDUCTION_CHANNEL]
    return angles


def rotations_of_angles(angles: Geometry) -> Geometry:
    """Compose rotations about Y, then X, then Z.

    Args:
        angles: ``(6, 3)``, float64, degrees about X, Y, Z; not finite gives NaN rotations.

    Returns:
        ``(6, 4)``, float64, unit quaternions.
    """
    halves = np.deg2rad(angles) / 2.0
    with np.errstate(invalid="ignore"):
        sx, sy, sz = np.sin(halves).T
        cx, cy, cz = np.cos(halves).T
    return np.stack(
        (
            sy * cx * sz + cy * sx * cz,
            sy * cx * cz - cy * sx * sz,
            cy * cx * sz - sy * sx * cz,
            sy * sx * sz + cy * cx * cz,
        ),
        axis=1,
    )


def channels_of_rotations(rotations: Geometry) -> Channels:
    """Read nine channels back from the joints.

    A NaN joint lands on a right angle: a finger reads 90/85, the thumb +2 and 0.

    Args:
        rotations: ``(6, 4)``, float64.

    Returns:
        ``(9,)``, float32, always finite; zero is +0.0.
    """
    angles = _angles_of_rotations(rotations)
    channels = np.zeros(9, dtype=np.float32)
    channels[_FLEXION_CHANNELS] = -angles[:_WRIST, 0] / _FLEXION_GAINS
    channels[_ABDUCTION_CHANNEL] = angles[0, 2] / _ABDUCTION_GAIN
    # Adding +0.0 turns -0.0 into +0.0.
    return channels + np.float32(0)


def standard_channels_of_rotations(rotations: Geometry) -> Channels:
    """Read nine channels back as generation 2 does: flexion is positive, the wrist is live.

    Args:
        rotations: ``(6, 4)``, float64.

    Returns:
        ``(9,)``, float32, always finite; zero is +0.0.

    Source:
        The observable contract of the hand, section 5.6.
    """
    channels = channels_of_rotations(rotations)
    channels[_FLEXION_CHANNELS] *= -1
    about_x, about_y, about_z = _angles_of_rotations(rotations)[_WRIST]
    channels[6:] = np.array((about_x, about_z, about_y)) / WRIST_GAINS
    return channels + np.float32(0)


def _angles_of_rotations(rotations: Geometry) -> Geometry:
    """Return each joint's angles about X, Y, Z in degrees, ``(6, 3)``."""
    x, y, z, w = rotations.T
    with np.errstate(invalid="ignore", divide="ignore"):
        double = 2.0 / (x * x + y * y + z * z + w * w)
        sine = double * (w * x - y * z)
        upright = 1.0 - double * (x * x + z * z)
        # Without any turn about Y and Z the full circle about X is known; else only half of it.
        only_x = (y == 0.0) & (z == 0.0)
        about_x = np.where(only_x, np.arctan2(sine, upright), np.arcsin(np.clip(sine, -1.0, 1.0)))
        limit = 1.0 - _EPSILON
        # NaN fails the test and counts as locked, at the lower end, as in the engine.
        locked = ~(np.abs(sine) < limit)
        about_x = np.where(locked, np.where(sine >= limit, _RIGHT_ANGLE, -_RIGHT_ANGLE), about_x)
        about_y = np.arctan2(double * (x * z + w * y), 1.0 - double * (x * x + y * y))
        about_z = np.arctan2(double * (x * y + w * z), upright)
    others = np.where(only_x | locked, 0.0, (about_y, about_z))
    return np.rad2deg(np.stack((about_x, *others), axis=1))


def step_towards(current: Geometry, target: Geometry, weight: float) -> Geometry:
    """Turn each joint along the shortest arc by a share of the way.

    Args:
        current: ``(6, 4)``, float64. A NaN joint stays NaN.
        target: ``(6, 4)``, float64.
        weight: Share of the way; above 1 overshoots.

    Returns:
        ``(6, 4)``, float64.

    Source:
        Spherical linear interpolation, K. Shoemake, SIGGRAPH 1985.
    """
    cosine = np.sum(current * target, axis=1)
    target = np.where((cosine < 0.0)[:, None], -target, target)
    cosine = np.abs(cosine)
    with np.errstate(invalid="ignore", divide="ignore"):
        angle = np.arccos(np.minimum(cosine, 1.0))
        sine = np.sin(angle)
        near = ~(1.0 - cosine > _EPSILON)
        keep = np.where(near, 1.0 - weight, np.sin((1.0 - weight) * angle) / sine)
        take = np.where(near, weight, np.sin(weight * angle) / sine)
    return keep[:, None] * current + take[:, None] * target
