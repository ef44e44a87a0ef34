"""The shell: control values in, chunks of EMG out, on time."""

import pylsl
from emgrig.control import Servicer
from emgrig.errors import ConfigError
from emgrig.runtime import Context

from emgrig_emg_generator.config import EmgGeneratorSettings
from emgrig_emg_generator.control_follower import ControlFollower
from emgrig_emg_generator.pacing import Pacer
from emgrig_emg_generator.synthesis import Synthesis

__all__ = ["EmgGeneratorService"]

# How long to listen for a stream of our name before we publish under it. Neighbours answer within
# some ten milliseconds, but the question itself may get lost: liblsl asks every half second.
_PROBE_S = 1.2
_BUFFER_S = 60


class EmgGeneratorService:
    """Publishes synthetic EMG on LSL.

    Raises:
        ConfigError: A stream of this name exists already.
    """

    def __init__(self, settings: EmgGeneratorSettings, context: Context) -> None:
        self._settings = settings
        self._context = context
        self._refuse_double()
        self._synthesis = Synthesis(
            settings.n_channels, settings.n_classes, multi_dof=settings.multi_dof
        )
        self._follower = ControlFollower(settings.control_stream, context.stopping)

    def servicers(self) -> list[Servicer]:
        """Return no control service of its own: the control stream is its control."""
        return []

    def run(self) -> None:
        """Push chunk after chunk, each at its deadline, until stopping."""
        context, settings = self._context, self._settings
        outlet = _open_outlet(settings)
        context.thread("control-follower", self._follower.run)
        pacer = Pacer(settings.sample_rate_hz, settings.chunk_samples, now_s=pylsl.local_clock())
        while not context.stopping.wait(max(0.0, pacer.deadline_s - pylsl.local_clock())):
            emg = self._synthesis.chunk(settings.chunk_samples, self._follower.value)
            # LSL derives the other stamps from the nominal rate: 1 / fs apart, across chunks too.
            outlet.push_chunk(emg, pacer.deadline_s)
            context.count("samples_sent", len(emg))
            context.running()
            late_s = pacer.advance(pylsl.local_clock())
            if late_s:
                context.count("pacing_rebased")
                context.log.warning("pacing rebased", late_s=round(late_s, 3))

    def close(self) -> None:
        """Do nothing: `run` withdraws the stream when it returns."""

    def _refuse_double(self) -> None:
        name = self._settings.stream_name
        resolver = pylsl.ContinuousResolver("name", name)
        self._context.stopping.wait(_PROBE_S)
        for found in resolver.results():
            raise ConfigError(
                f"expected no LSL stream named {name!r} yet, got one from {found.hostname()} "
                f"({found.channel_count()} channels, {found.nominal_srate():g} Hz); stop it, or "
                "set stream_name in [emg-generator] (or --name) to another name"
            )


def _open_outlet(settings: EmgGeneratorSettings) -> pylsl.StreamOutlet:
    # The constant source_id lets a reader recover the stream after our restart.
    info = pylsl.StreamInfo(
        settings.stream_name,
        "EMG",
        settings.n_channels,
        settings.sample_rate_hz,
        pylsl.cf_float32,
        "emg_gen",
    )
    return pylsl.StreamOutlet(info, max_buffered=_BUFFER_S)
