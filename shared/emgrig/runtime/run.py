"""The life of every process, from arguments to exit code, written once."""

import faulthandler
import gc
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from emgrig.config import Rig, ServiceSettings, load_rig
from emgrig.control import ControlServer, Servicer
from emgrig.errors import ConfigError
from emgrig.runtime.arguments import parse_arguments
from emgrig.runtime.context import Context
from emgrig.runtime.deadline import EXIT_FAULT, arm_deadline
from emgrig.runtime.health import HealthReporter
from emgrig.runtime.lifecycle import State
from emgrig.runtime.logs import configure_logs
from emgrig.runtime.parent import die_with_parent
from emgrig.runtime.signals import watch_signals

__all__ = ["EXIT_CONFIG", "EXIT_FAULT", "EXIT_OK", "Service", "run"]

EXIT_OK = 0
EXIT_CONFIG = 2


class Service(Protocol):
    """What a process is made of; `run` is its only caller.

    The constructor takes the settings and the context, opens what it needs and may raise
    ConfigError.
    """

    def servicers(self) -> list[Servicer]:
        """Return its control services; called once, before the control address is served."""

    def run(self) -> None:
        """Do the work in the calling thread until ``context.stopping`` is set."""

    def close(self) -> None:
        """Finish what was begun; called once after `run`, also when it failed."""


@dataclass(slots=True)
class _Parts:
    """What start-up has made so far, so that a start-up that fails half-way ends well too."""

    service: Service | None = None
    control: ControlServer | None = None
    is_started: bool = False


def run[S: ServiceSettings](
    service: Callable[[S, Context], Service],
    settings: type[S],
    *,
    flags: Mapping[str, str] | None = None,
    argv: Sequence[str] | None = None,
) -> None:
    """Run a service until it is told to stop, then exit the process.

    Args:
        service: Its class; the process name follows from its package.
        settings: Its settings model.
        flags: Extra command-line flags, ``--flag`` -> key of its table.
        argv: Arguments; None for those of the command line.
    """
    name = service.__module__.partition(".")[0].removeprefix("emgrig_").replace("_", "-")
    arguments = parse_arguments(name, settings, flags or {}, argv)
    name = arguments.name
    faulthandler.enable()
    die_with_parent()
    configure_logs(name, arguments.log_level)
    try:
        rig = load_rig(arguments.config, arguments.set)
        code = _live(service, rig.settings(name, settings), rig, name, arguments.log_level)
    except ConfigError as error:
        print(f"emgrig-{name}: {error}", file=sys.stderr)
        code = EXIT_CONFIG
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(code)


def _live[S: ServiceSettings](
    service: Callable[[S, Context], Service], settings: S, rig: Rig, name: str, log_level: str
) -> int:
    context = Context(name, rig, settings)
    configure_logs(name, log_level, context.publisher)
    faults: list[BaseException] = []
    _watch_threads(context, faults)
    watch_signals(context)
    parts = _Parts()
    try:
        with _noting_faults(context, parts, faults):
            _start(service, settings, context, parts).run()
    finally:
        _end(context, parts, faults)
    return EXIT_FAULT if faults else EXIT_OK


@contextmanager
def _noting_faults(context: Context, parts: _Parts, faults: list[BaseException]) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # the one catch-all: what is left is our own fault
        # What a person must mend ends a start for good. A process that worked is started again.
        if isinstance(error, ConfigError) and not parts.is_started:
            raise
        _note_fault(context, faults, error)


def _note_fault(context: Context, faults: list[BaseException], fault: BaseException) -> None:
    faults.append(fault)
    text = "".join(traceback.format_exception(fault))
    context.log.error("fault", error=repr(fault), traceback=text)


def _start[S: ServiceSettings](
    service: Callable[[S, Context], Service], settings: S, context: Context, parts: _Parts
) -> Service:
    made = parts.service = service(settings, context)
    reporter = HealthReporter(context)
    servicers = [reporter.servicer, *made.servicers()]
    parts.control = ControlServer(
        settings.control,
        context.name,
        servicers,
        refuse=lambda reason: context.count(f"refused_commands_{reason}"),
    )
    context.lifecycle.enter(State.READY)
    context.lifecycle.refresh()
    parts.control.set_serving(True)
    context.thread("health", reporter.loop)
    # What start-up made lives as long as the process: collecting it again and again would only
    # add to the hot path's p99.
    gc.collect()
    gc.freeze()
    parts.is_started = True
    return made


def _end(context: Context, parts: _Parts, faults: list[BaseException]) -> None:
    context.stop("fault" if faults else "done", is_fault=bool(faults))
    context.log.info("stopping", reason=context.stop_reason)
    context.lifecycle.enter(State.STOPPING)
    arm_deadline(context)
    if parts.control is not None:
        parts.control.set_serving(False)
    if parts.service is not None:
        with _noting_faults(context, parts, faults):
            parts.service.close()
    if parts.control is not None:
        parts.control.close()
    context.lifecycle.enter(State.FAULTED if faults else State.STOPPED)
    configure_logs(context.name, "info")
    context.close(join_s=2.0)


def _watch_threads(context: Context, faults: list[BaseException]) -> None:
    def note(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            _note_fault(context, faults, arguments.exc_value)
        context.stop("fault in a thread", is_fault=True)

    threading.excepthook = note
