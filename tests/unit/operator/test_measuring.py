import numpy as np
import pytest
from emgrig.messages import Hop, Message, pack_timestamps
from emgrig_operator.demo.measuring import (
    Phase,
    Trace,
    decision_latencies_ms,
    emg_envelope,
    follow_of,
    hop_latencies_ms,
    joined,
    latencies_ms,
    usage_of,
    verdicts_of,
)

PHASE = Phase([(0.0, "Rest"), (2.0, "Fist")], 4.0)
T = np.arange(0, 4, 0.01)


def make_message(topic: str, **values) -> Message:
    return Message(topic=topic, source="x", epoch="e", seq=0, **values)


def make_pose(reason: str = "prediction") -> Message:
    trace = (Hop("emg-acquirer", 1_000_000, 2_000_000), Hop("predictor", 2_500_000, 4_000_000))
    fields = {"reason": reason, "t_pushed": 10.004}
    return make_message("pose/hand", t_last=10.0, fields=fields, trace=trace)


def make_decision(t: float, name: str) -> Message:
    trace = (Hop("predictor", 0, round((t + 0.003) * 1e9)),)
    fields = {"targets": ["Rest", "Fist"], "class": name}
    return make_message("prediction/gesture", t_last=t + 5.0, fields=fields, trace=trace)


def make_hand(flexion: np.ndarray) -> Trace:
    values = np.zeros((T.size, 9))
    values[:, [0, 2, 3, 4, 5]] = flexion[:, None]
    return Trace(T, values)


def test_settled_time_begins_a_second_after_each_cue() -> None:
    rest, fist = PHASE.settled("Rest", T), PHASE.settled("Fist", T)

    assert (T[rest].min(), T[rest].max()) == (pytest.approx(1.0), pytest.approx(1.99))
    assert (T[fist].min(), T[fist].max()) == (pytest.approx(3.0), pytest.approx(3.99))


def test_a_hand_that_follows_differs_by_nothing() -> None:
    hand = make_hand((T >= 2).astype(float))

    follow = follow_of(hand, hand, PHASE, rest="Rest", fist="Fist")

    assert (follow.rest_mean, follow.fist_mean, follow.rmse) == (0.0, 1.0, 0.0)


def test_a_hand_that_stays_open_differs_by_half() -> None:
    control, still = make_hand((T >= 2).astype(float)), make_hand(np.zeros(T.size))

    follow = follow_of(control, still, PHASE, rest="Rest", fist="Fist")

    assert follow.fist_mean == 0.0
    assert follow.rmse == pytest.approx(np.sqrt(0.5), rel=0.01)


def test_latency_counts_only_poses_that_a_prediction_made() -> None:
    found = latencies_ms([make_pose(), make_pose("resend"), make_pose("rest")])

    np.testing.assert_allclose(found, [4.0], rtol=1e-6)


def test_a_hop_lasts_from_the_end_of_the_one_before() -> None:
    hops = hop_latencies_ms([make_pose(), make_pose("rest")])

    assert {name: values.tolist() for name, values in hops.items()} == {
        "emg-acquirer": [1.0],
        "predictor": [2.0],
    }


def test_classes_are_compared_with_the_cues_after_each_change_has_settled() -> None:
    said = [(0.2, "Fist"), (1.2, "Rest"), (1.8, "Rest"), (2.5, "Rest"), (3.2, ""), (3.8, "Fist")]
    phase = Phase([(5.0, "Rest"), (7.0, "Fist")], 9.0)

    verdicts = verdicts_of([make_decision(t, name) for t, name in said], phase)

    assert (verdicts.accuracy, verdicts.rejected) == (0.75, 0.25)


def test_nothing_was_right_where_nothing_was_said() -> None:
    assert np.isnan(verdicts_of([], PHASE).accuracy)


def test_a_class_is_as_late_as_its_last_hop_on_the_clock_of_the_samples() -> None:
    found = decision_latencies_ms([make_decision(1.0, "Rest")], clock_ahead_s=5.0)

    np.testing.assert_allclose(found, [3.0], rtol=1e-6)


def test_chunks_are_joined_in_time_order_within_limits() -> None:
    late, early = np.array([3.0, 4.0]), np.array([1.0, 2.0])
    chunks = [
        make_message("chunk/emg", data=t[:, None], fields={"timestamps": pack_timestamps(t)})
        for t in (late, early)
    ]

    trace = joined(chunks, 2.0, 4.0)

    assert trace.t.tolist() == [2.0, 3.0]
    assert trace.values[:, 0].tolist() == [2.0, 3.0]


@pytest.mark.parametrize(("convention", "sign"), [("", -1.0), ("standard", 1.0)])
def test_a_hand_of_either_generation_flexes_upwards(convention: str, sign: float) -> None:
    pose = np.zeros((1, 9), np.float32)
    pose[0, [0, 2, 3, 4, 5]] = sign * 0.75
    fields = {"timestamps": pack_timestamps(np.array([1.0])), "pose_convention": convention}
    chunk = make_message("chunk/vhi_predict", data=pose, fields=fields)

    trace = joined([chunk], 0.0, 2.0)

    assert trace.values[0, [0, 2, 3, 4, 5]].tolist() == [0.75] * 5


def test_nothing_joined_is_empty() -> None:
    assert joined([], 0, 1).t.size == 0


def test_the_envelope_is_the_root_mean_square() -> None:
    t = np.arange(1000) / 1000
    envelope = emg_envelope(Trace(t, np.full((1000, 2), -3.0)))

    assert envelope.t.size == 20
    np.testing.assert_allclose(envelope.values, 3.0)


def test_usage_is_mean_cpu_and_largest_memory() -> None:
    beats = [
        make_message("health/x", fields={"cpu_percent": cpu, "rss_mb": rss})
        for cpu, rss in ((10.0, 100.0), (20.0, 90.0))
    ]

    assert usage_of({"x": beats, "silent": []}) == ({"x": 15.0}, {"x": 100.0})
