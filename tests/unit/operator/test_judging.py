import math

import pytest
from emgrig_operator.demo.judging import Expectations, judge

WANTED = Expectations(samples=49152, windows=240, prediction_rate_hz=32)


def make_report(**changes):
    return {
        "task": "regression",
        "samples_recorded": 50000,
        "gaps": 0,
        "ledger_balanced": True,
        "windows_trained": 230,
        "r2_per_dof": [0.9] * 5,
        "prediction_rate_hz": 31.9,
        "latency_ms": {"p50": 2.5, "p99": 6.0},
        "follow": {"rest_mean": 0.02, "fist_mean": 0.97, "rmse": 0.05},
        "restarts": 0,
        "processes_left": [],
        "seconds": 60.0,
        **changes,
    }


def make_classification_report(**changes):
    follow = {"rest_mean": 0.02, "fist_mean": 0.97, "accuracy": 0.99, "rejected": 0.01}
    named = {"task": "classification", "accuracy": 0.98, "follow": follow | changes}
    return {key: v for key, v in make_report().items() if key != "r2_per_dof"} | named


def failed(report) -> list[str]:
    return [check.name for check in judge(report, WANTED) if not check.ok]


def test_a_good_report_passes_every_check() -> None:
    assert failed(make_report()) == []


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"samples_recorded": 40000}, "samples recorded"),
        ({"gaps": 1}, "gaps"),
        ({"ledger_balanced": False}, "ledger balanced"),
        ({"r2_per_dof": [0.9, 0.9, 0.9, 0.9, 0.1]}, "smallest R2"),
        ({"prediction_rate_hz": 20.0}, "prediction rate, Hz"),
        ({"latency_ms": {"p50": math.nan, "p99": 6.0}}, "latency p50, ms"),
        ({"processes_left": ["12 python"]}, "processes left behind"),
        ({"seconds": 91.0}, "seconds in all"),
    ],
)
def test_what_does_not_hold_is_named(changes, name) -> None:
    assert failed(make_report(**changes)) == [name]


def test_the_model_must_have_five_outputs() -> None:
    assert "degrees of freedom" in failed(make_report(r2_per_dof=[0.9]))


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, []),
        ({"accuracy": 0.8}, ["live classes that are the cued ones"]),
        ({"accuracy": math.nan}, ["live classes that are the cued ones"]),
        ({"rejected": 0.2}, ["live windows rejected"]),
        ({"fist_mean": 0.1}, ["hand at fist"]),
    ],
)
def test_a_classification_is_judged_by_its_classes(changes, names) -> None:
    assert failed(make_classification_report(**changes)) == names
