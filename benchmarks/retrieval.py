"""The ranker of resolved tickets on real questions, beside plain BM25 measured in the same run.

    python -m benchmarks.retrieval --retrieval DIR [--half even|odd]

DIR holds `questions.jsonl.gz` (id, title, question, answers, resolution), `links.tsv` and `resolutions.tsv` (pairs that
people made). Nothing of it is part of this project. The numbers of the ranker were chosen on the even queries (counted
from 0), so the odd ones say what they are worth.

`links`: a question finds another one that an answer to it points at. A question's own answers are never read, and links
and the titles they bear are taken out of everybody's: they would give the answer away. `resolutions`: a question finds
the answer that solved it, among all that did. "by clauses" searches as the product does, among the candidates that
`escalation/memory/choose.py` finds, not among all.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from escalation.memory.choose import LIMIT, clauses_of
from escalation.memory.rank import Candidate, Statistics, Terms, rank, weights_of
from escalation.package.known_symptoms import symptoms_told

SOLVED_BY_ASKER = "self_reported"
"""Resolutions that whoever asked reported; the others are answers that were accepted."""
Pairs = dict[str, set[str]]
Ranking = Callable[[str], list[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--retrieval", type=Path, required=True, help="directory with questions and pairs")
    parser.add_argument("--half", choices=("even", "odd"), help="only every other query")
    options = parser.parse_args()
    with gzip.open(options.retrieval / "questions.jsonl.gz", "rt", encoding="utf-8") as lines:
        posts = {post["id"]: post for post in map(json.loads, lines)}
    solved = {name: post["resolution"] for name, post in posts.items() if post["resolution_kind"] == SOLVED_BY_ASKER}
    print(f"{len(posts)} questions, {len(solved)} resolutions")
    print(f"{'':<13}{'ranker':<22}{'queries':>8}{'MRR@10':>9}{'MAP@100':>9}{'P@1':>7}{'R@10':>7}")
    ours = Ours(posts, solved)
    for name, rankings in (
        ("links", {"BM25": plain_links(posts), "ours": ours.links, "ours, by clauses": ours.links_by_clauses}),
        ("resolutions", {"BM25": plain_resolutions(posts, solved), "ours": ours.resolutions}),
    ):
        pairs = halved(read_pairs(options.retrieval / f"{name}.tsv"), options.half)
        first = 0.0
        for called, ranking in rankings.items():
            mrr, mean, top, ten = measure(ranking, pairs)
            first = first or mrr
            print(
                f"{name:<13}{called:<22}{len(pairs):>8}{mrr:>9.3f}{mean:>9.3f}{top:>7.3f}{ten:>7.3f}"
                f"   {mrr / (first or 1):.2f} x",
                flush=True,
            )


def read_pairs(path: Path) -> Pairs:
    """Return the relevant documents of each query."""
    pairs: Pairs = defaultdict(set)
    for row in path.read_text(encoding="utf-8").splitlines()[1:]:
        query, document, _ = row.split("\t")
        pairs[query].add(document)
    return dict(pairs)


def halved(pairs: Pairs, half: str | None) -> Pairs:
    """Return every other query, or all."""
    return {q: found for place, (q, found) in enumerate(pairs.items()) if half is None or place % 2 == (half == "odd")}


def measure(ranking: Ranking, pairs: Pairs) -> tuple[float, float, float, float]:
    """Return MRR@10, MAP@100, P@1 and R@10."""
    sums = [0.0, 0.0, 0.0, 0.0]
    for query, relevant in pairs.items():
        ranked = ranking(query)[:100]
        hits = [place for place, name in enumerate(ranked, 1) if name in relevant]
        sums[0] += 1 / hits[0] if hits and hits[0] <= 10 else 0
        sums[1] += sum(found / place for found, place in enumerate(hits, 1)) / len(relevant)
        sums[2] += bool(hits and hits[0] == 1)
        sums[3] += sum(place <= 10 for place in hits) / len(relevant)
    mrr, mean, top, ten = (s / len(pairs) for s in sums)
    return mrr, mean, top, ten


class Bm25:
    """The textbook's: k1 1.2, b 0.75, words as they stand."""

    def __init__(self, documents: Mapping[str, Sequence[str]]) -> None:
        self.postings: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self.length = {name: len(words) for name, words in documents.items()}
        self.usual = sum(self.length.values()) / len(documents)
        for name, words in documents.items():
            for word, count in Counter(words).items():
                self.postings[word].append((name, count))

    def ranked(self, query: Sequence[str]) -> list[str]:
        scores: dict[str, float] = defaultdict(float)
        for word, said in Counter(query).items():
            found = self.postings.get(word, ())
            idf = math.log(1 + (len(self.length) - len(found) + 0.5) / (len(found) + 0.5))
            for name, count in found:
                longer = 1.2 * (0.25 + 0.75 * self.length[name] / self.usual)
                scores[name] += said * idf * count * 2.2 / (count + longer)
        return sorted(scores, key=lambda name: (-scores[name], name))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def plain_links(posts: Mapping[str, Any]) -> Ranking:
    """Return plain BM25 over title twice and question."""
    text = {name: _words(p["title"]) * 2 + _words(p["question"]) for name, p in posts.items()}
    index = Bm25(text)
    return lambda query: [name for name in index.ranked(text[query]) if name != query]


def plain_resolutions(posts: Mapping[str, Any], solved: Mapping[str, str]) -> Ranking:
    """Return plain BM25 over the resolutions."""
    index = Bm25({name: _words(text) for name, text in solved.items()})
    return lambda query: index.ranked(_words(posts[query]["title"]) * 2 + _words(posts[query]["question"]))


def _plain(line: str) -> str:
    return " ".join(line.split("- Microsoft Q&A")[0].lower().split())


def _untold(answer: str, titles: set[str]) -> str:
    """Return an answer without the lines that are only another question's title."""
    return "\n".join(line for line in answer.splitlines() if _plain(line) not in titles)


def _terms(summary: str, problem: str, *later: str) -> Terms:
    return Terms.of(summary, problem, "\n".join(later), symptoms_told(summary, problem, later))


class Ours:
    """The product's ranker, with the statistics of all the questions and answers."""

    def __init__(self, posts: Mapping[str, Any], solved: Mapping[str, str]) -> None:
        self.names, self.posts = list(posts), posts
        titles = {_plain(p["title"]) for p in posts.values()}
        self.terms = {
            name: _terms(p["title"], p["question"], *(_untold(a["text"], titles) for a in p["answers"]))
            for name, p in posts.items()
        }
        self.holding: Counter[str] = Counter()
        self.postings: dict[str, list[int]] = defaultdict(list)
        for number, terms in enumerate(self.terms.values()):
            for term in terms.held:
                self.holding[term] += 1
                self.postings[term].append(number)
        self.statistics = Statistics(len(posts), self.holding)
        self.solved = [Candidate(self.names.index(name), _terms("", "", text)) for name, text in solved.items()]

    def query(self, name: str) -> Terms:
        post = self.posts[name]
        return Terms.of(post["title"], post["question"], symptoms=symptoms_told(post["title"], post["question"]))

    def links(self, name: str) -> list[str]:
        return self._among(name, range(len(self.names)))

    def links_by_clauses(self, name: str) -> list[str]:
        found: set[int] = set()
        for clause in clauses_of(self.query(name), self.statistics):
            found |= set.intersection(*(set(self.postings[term]) for term in clause))
        weights = weights_of(self.query(name), self.statistics)
        held = {n: self.terms[self.names[n]].held for n in found}
        best = sorted(found, key=lambda n: (-sum(w for t, w in sorted(weights.items()) if t in held[n]), -n))
        return self._among(name, best[:LIMIT])

    def _among(self, name: str, numbers: Sequence[int]) -> list[str]:
        query = self.query(name)
        candidates = [Candidate(n, self.terms[self.names[n]]) for n in numbers if self.names[n] != name]
        return [self.names[match.id] for match in rank(query, candidates, self.statistics)]

    def resolutions(self, name: str) -> list[str]:
        return [self.names[match.id] for match in rank(self.query(name), self.solved, self.statistics)]


if __name__ == "__main__":
    main()
