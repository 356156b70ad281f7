"""Environment variables: a misspelt name or value never falls back to the default, the role that sees everything."""

import pytest

import cli
from survey.errors import ArgumentError
from survey.host import access, environment


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SILU_ROL", "SILU_ROLE（"),
        ("silu_role", "SILU_ROLE（"),
        ("SILU_ROLES", "SILU_ROLE（"),
        ("SILUROLE", "SILU_ROLE（"),
        ("SILU_STUDIES", "SILU_STUDY（"),
        ("SILU_INSECURE", "SILU_INSECURE_LAN（"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_known_one(
    name: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "leader")
    with pytest.raises(ArgumentError) as refused:
        access.current_role()
    assert refused.value.where == name
    assert refused.value.expected.startswith(meant)


@pytest.mark.parametrize(
    ("value", "meant"), [("leeder", "leader（领导）"), ("Leader", "leader（领导）"), ("units", "unit（")]
)
def test_a_misspelt_role_is_refused_with_the_nearest(value: str, meant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.VARIABLE, value)
    with pytest.raises(ArgumentError) as refused:
        access.current_role()
    assert refused.value.expected.startswith(meant)


def test_an_unrecognised_value_is_answered_with_all_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.VARIABLE, "")
    with pytest.raises(ArgumentError) as refused:
        access.current_role()
    assert all(str(role) in refused.value.expected for role in access.ROLES)


def test_no_command_runs_under_a_misspelt_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SILU_ROL", "unit")
    assert cli.main(["history", "--study", "nowhere"]) == cli.EXIT_USER_ERROR
    assert "不认识的环境变量" in capsys.readouterr().err


def test_other_variables_may_have_any_name() -> None:
    environment.check_names({"PATH": "/bin", "SILK_ROAD": "1", "SILU_ROLE": "unit"})
