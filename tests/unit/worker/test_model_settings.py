"""Which model may be asked: everything that is wrong is listed at once, and `none` asks for nothing."""

from __future__ import annotations

import pytest

from worker.model_settings import DEFAULT_MODELS, ModelSettings
from worker.settings import Settings, SettingsError


def read(**given: str) -> tuple[ModelSettings, list[str]]:
    wrong: list[str] = []
    return ModelSettings.read(given, wrong), wrong


def test_nothing_set_is_no_model() -> None:
    assert read() == (ModelSettings(), [])
    assert read(AI_PROVIDER="none", ANTHROPIC_API_KEY="k", AI_MODEL="m") == (ModelSettings(), [])


@pytest.mark.parametrize("provider", ["anthropic", "openai"])
def test_a_provider_with_its_key_is_enough(provider: str) -> None:
    settings, wrong = read(AI_PROVIDER=provider, **{f"{provider.upper()}_API_KEY": "secret-key"})
    assert (settings.model, settings.key, wrong) == (DEFAULT_MODELS[provider], "secret-key", [])
    assert "secret-key" not in repr(settings)


def test_all_that_is_wrong_is_listed_at_once(tmp_path: object) -> None:
    given = {
        "AI_PROVIDER": "openai", "AI_BASE_URL": "http://models.example.com/v1", "AI_PRICE": "cheap", "AI_MODEL": "x" * 200,
        "RESOLUTIONFLOW_VAR": str(tmp_path), "RESOLUTIONFLOW_MODEL_DEADLINE": "0", "RESOLUTIONFLOW_MODEL_TRIES": "1.5",
    }  # fmt: skip
    with pytest.raises(SettingsError) as failure:
        Settings.read(given)
    for name in ("AI_BASE_URL", "AI_PRICE", "AI_MODEL", "RESOLUTIONFLOW_MODEL_DEADLINE", "RESOLUTIONFLOW_MODEL_TRIES"):
        assert name in str(failure.value)


@pytest.mark.parametrize(
    "url",
    ["http://1.2.3.4/v1", "http://models.example.com", "ftp://host/v1", "https://user:pw@host/v1", "https:///v1", "host/v1", "https://h/v1?key=1"],
)  # fmt: skip
def test_an_address_that_would_leak_or_is_none(url: str) -> None:
    assert len(read(AI_PROVIDER="openai", AI_BASE_URL=url)[1]) >= 1


@pytest.mark.parametrize(
    "url", ["http://ollama:11434/v1", "http://127.0.0.1:8000/v1", "http://10.0.0.7/v1", "http://gpu.lan/v1", "https://x.openai.azure.com/openai/v1"]
)
def test_a_server_of_ones_own_needs_neither_https_nor_a_key(url: str) -> None:
    settings, wrong = read(AI_PROVIDER="openai", AI_BASE_URL=f"{url}/")
    assert (settings.base_url, wrong) == (url, [])


def test_a_missing_library_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.model_settings.find_spec", lambda name: None)
    (line,) = read(AI_PROVIDER="anthropic", ANTHROPIC_API_KEY="k")[1]
    assert "install the extra anthropic" in line


@pytest.mark.parametrize("provider", ["claude", "none, please"])
def test_another_provider_is_none_of_ours(provider: str) -> None:
    assert "AI_PROVIDER" in read(AI_PROVIDER=provider)[1][0]


def test_costs_by_the_price_of_a_million_tokens() -> None:
    settings, _ = read(AI_PROVIDER="openai", OPENAI_API_KEY="k", AI_PRICE="2/10")
    assert settings.cost(1200, 300) == pytest.approx(0.0054)
    assert ModelSettings().cost(1200, 300) is None


@pytest.mark.parametrize("key", ["sk-\u200babc", "sk-ab cd", "sk-\u20ac", "sk-a\nb"])
def test_a_key_that_no_header_can_carry_is_told_at_the_start(key: str) -> None:
    _, (told,) = read(AI_PROVIDER="openai", OPENAI_API_KEY=key)
    assert told.startswith("OPENAI_API_KEY holds")
    assert key not in told
