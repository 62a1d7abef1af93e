"""Put words into classes by the words beside them, in texts that nobody labelled: "rebooted" beside "restarted".

    python -m training.classes --texts FILE --threads DIR [--out FILE]

FILE holds threads as JSON lines, packed with gzip (`training/forums.py` says what is in one), DIR labelled threads. A word gets three
classes: of 60, of 250 and of 800. Names are left out: a word that is mostly written with a capital within a sentence is kept only if
the vocabulary of domains knows it. The same to the byte each time on one machine; takes a minute.
"""

# ruff: noqa: E501 - a table is easier to read in rows

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from escalation.reading.features import tokens
from escalation.wording.vocabulary import WEIGHTS
from training.forums import questions, texts_in
from training.terse import terse
from training.tickets import own, texts_of, threads

OUT = Path(__file__).with_name("word_classes.txt")
SIZES = (60, 250, 800)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+\b")
_SEEN, _WORDS, _BESIDE, _DIMENSIONS = 8, 12_000, 1_500, 100
"""How often a word has to stand, how many words are put into classes, how many tell about their neighbours, and in how many numbers."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, required=True, help="threads without labels, JSON lines packed with gzip")
    parser.add_argument("--threads", type=Path, required=True, help="directory with the labelled threads")
    parser.add_argument("--out", type=Path, default=OUT, help="where the classes go (default: beside this file)")
    options = parser.parse_args()
    texts = [text for one in questions(options.texts) for text in texts_in(one)]
    texts += [text for ticket in (*threads(options.threads), *own(), *terse()) for text in texts_of(ticket.record).values()]
    made = classes_of(texts)
    options.out.write_text("".join(f"{word} {' '.join(kinds)}\n" for word, kinds in sorted(made.items())), encoding="utf-8")
    print(f"{options.out}: {len(made):,} words")


def word_classes(path: Path = OUT) -> dict[str, tuple[str, ...]]:
    """Return the classes of each word, from few to many."""
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {word: tuple(kinds) for word, *kinds in rows}


_PRODUCTS = frozenset(
    "windows outlook exchange office teams excel word chrome edge firefox adobe acrobat azure intune defender sophos veeam "  # noqa: SIM905
    "sonicwall fortigate meraki unifi cisco hp dell lenovo citrix vmware esxi server sql mysql quickbooks sage onedrive "
    "sharepoint microsoft google apple android ios macos linux ubuntu update updates it this that which everything "
    "nothing something printer phone laptop pc router switch firewall system service services backup".split()
)
"""Capitalised words that begin a sentence and are no person."""


def classes_of(texts: Iterable[str], sizes: Sequence[int] = SIZES) -> dict[str, tuple[str, ...]]:
    """Return each word's classes, learned from the texts alone."""
    from sklearn.cluster import MiniBatchKMeans  # a second to load: not for who only reads the classes

    sentences: list[list[str]] = []
    capitals: Counter[str] = Counter()
    for text in texts:
        capitals.update(word.lower() for word in _CAPITAL.findall(text[:6000]))
        sentences += [words for part in _SENTENCE.split(text[:6000]) if 3 <= len(words := tokens(part)) <= 60]
    seen = Counter(word for words in sentences for word in words)
    known = WEIGHTS.keys() | _PRODUCTS
    often = [w for w, count in sorted(seen.items(), key=lambda one: (-one[1], one[0])) if count >= _SEEN and (2 * capitals[w] <= count or w in known)]
    words = often[:_WORDS]
    beside = {word: place for place, word in enumerate(often[:_BESIDE])}
    vectors = _vectors(sentences, {word: place for place, word in enumerate(words)}, beside)
    labels = [MiniBatchKMeans(size, random_state=0, n_init=3, batch_size=2048).fit(vectors).labels_ for size in sizes]
    return {word: tuple(str(kinds[place]) for kinds in labels) for place, word in enumerate(words)}


def _vectors(sentences: Sequence[Sequence[str]], words: Mapping[str, int], beside: Mapping[str, int]) -> Any:
    """Return a row of numbers for each word: its two neighbours on each side, by how much oftener they stand there than by chance."""
    from scipy.sparse import coo_matrix, csr_matrix
    from sklearn.utils.extmath import randomized_svd

    width = len(beside) + 1
    counts: Counter[tuple[int, int]] = Counter()
    for sentence in sentences:
        padded = ["^", "^", *sentence, "$", "$"]
        for place in range(2, len(padded) - 2):
            row = words.get(padded[place])
            if row is not None:
                for side, distance in enumerate((-2, -1, 1, 2)):
                    counts[row, side * width + beside.get(padded[place + distance], width - 1)] += 1
    at = sorted(counts)
    values = np.array([counts[one] for one in at], dtype=float)
    rows, columns = np.array([r for r, _ in at]), np.array([c for _, c in at])
    table = coo_matrix((values, (rows, columns)), shape=(len(words), 4 * width)).tocsr()
    by_word, by_place = np.asarray(table.sum(1)).ravel(), np.asarray(table.sum(0)).ravel() ** 0.75
    shares = np.maximum(0.0, np.log(values * by_place.sum() / (by_word[rows] * by_place[columns])))
    left, sizes, _ = randomized_svd(csr_matrix((shares, (rows, columns)), shape=table.shape), min(_DIMENSIONS, len(words) - 1), n_iter=4, random_state=0)
    vectors = left * np.sqrt(sizes)
    return vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)


if __name__ == "__main__":
    main()
