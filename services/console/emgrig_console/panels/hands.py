"""Both hands in 3-D and as bars: drawn by the page from a WebSocket of its own."""

import json
import math

from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.hand_model import DOF_NAMES, FINGERS, THUMB, Digit

__all__ = ["build"]

SKIN = "#b9a79a"
PALM = "#ad9b8e"
SIZE = (300, 260)
FRAMES_HZ = 20


def build(desk: Desk) -> None:
    """Make the panel."""
    scenes = {}
    with ui.element("div").classes("em-hands"):
        for which, title in (("control", "Control"), ("predicted", "Predicted")):
            with ui.element("figure").classes("em-hand").props(f'data-testid="hands-{which}"'):
                ui.html(f"<figcaption>{title}</figcaption>", sanitize=False)
                scenes[which] = _scene(title)
                age = ui.label("").classes("em-mono em-dim em-small")
                age.props(f'id="em-hand-age-{which}"')
    ui.html(_bars(), sanitize=False).classes("em-full")
    ui.add_body_html('<script src="/static/hands.js"></script>')
    ui.run_javascript(f"emgrigHands.begin({json.dumps(scenes)})")


def _scene(title: str) -> dict[str, object]:
    """Draw one hand; returns what the page turns when it moves."""
    camera = ui.scene.perspective_camera(fov=35)
    width, height = SIZE
    with ui.scene(
        width=width,
        height=height,
        grid=False,
        camera=camera,
        background_color="#8a8f94",
        fps=FRAMES_HZ,
        click_events=[],
    ) as scene:
        scene.classes("em-scene").props(f'role="img" aria-label="{title} hand"')
        scene.move_camera(8, 3, 36, 0.8, 3.4, 0, 0, 1, 0, duration=0)
        scene.box(7.4, 8.6, 2.0).move(0, 0, 0).material(PALM)
        scene.cylinder(1.9, 2.2, 4.0, 20).move(0, -5.8, 0).material(PALM)
        digits = [_digit(scene, digit) for digit in (*FINGERS, THUMB)]
    return {"scene": scene.id, "digits": digits}


def _digit(scene: ui.scene, digit: Digit) -> dict[str, object]:
    joints: list[str] = []
    with scene.group().move(*digit.base).rotate(0, 0, math.radians(digit.spread_deg)) as root:
        _bone(scene, digit, 0, joints)
    return {
        "dof": digit.dof,
        "root": root.id,
        "spread": digit.spread_deg,
        "joints": joints,
        "bends": digit.bends_deg,
    }


def _bone(scene: ui.scene, digit: Digit, k: int, joints: list[str]) -> None:
    radius = digit.radius_cm * (1 - 0.1 * k)
    length = digit.bones_cm[k]
    with scene.group() as joint:
        if k:
            joint.move(0, digit.bones_cm[k - 1], 0)
        joints.append(joint.id)
        scene.sphere(radius).material(SKIN)
        scene.cylinder(radius * 0.92, radius, length, 16).move(0, length / 2, 0).material(SKIN)
        if k + 1 < len(digit.bones_cm):
            _bone(scene, digit, k + 1, joints)
        else:
            scene.sphere(radius * 0.92).move(0, length, 0).material(SKIN)


def _bars() -> str:
    rows = "".join(
        f'<tr><th scope="row">{name}</th>'
        f'<td class="em-bar" data-bar="control" data-dof="{k}"><span></span></td>'
        f'<td class="em-mono" data-value="control" data-dof="{k}">-</td>'
        f'<td class="em-bar" data-bar="predicted" data-dof="{k}"><span></span><i></i></td>'
        f'<td class="em-mono" data-value="predicted" data-dof="{k}">-</td>'
        f'<td class="em-mono em-dim" data-difference="{k}">-</td></tr>'
        for k, name in enumerate(DOF_NAMES)
    )
    head = (
        '<thead><tr><td></td><th scope="colgroup" colspan="2">control</th>'
        '<th scope="colgroup" colspan="2">predicted</th>'
        '<th scope="col">difference</th></tr></thead>'
    )
    return (
        '<table class="em-bars" data-testid="hands-bars" '
        'aria-label="The nine values of both hands">'
        f"{head}<tbody>{rows}</tbody></table>"
    )
