"""Read a ticket whole: a small transformer that sees each stretch with what stands before and after it.

The six layers of MiniLM (https://arxiv.org/abs/2002.10957), taught further on tickets by `python -m training.encoder`, calculated
with numpy. The words' weights see a stretch and its neighbours; this sees what a whole page is about, at many times the cost.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.reading.features import Look
from escalation.reading.weights import Learned, Scale, Told, learned
from escalation.reading.windows import Window, Windows
from escalation.text.passages import Passage

Floats = NDArray[Any]
"""Of 32 bits."""

FORMAT = 1
HEADS = 12
MOST_WINDOWS = 24
"""So many windows of a ticket are read, those where the words' weights have most doubt: about two seconds of one processor."""


class Encoder:
    """A taught encoder, ready to read."""

    def __init__(self, body: bytes) -> None:
        """Read `encoder.npz`. Raises `ValueError` for another format."""
        with np.load(io.BytesIO(body), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        self.told: dict[str, Any] = json.loads(arrays.pop("told").tobytes())
        if self.told["format"] != FORMAT:
            raise ValueError(f"an encoder of format {self.told['format']!r}: this program reads format {FORMAT}")
        self.version = hashlib.sha256(body).hexdigest()
        names = arrays.pop("vocabulary").tobytes().decode().split("\n")
        self.windows = Windows({name: number for number, name in enumerate(names)})
        self._words, self._word_scale = arrays.pop("words"), arrays.pop("words.scale").astype(np.float32)
        whole = {name.removesuffix(".scale") for name in arrays if name.endswith(".scale")}
        self._weights: dict[str, Floats] = {
            name: (array * arrays[f"{name}.scale"].astype(np.float32)[:, None]).T if name in whole else array.astype(np.float32)
            for name, array in arrays.items() if not name.endswith(".scale")
        }  # fmt: skip
        self._layers = sum(name.endswith(".norm1") for name in self._weights)
        self.told_of = lru_cache(maxsize=256)(self._calculated)
        """What is said of a window: a ticket is read again whenever it changes, and most of it has not."""

    def read(
        self, title: str, passages: Sequence[Passage], looks: Sequence[Look], begins: Sequence[float]
    ) -> dict[int, Told]:
        """Return what is said of the stretches, by place; `begins` are the words' weights' shares."""
        chosen = list(self.windows.of(title, passages, looks))
        if len(chosen) > MOST_WINDOWS:
            doubt = {window: sum(begins[place] * (1 - begins[place]) for place in window.places) for window in chosen}
            chosen = sorted(chosen, key=doubt.__getitem__, reverse=True)[:MOST_WINDOWS]
        return {place: told for window in chosen for place, told in zip(window.places, self.told_of(window), strict=True)}

    def _calculated(self, window: Window) -> tuple[Told, ...]:
        of = self._weights
        numbers = np.array(window.pieces)
        state = self._words[numbers] * self._word_scale[numbers, None] + of["positions"][: len(numbers)]
        state = _normal(state, of["norm"])
        for layer in range(self._layers):
            name = f"{layer}."
            asked, keys, values = np.split(state @ of[name + "qkv"] + of[name + "qkv.bias"], 3, axis=1)
            seen = _attended(asked, keys, values) @ of[name + "out"] + of[name + "out.bias"]
            state = _normal(state + seen, of[name + "norm1"])
            wide = state @ of[name + "wide"] + of[name + "wide.bias"]
            wide *= 0.5 * (1 + np.tanh(0.7978845608 * (wide + 0.044715 * wide * wide * wide)))
            state = _normal(state + wide @ of[name + "narrow"] + of[name + "narrow.bias"], of[name + "norm2"])
        marked = state[list(window.marks)]
        steps = _shares(marked @ of["step"] + of["step.bias"])
        outcomes = _shares(marked @ of["outcome"] + of["outcome.bias"])
        return tuple(Told(tuple(map(float, s)), tuple(map(float, o))) for s, o in zip(steps, outcomes, strict=True))


def _attended(asked: Floats, keys: Floats, values: Floats) -> Floats:
    length, width = asked.shape
    parts = [part.reshape(length, HEADS, width // HEADS).transpose(1, 0, 2) for part in (asked, keys, values)]
    scores = parts[0] @ parts[1].transpose(0, 2, 1) / np.float32((width // HEADS) ** 0.5)
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    seen: Floats = (scores @ parts[2]).transpose(1, 0, 2).reshape(length, width)
    return seen


def _normal(state: Floats, norm: Floats) -> Floats:
    state = state - state.mean(axis=-1, keepdims=True)
    state /= np.sqrt((state * state).mean(axis=-1, keepdims=True) + 1e-12)
    state *= norm[0]
    state += norm[1]
    return state


def _shares(scores: Floats) -> Floats:
    scores = scores - scores.max(axis=-1, keepdims=True)
    scores -= np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    return scores


def with_encoder(known: Learned, encoder: Encoder) -> Learned:
    """Return what was learned by both together. Raises `ValueError` where they tell different classes."""
    told = encoder.told
    for model in ("step", "outcome"):
        if tuple(told[model]) != known.models[model].classes:
            raise ValueError(f"{model}: the encoder tells {told[model]}, the words' weights {known.models[model].classes}")
    version = hashlib.sha256(f"{known.version} {encoder.version}".encode()).hexdigest()
    scales = {**known.scales, **{name: Scale(tuple(s[0]), tuple(s[1])) for name, s in told["scales"].items()}}
    return replace(known, version=version, scales=scales, bounds={**known.bounds, **told["bounds"]}, encoder=encoder)


@lru_cache(maxsize=1)
def own_encoder() -> Encoder:
    """Return the product's own encoder."""
    return Encoder(body())


def body() -> bytes:
    """Return its file."""
    return resources.files("escalation.reading").joinpath("encoder.npz").read_bytes()


@lru_cache(maxsize=1)
def learned_with_encoder() -> Learned:
    """Return the product's own weights and its encoder."""
    return with_encoder(learned(), own_encoder())
