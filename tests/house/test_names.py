"""Our folders are top-level names, so nobody else may ship them (architecture 8.6)."""

from importlib.metadata import packages_distributions

from pianqu.checks import OURS


def test_nobody_else_ships_our_names():
    """Pip merges same-named folders silently, so we look before it hurts."""
    taken = {
        name: distribution
        for name, distributions in packages_distributions().items()
        if name in OURS
        for distribution in distributions
        if distribution != "pianqu"
    }
    assert not taken, taken
