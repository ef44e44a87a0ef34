"""The arithmetic that the live path and the trainer share: windows, features, filters.

Pure: arrays in, arrays out; no files, sockets, clocks or logging. What runs live in chunks and
what runs offline over a whole recording are the same code, or are equal by test.
"""

from emgrig.dsp.conditioning import Conditioner, Conditioning, condition_offline
from emgrig.dsp.edge_trigger import EdgeTrigger
from emgrig.dsp.engines import FeatureEngine, feature_engine
from emgrig.dsp.feature_spec import FEATURES, FeatureSpec, fitting_sub_window
from emgrig.dsp.filter_settings import FilterSettings
from emgrig.dsp.flexions import FLEXION_CHANNELS, FLEXION_NAMES
from emgrig.dsp.output_filter import OutputFilter
from emgrig.dsp.runs import RunSplitter, gap_threshold_s, samples_in, segments, window_starts
from emgrig.dsp.windower import Window, Windower, WindowStream

__all__ = [
    "FEATURES",
    "FLEXION_CHANNELS",
    "FLEXION_NAMES",
    "Conditioner",
    "Conditioning",
    "EdgeTrigger",
    "FeatureEngine",
    "FeatureSpec",
    "FilterSettings",
    "OutputFilter",
    "RunSplitter",
    "Window",
    "WindowStream",
    "Windower",
    "condition_offline",
    "feature_engine",
    "fitting_sub_window",
    "gap_threshold_s",
    "samples_in",
    "segments",
    "window_starts",
]
