"""Tell people what the monitors found: counters for all of it, words when something changes."""

from emgrig.runtime import Context

from emgrig_emg_acquirer.acquisition import Batch, Findings
from emgrig_emg_acquirer.monitoring import RateMonitor

__all__ = ["Reporter"]


class Reporter:
    """Turns findings into counters, troubles and log lines.

    Args:
        context: Where they go.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._is_clipping = False

    def show(self, batch: Batch, findings: Findings, rate: RateMonitor) -> None:
        """Show what was found in one batch."""
        self._context.count("samples", len(batch.samples))
        for gap_s in findings.gaps_s:
            self._show_gap(batch, gap_s)
        self._show_rate(rate)
        self._show_not_finite(batch, findings)
        self._show_clipping(findings)

    def _show_gap(self, batch: Batch, gap_s: float) -> None:
        self._context.count("gaps")
        self._context.count("gap_ms", round(abs(gap_s) * 1000))
        self._context.log.warning("gap", seconds=round(gap_s, 4), at_sample=batch.sample_index)

    def _show_rate(self, rate: RateMonitor) -> None:
        if not rate.is_off:
            self._context.clear("rate")
            return
        self._context.trouble(
            "rate",
            f"expected {rate.declared_hz:g} Hz as the source declares, got "
            f"{rate.delivered_hz:.1f} Hz over 5 s; check the device's rate and its connection",
        )

    def _show_not_finite(self, batch: Batch, findings: Findings) -> None:
        faults = findings.faults
        if faults.not_finite:
            self._context.count("nan_samples", faults.not_finite)
        if batch.nan_windows:
            self._context.count("nan_windows", batch.nan_windows)
        if faults.not_finite:
            self._context.trouble(
                "values",
                f"expected finite samples, got others on channels {list(faults.bad_channels)} "
                "(from 0); windows with them are left out; check these electrodes",
            )
        elif batch.windows:
            self._context.clear("values")

    def _show_clipping(self, findings: Findings) -> None:
        clipped = findings.faults.clipped
        if clipped:
            self._context.count("clipped_samples", clipped)
        if clipped and not self._is_clipping:
            self._context.log.warning("clipping", samples=clipped)
        self._is_clipping = clipped > 0
