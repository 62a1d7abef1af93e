"""The encoder as it is taught: the layers of MiniLM in torch, with a head for steps and one for outcomes."""

# ruff: noqa: E501 - a table of names is easier to read in long rows

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from training.lessons import Lesson, Round

WIDTH, HEADS, DROPPED = 384, 12, 0.1
NAMES = {"qkv": ("attention.self.query", "attention.self.key", "attention.self.value"), "out": ("attention.output.dense",), "wide": ("intermediate.dense",), "narrow": ("output.dense",)}
NORMS = {"norm1": "attention.output.LayerNorm", "norm2": "output.LayerNorm"}
STRETCHES = 30
"""So many stretches count as one."""


class Net(nn.Module):
    """Reads windows; tells of each marked stretch what it is and what came of it."""

    def __init__(self, file: Path, layers: int) -> None:
        super().__init__()
        torch.manual_seed(1)
        said = {name.removeprefix("bert."): array for name, array in load_file(str(file)).items()}
        self.words = nn.Embedding.from_pretrained(said["embeddings.word_embeddings.weight"].clone(), freeze=False)
        self.positions = nn.Parameter(said["embeddings.position_embeddings.weight"] + said["embeddings.token_type_embeddings.weight"][0])
        self.norm = _norm(said, "embeddings.LayerNorm")
        self.layers = nn.ModuleList()
        for number in range(layers):
            lead = f"encoder.layer.{number}."
            parts: dict[str, nn.Module] = {name: _linear(said, [lead + source for source in sources]) for name, sources in NAMES.items()}
            self.layers.append(nn.ModuleDict(parts | {name: _norm(said, lead + source) for name, source in NORMS.items()}))
        self.step, self.outcome = nn.Linear(WIDTH, 3), nn.Linear(WIDTH, 5)

    def forward(self, pieces: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """Return the state of each piece: (windows, pieces, 384)."""
        state = self._dropped(self.norm(self.words(pieces) + self.positions[: pieces.shape[1]]))
        for layer in self.layers:
            size, length, _ = state.shape
            asked = layer["qkv"](state).view(size, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
            seen = functional.scaled_dot_product_attention(*asked, attn_mask=there[:, None, None, :])
            state = layer["norm1"](state + self._dropped(layer["out"](seen.transpose(1, 2).reshape(size, length, WIDTH))))
            wide = functional.gelu(layer["wide"](state), approximate="tanh")
            state = layer["norm2"](state + self._dropped(layer["narrow"](wide)))
        return state

    def _dropped(self, state: torch.Tensor) -> torch.Tensor:
        return functional.dropout(state, DROPPED, self.training)

    def learn(self, lessons: Sequence[Lesson], told: Round, batch: int) -> Iterator[tuple[float, float]]:
        """Go through the lessons once, and say now and then how far it is and how wrong the answers are."""
        chance = random.Random(told.seed)
        torch.manual_seed(told.seed)
        matrices = [p for p in self.parameters() if p.ndim > 1]
        vectors = [p for p in self.parameters() if p.ndim <= 1]
        steps = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}], lr=told.rate)
        batches = _batches(lessons, batch, chance)
        self.train()
        for number, one in enumerate(batches):
            done = number / len(batches)
            for group in steps.param_groups:
                group["lr"] = told.rate * max(0.01, min(1.0, done / 0.06) * (1 - max(0.0, done - 0.06) / 0.94))
            pieces, there, rows, marks = _stacked(one)
            state = self(pieces, there)[rows, marks]
            weights = torch.tensor([lesson.weight for lesson in one for _ in lesson.steps])
            loss = _loss(self.step(state), [s for x in one for s in x.steps], weights)
            loss = loss + told.outcomes * _loss(self.outcome(state), [o for x in one for o in x.outcomes], weights)
            steps.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.parameters(), 1.0)
            steps.step()
            if number % 50 == 49 or number + 1 == len(batches):
                yield (number + 1) / len(batches), float(loss.detach())
        self.eval()

    def arrays(self, pieces: Sequence[int], positions: int) -> dict[str, Any]:
        """Return all numbers, of the words those pieces' alone, as `escalation/reading/encoder.py` names them."""
        made = {"words": self.words.weight[list(pieces)], "positions": self.positions[:positions], "norm": _both(self.norm)}
        for number, layer in enumerate(self.layers):
            for name in NAMES:
                made |= {f"{number}.{name}": layer[name].weight, f"{number}.{name}.bias": layer[name].bias}
            made |= {f"{number}.{name}": _both(layer[name]) for name in NORMS}
        for name, head in (("step", self.step), ("outcome", self.outcome)):
            made |= {name: head.weight, f"{name}.bias": head.bias}
        return {name: array.detach().numpy() for name, array in made.items()}


def _linear(said: Mapping[str, Any], sources: Sequence[str]) -> nn.Linear:
    weight, bias = (torch.cat([said[f"{source}.{kind}"] for source in sources]) for kind in ("weight", "bias"))
    made = nn.Linear(weight.shape[1], weight.shape[0])
    made.weight.data, made.bias.data = weight, bias
    return made


def _norm(said: Mapping[str, Any], source: str) -> nn.LayerNorm:
    made = nn.LayerNorm(WIDTH, 1e-12)
    made.weight.data, made.bias.data = said[f"{source}.weight"].clone(), said[f"{source}.bias"].clone()
    return made


def _both(norm: Any) -> torch.Tensor:
    return torch.stack([norm.weight, norm.bias])


def _loss(scores: torch.Tensor, answers: Sequence[int], weights: torch.Tensor) -> torch.Tensor:
    right = torch.tensor(answers)
    return (functional.cross_entropy(scores, right.clamp(min=0), reduction="none") * weights * (right >= 0)).sum() / STRETCHES


def _batches(lessons: Sequence[Lesson], size: int, chance: random.Random) -> list[list[Lesson]]:
    """Put windows of about the same length together, so that little is read for nothing; in a random order."""
    made: list[list[Lesson]] = []
    longest = 0
    for lesson in sorted(lessons, key=lambda one: len(one.window.pieces) + chance.random() * 24):
        longest = max(longest, len(lesson.window.pieces))
        if not made or longest * (len(made[-1]) + 1) > size:
            made.append([])
            longest = len(lesson.window.pieces)
        made[-1].append(lesson)
    chance.shuffle(made)
    return made


def _stacked(lessons: Sequence[Lesson]) -> tuple[torch.Tensor, torch.Tensor, list[int], list[int]]:
    longest = max(len(one.window.pieces) for one in lessons)
    pieces = torch.zeros(len(lessons), longest, dtype=torch.long)
    there = torch.zeros(len(lessons), longest, dtype=torch.bool)
    for row, one in enumerate(lessons):
        pieces[row, : len(one.window.pieces)] = torch.tensor(one.window.pieces)
        there[row, : len(one.window.pieces)] = True
    rows = [row for row, one in enumerate(lessons) for _ in one.window.marks]
    return pieces, there, rows, [mark for one in lessons for mark in one.window.marks]
