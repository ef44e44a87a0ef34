"""The lists in pyproject.toml name every service: a new one must not slip past the contracts."""

import pytest

from tests.architecture.tree import ROOT, SERVICE_FOLDERS, package_of, pyproject

SETTINGS = pyproject(ROOT)["tool"]
PACKAGES = {package_of(folder) for folder in SERVICE_FOLDERS}
# Trains and extracts with MyoVerse, or trains on behalf of the operator: may know PyTorch.
MAY_KNOW_TORCH = {"emgrig_feature_extractor", "emgrig_operator", "emgrig_trainer"}


def services_in(names: list[str]) -> set[str]:
    """Return the service packages among names."""
    return {name for name in names if name.startswith("emgrig_")}


@pytest.mark.parametrize(
    "contract", SETTINGS["importlinter"]["contracts"], ids=lambda contract: contract["name"]
)
def test_contract_names_every_service(contract: dict[str, list[str]]) -> None:
    named = services_in(
        [
            *contract.get("modules", []),
            *contract.get("source_modules", []),
            *contract.get("forbidden_modules", []),
        ]
    )
    if not named:
        pytest.skip("a contract about shared/emgrig alone")

    wanted = PACKAGES - MAY_KNOW_TORCH if "PyTorch" in contract["name"] else PACKAGES

    assert named == wanted, (
        f"[tool.importlinter] contract {contract['name']!r} in pyproject.toml: "
        f"add {sorted(wanted - named)}, remove {sorted(named - wanted)}"
    )


def test_every_package_is_looked_at() -> None:
    roots = set(SETTINGS["importlinter"]["root_packages"])
    paths = set(SETTINGS["mypy"]["mypy_path"])

    assert roots == PACKAGES | {"emgrig"}, "pyproject.toml [tool.importlinter]: root_packages"
    assert paths == {"shared"} | {f"services/{folder.name}" for folder in SERVICE_FOLDERS}, (
        "pyproject.toml [tool.mypy]: mypy_path names shared and every folder of services/"
    )
