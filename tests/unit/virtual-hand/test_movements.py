import numpy as np
import pytest
from emgrig_virtual_hand.movements import Movement, offered_movements, stock_movements
from emgrig_virtual_hand.posing import channels_of_rotations, rotations_of_angles

from tests.vhi_poses import AI_MOVEMENTS, CLASSIFIER_MOVEMENTS, POSES


def test_there_are_23_movements():
    assert [one.name for one in stock_movements()] == list(POSES)


@pytest.mark.parametrize("movement", stock_movements(), ids=lambda one: one.name)
def test_full_excursion_reads_as_the_contract_says(movement):
    values = channels_of_rotations(rotations_of_angles(movement.angles(1.0)))

    np.testing.assert_allclose(values, POSES[movement.name], rtol=0, atol=1e-6)


@pytest.mark.parametrize("movement", stock_movements(), ids=lambda one: one.name)
def test_partial_excursion_scales_every_channel(movement):
    values = channels_of_rotations(rotations_of_angles(movement.angles(0.3)))

    np.testing.assert_allclose(values, 0.3 * np.array(POSES[movement.name]), rtol=0, atol=1e-6)


def test_a_hand_in_mode_ai_offers_17_in_order():
    assert tuple(one.name for one in offered_movements(stock_movements(), "AI")) == AI_MOVEMENTS


def test_a_hand_in_mode_classifier_offers_15_in_order():
    offered = offered_movements(stock_movements(), "Classifier")

    assert tuple(one.name for one in offered) == CLASSIFIER_MOVEMENTS


def test_a_custom_name_is_never_hidden():
    movements = (Movement("Wave", {}), Movement("Pistol", {}))

    assert offered_movements(movements, "AI") == movements[:1]


def test_everything_is_offered_where_nothing_would_remain():
    movements = (Movement("Hook", {}), Movement("Pistol", {}))

    assert offered_movements(movements, "AI") == movements
