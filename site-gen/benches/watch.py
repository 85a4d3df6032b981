#!/usr/bin/env python3
"""How long after an edit `site-gen watch` answers the new page, in milliseconds.

    watch.py SITE-GEN CONTENT THEME [EDITS]      CONTENT as prepare.py leaves it

Each turn appends a word to a page of the news and asks for it until the word is there.
"""
import pathlib, re, statistics, subprocess, sys, tempfile, time, urllib.request

if len(sys.argv) < 4:
    sys.exit(__doc__)
program, content, theme = sys.argv[1:4]
edits = int(sys.argv[4]) if len(sys.argv) > 4 else 15
pages = sorted(pathlib.Path(content, "news").glob("*.md"))
with tempfile.TemporaryDirectory(dir=pathlib.Path(content).parent) as out:
    watch = subprocess.Popen([program, "watch", "--content", content, "--theme", theme, "--out", f"{out}/site",
                              "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        base = next(found.group(0) for line in watch.stdout if (found := re.search(r"http://[\d.:]+", line)))
        took = []
        for turn in range(edits):
            page = pages[turn * len(pages) // edits]
            before, word = page.read_text(encoding="utf-8"), f"modification-{turn}-{time.time_ns()}"
            url = f"{base}/actualites/{page.stem}/"
            started = time.perf_counter()
            page.write_text(f"{before}\n{word}\n", encoding="utf-8")
            while word not in urllib.request.urlopen(url).read().decode():
                if time.perf_counter() - started > 30:
                    sys.exit(f"{url} never had {word}")
                time.sleep(0.002)
            took.append((time.perf_counter() - started) * 1000)
            page.write_text(before, encoding="utf-8")
            while word in urllib.request.urlopen(url).read().decode():
                time.sleep(0.05)
            # Nobody edits twice in a tenth of a second.
            time.sleep(0.2)
        print(f"{len(pages)} pages, {edits} edits: median {statistics.median(took):.0f} ms, "
              f"min {min(took):.0f}, max {max(took):.0f}")
    finally:
        watch.kill()
