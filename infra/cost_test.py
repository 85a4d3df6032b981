"""What the scripts of this folder print: the sums, and that the pages say it.

python3 -m unittest discover --start-directory infra --pattern '*_test.py'
"""

import subprocess
import sys
import tomllib
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import cost  # noqa: E402

PRICES = {
    "letters": {"usd": 0.10, "per": 1000, "unit": "letters"},
    "views": {"usd": 1.20, "per": 1e6, "free": 1e6, "unit": "views"},
}


class Sums(unittest.TestCase):
    """Costs of a few lines."""

    def setUp(self):
        self.costs = cost.Costs(PRICES)
        self.costs.add("letters", "letters", 20_000)
        self.costs.add("views", "views", 1_500_000)
        self.costs.add("more views", "views", 500_000)

    def test_a_total_is_the_sum_of_its_lines(self):
        self.assertAlmostEqual(self.costs.total(), 2.0 + 2.4)

    def test_what_is_free_is_taken_off_once(self):
        self.assertAlmostEqual(self.costs.after_free(), 2.0 + 1.2)

    def test_the_table_ends_with_both(self):
        last = self.costs.table().splitlines()[-2:]
        self.assertIn("**4.40**", last[0])
        self.assertIn("**3.20**", last[1])


class Pages(unittest.TestCase):
    """What is published."""

    def test_a_dearer_price_makes_it_dearer(self):
        counted = tomllib.loads((HERE / "counted.toml").read_text())
        known = tomllib.loads((HERE / "prices.toml").read_text())
        before = cost.contributions(counted, known).total()
        known["prices"]["mail"]["usd"] *= 2
        letters = sum(counted[kind].get("letters", 0) * of for kind, of in known["mix"].items())
        dearer = cost.contributions(counted, known).total() - before
        self.assertAlmostEqual(dearer, letters * 0.10 / 1000)

    def test_the_pages_say_what_the_scripts_print(self):
        for script in ["cost.py", "capacity.py"]:
            done = subprocess.run([sys.executable, HERE / script, "--check"], capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
