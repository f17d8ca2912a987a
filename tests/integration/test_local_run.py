"""What `gema run` tells its programs."""

from pathlib import Path

import pytest

from api.cli.run import Launch
from api.local import LocalHome
from api.local.keys import NAMES
from api.settings import Settings


@pytest.fixture
def launch_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalHome:
    for name in ("DATABASE_URL", "REDIS_URL", "ENV", "GEMA_PUBLIC_URL", "GEMA_SANDBOX_URL"):
        monkeypatch.delenv(name, raising=False)
    return LocalHome(tmp_path / "home")


def test_with_the_sandbox_nothing_can_reach_the_real_service(
    launch_home: LocalHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMA_X_BASE_URL", "https://api.x.com")
    monkeypatch.setenv("GEMA_X_BEARER_TOKEN", "of-the-real-service")

    launch = Launch(launch_home, 8123, with_sandbox=True)
    settings = Settings.from_env(launch.environment())

    assert settings.sandbox_url == f"http://127.0.0.1:{launch_home.state().ports['sandbox']}"
    assert settings.x.base_url == f"{settings.sandbox_url}/x"
    assert settings.x.bearer_token == "sandbox-app-token"  # noqa: S105 (it opens nothing)
    assert settings.x.monthly_cap_micro_usd == 1_000_000_000
    assert settings.public_url == "http://127.0.0.1:8123"


def test_without_the_sandbox_the_callers_settings_stay(
    launch_home: LocalHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMA_X_BASE_URL", "http://127.0.0.1:9/x")
    monkeypatch.setenv("GEMA_PUBLIC_URL", "https://gema.example")

    launch = Launch(launch_home, 8123, with_sandbox=False)
    settings = Settings.from_env(launch.environment())

    assert settings.sandbox_url is None
    assert settings.x.base_url == "http://127.0.0.1:9/x"
    assert settings.public_url == "https://gema.example"
    assert [program.name for program in launch.programs()] == ["worker", "api"]


def test_the_sandbox_starts_first_and_gets_no_secret_of_ours(launch_home: LocalHome) -> None:
    launch = Launch(launch_home, 8123, with_sandbox=True)
    launch.environment()

    sandbox, worker, api = launch.programs()

    assert (sandbox.name, worker.name, api.name) == ("sandbox", "worker", "api")
    assert not {*NAMES, "DATABASE_URL", "REDIS_URL"} & set(sandbox.environment)
    assert {*NAMES, "DATABASE_URL", "REDIS_URL"} <= set(worker.environment)
    assert worker.environment == api.environment
    assert sandbox.ready_url == f"{launch.sandbox_url}/_sandbox/health"
    assert api.ready_url == "http://127.0.0.1:8123/readyz"


def test_the_last_lines_say_where_everything_is(
    launch_home: LocalHome, capsys: pytest.CaptureFixture[str]
) -> None:
    launch = Launch(launch_home, 8123, with_sandbox=True)
    launch.environment()
    launch.announce()
    Launch(launch_home, 8124, with_sandbox=False).announce()

    mailbox = f"MAILBOX {launch_home.path / 'mailbox'}"
    assert capsys.readouterr().out.splitlines() == [
        mailbox,
        f"SANDBOX {launch.sandbox_url}",
        "READY http://127.0.0.1:8123/graphql",
        mailbox,
        "READY http://127.0.0.1:8124/graphql",
    ]


def test_data_names_the_home_and_else_the_environment_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMA_HOME", str(tmp_path / "by-variable"))

    assert LocalHome.chosen(None).path == tmp_path / "by-variable"
    assert LocalHome.chosen(tmp_path / "by-option").path == tmp_path / "by-option"
    assert LocalHome.chosen(tmp_path / "a").environment()["GEMA_HOME"] == str(tmp_path / "a")
