"""Tell a demo's report to a person."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from emgrig_operator.output import Output

__all__ = ["tell"]


def tell(report: Mapping[str, Any], output: Output) -> None:
    """Print the checks, the processes and where everything is."""
    output.table(_checks(report))
    output.table(_processes(report))
    output.say(f"session  {report['session']}")
    output.say(f"model    {report['model_id']}")
    output.say(f"report   {report['files']['report']}")
    output.say(f"picture  {report['files']['picture']}")
    failed = [check["name"] for check in report["checks"] if not check["ok"]]
    words = f"the demo FAILED: {', '.join(failed)}" if failed else "the demo held in every check"
    output.say(f"{words}; {report['seconds']:.0f} s in all")


def _checks(report: Mapping[str, Any]) -> Table:
    table = Table(title="checks")
    for heading in ("check", "measured", "expected", ""):
        table.add_column(heading, overflow="fold")
    for check in report["checks"]:
        verdict = "[green]ok[/green]" if check["ok"] else "[red]FAILED[/red]"
        table.add_row(check["name"], _short(check["measured"]), check["expected"], verdict)
    return table


def _processes(report: Mapping[str, Any]) -> Table:
    table = Table(title="processes while predicting")
    table.add_column("process")
    table.add_column("CPU % of a core", justify="right")
    table.add_column("memory MB", justify="right")
    for name, percent in report["cpu_percent"].items():
        table.add_row(name, f"{percent:.1f}", f"{report['rss_mb'][name]:.0f}")
    return table


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
