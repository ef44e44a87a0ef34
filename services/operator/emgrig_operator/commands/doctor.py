"""``doctor``: is everything there that a rig needs?"""

import typer

from emgrig_operator.commands.options import Config, Json, example
from emgrig_operator.locating import find_rig
from emgrig_operator.output import EXIT_FAILED, Output

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog=example("emgrig doctor", "emgrig doctor --json | jq .ok"))(doctor)


def doctor(config: Config = None, as_json: Json = False) -> None:
    """Check what a rig needs and say what to do about what is missing; exit 1 if anything is."""
    # liblsl opens sockets and starts threads when it is loaded; only who needs it loads it.
    from emgrig_operator.diagnosing import diagnose

    output, findings = Output(as_json), []
    for finding in diagnose(find_rig(config)):
        findings.append(finding)
        output.say(
            f"{'ok     ' if finding.is_ok else 'PROBLEM'}  {finding.what:<18} {finding.seen}"
        )
        if finding.remedy:
            output.say(f"{'':<9}{'':<18} what to do: {finding.remedy}")
    is_ok = all(finding.is_ok for finding in findings)
    rows = [{"what": f.what, "ok": f.is_ok, "seen": f.seen, "remedy": f.remedy} for f in findings]
    output.result({"ok": is_ok, "findings": rows})
    if not is_ok:
        raise typer.Exit(EXIT_FAILED)
