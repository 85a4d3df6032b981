"""Pages of which a script writes the whole, or the part between two marks.

A script prints what it reckons; with --write it puts it in its pages, with --check it fails where one
of them says something else.
"""

import argparse
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def with_part(path, script, text):
    """What a page becomes whose part between the marks of a script is this text."""
    begin, end = f"<!-- {script} --write -->\n", f"<!-- end of {script} -->\n"
    before, rest = path.read_text().split(begin, 1)
    _, after = rest.split(end, 1)
    return before + begin + text + end + after


def command(described, script, pages, printed):
    """What a script does when it is called: `pages` are what each of them is to say, by its path."""
    parser = argparse.ArgumentParser(
        description=described, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = " and ".join(str(path.relative_to(REPOSITORY)) for path in pages)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--write", action="store_true", help=f"put it in {names}")
    what.add_argument("--check", action="store_true", help="fail where that says something else")
    asked = parser.parse_args()
    if asked.write:
        for path, text in pages.items():
            path.write_text(text)
    elif asked.check:
        for path, text in pages.items():
            if path.read_text() != text:
                sys.exit(f"{path.relative_to(REPOSITORY)} is not what {script} reckons: "
                         f"run {script} --write")
    else:
        print(printed)
