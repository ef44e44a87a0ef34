from emgrig.control import acquirer_pb2
from emgrig_operator.output import values_of


def test_an_answer_is_all_its_keys_with_counts_as_numbers():
    document = values_of(acquirer_pb2.SourceStatus(connected=True, name="EMG", samples=1 << 40))

    assert document["samples"] == 1 << 40
    assert (document["connected"], document["name"], document["gaps"]) == (True, "EMG", 0)
    assert set(document) == {field.name for field in acquirer_pb2.SourceStatus.DESCRIPTOR.fields}
