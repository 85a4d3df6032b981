#!/usr/bin/env python3
"""What a deployment costs: counted.toml times prices.toml, line by line.

    infra/cost.py            prints the whole of it
    infra/cost.py --write    puts it in COST.md, and its summary in README.md
    infra/cost.py --check    fails where either says something else

counted.toml is written by a test (its head says how); prices.toml says where each price is from, and
what is assumed where nothing was counted. Amounts are in US dollars, before tax.
"""

import tomllib
from pathlib import Path

import pages_written

HERE = Path(__file__).resolve().parent
COST = HERE / "COST.md"
README = HERE.parent / "README.md"
SCRIPT = "infra/cost.py"
GIGABYTE = 1024**3


class Costs:
    """Lines of what is taken, each with its price."""

    def __init__(self, prices):
        self.prices = prices
        self.lines = []

    def add(self, what, price, quantity):
        """Takes so many units of a price."""
        if quantity:
            self.lines.append((what, price, quantity))

    def amount(self, price, quantity):
        """What so many units cost, nothing of which is free."""
        return quantity * self.prices[price]["usd"] / self.prices[price]["per"]

    def total(self):
        """What all of it costs, nothing of which is free."""
        return sum(self.amount(price, quantity) for _, price, quantity in self.lines)

    def after_free(self):
        """The same where nothing else of the account takes what is free every month, for ever."""
        taken = {}
        for _, price, quantity in self.lines:
            taken[price] = taken.get(price, 0) + quantity
        left = {p: max(0, q - self.prices[p].get("free", 0)) for p, q in taken.items()}
        return sum(self.amount(price, quantity) for price, quantity in left.items())

    def table(self):
        """The lines as Markdown."""
        rows = ["| what | how much | of | price | USD |", "| --- | --: | --- | --: | --: |"]
        for what, price, quantity in self.lines:
            known = self.prices[price]
            per = "" if known["per"] == 1 else f" / {known['per']:,.0f}"
            rows.append(
                f"| {what} | {quantity:,.2f} | {known['unit']} | {known['usd']}{per} "
                f"| {self.amount(price, quantity):.4f} |"
            )
        rows.append(f"| **in all** | | | | **{self.total():.2f}** |")
        rows.append(f"| with what is free every month | | | | **{self.after_free():.2f}** |")
        return "\n".join(rows) + "\n"


def by_name(took, prefix):
    """The numbers of a scenario whose names begin so, by the rest of the name."""
    found = {}
    for name, number in took.items():
        if name.startswith(prefix):
            found[name[len(prefix):]] = number
    return found


def contributions(counted, known):
    """10,000 contributions of the mix, with their likes, decisions and letters."""
    costs, assumed = Costs(known["prices"]), known["assumed"]
    idle = assumed["milliseconds_of_invocation"]
    call = assumed["milliseconds_of_call"]
    totals = {}

    def take(price, quantity):
        totals[price] = totals.get(price, 0) + quantity

    for kind, times in known["mix"].items():
        took = counted[kind]
        for function, invocations in by_name(took, "invocations.").items():
            calls = total(took, f"calls.{function}.")
            memory = f"gigabytes_of_{function}"
            if memory not in assumed:
                memory = "gigabytes"
            seconds = (invocations * idle + calls * call) / 1000
            if kind == "login":
                seconds += assumed["milliseconds_of_login"] / 1000
            take("lambda_requests", invocations * times)
            take("lambda_time", seconds * assumed[memory] * times)
            take("http_api", invocations * times)
            take("cloudfront_requests", invocations * times)
            take("cloudfront_bytes", invocations * times * assumed["bytes_of_answer"] / GIGABYTE)
            take("waf_requests", invocations * times)
            take("logs", invocations * times * assumed["bytes_logged_by_invocation"] / GIGABYTE)
        calls = total(took, "calls.workers.")
        if calls:
            seconds = (assumed["milliseconds_of_publication"] + calls * call) / 1000
            take("lambda_requests", times)
            take("lambda_time", seconds * assumed["gigabytes_of_publisher"] * times)
            take("logs", times * assumed["bytes_logged_by_invocation"] / GIGABYTE)
        take("dynamodb_write", total(took, "write_units.") * times)
        take("dynamodb_read", total(took, "read_units.") * times)
        take("mail", took.get("letters", 0) * times)
        take("s3_put", took.get("pages_put", 0) * times)

    # What grows with how much there is, each an idea more.
    few, many = counted["decision_of_200_waiting"], counted["decision_among_1000_published"]
    by_published = (total(many, "read_units.") - total(few, "read_units.")) / 1000
    read = "read_units.moderation"
    by_waiting = (few.get(read, 0) - counted["idea"].get(read, 0)) / 200
    decided = known["mix"]["idea"] + known["mix"]["comment"] + known["mix"]["testimonial"]
    published = decided * assumed["ideas_published"]
    waiting = decided * assumed["ideas_waiting"]
    more = max(0, by_published) * published + max(0, by_waiting) * waiting
    names = {
        "dynamodb_write": "written in the tables and the index",
        "dynamodb_read": "read of them",
        "lambda_requests": "functions",
        "lambda_time": "their time",
        "http_api": "HTTP API",
        "cloudfront_requests": "forms through CloudFront",
        "cloudfront_bytes": "what functions answer",
        "waf_requests": "looked at by the web ACL",
        "mail": "letters",
        "s3_put": "pages put in the bucket",
        "logs": "logs",
    }
    for price, what in names.items():
        costs.add(what, price, totals.get(price, 0))
    costs.add("read of what was there already", "dynamodb_read", more)
    return costs


def total(took, prefix):
    """The sum of the numbers of a scenario whose names begin so."""
    return sum(by_name(took, prefix).values())


def views(counted, known):
    """A million views of pages, most of them the second and third of a visit."""
    costs, assumed = Costs(known["prices"]), known["assumed"]
    objects, size = 0.0, 0.0
    for name, share in by_name(assumed, "view_").items():
        page = counted[f"view_{name}"]
        first = 1 / assumed["pages_of_visit"]
        objects += share / 100 * (page["objects_page"] + first * page.get("objects_assets", 0))
        size += share / 100 * (page["bytes_page"] + first * page.get("bytes_assets", 0))
    million = 1_000_000
    costs.add("pages, style, scripts, pictures", "cloudfront_requests", objects * million)
    costs.add("sent to readers", "cloudfront_bytes", size * million / GIGABYTE)
    costs.add("paths of pages", "cloudfront_functions", objects * million)
    costs.add("looked at by the web ACL", "waf_requests", objects * million)
    misses = objects * million * assumed["misses_of_thousand"] / 1000
    costs.add("asked of the bucket", "s3_get", misses)
    return costs


def idle(known, optional):
    """A month in which nobody comes; with what a deployment may be made without, or not."""
    costs, assumed = Costs(known["prices"]), known["assumed"]
    costs.add("the key of identities", "kms_key", 1)
    costs.add("secrets", "secret", assumed["secrets"])
    runs = assumed["runs_of_clock"]
    seconds = runs * assumed["milliseconds_of_clock"] / 1000
    costs.add("the clock, every minute", "lambda_requests", runs)
    costs.add("its time", "lambda_time", seconds * assumed["gigabytes_of_clock"])
    costs.add("what it reads", "dynamodb_read", runs * assumed["read_units_of_clock"])
    logged = runs * assumed["bytes_logged_by_invocation"] / GIGABYTE
    costs.add("its logs", "logs", logged)
    kept = assumed["gigabytes_kept"]
    costs.add("tables and index", "dynamodb_storage", 2 * kept)
    costs.add("the bucket", "s3_storage", kept)
    if optional:
        costs.add("tables put back to any second", "dynamodb_pitr", kept)
        costs.add("daily backups", "backup", kept * assumed["daily_backups"])
        costs.add("alarms", "alarm", assumed["alarms"])
        costs.add("metrics of the clock", "metric", assumed["metrics"])
        costs.add("the dashboard", "dashboard", 1)
        costs.add("the web ACL", "waf_acl", 1)
        costs.add("its rules", "waf_rule", assumed["rules"])
        costs.add("the zone of the domain", "zone", 1)
    return costs


def whole(counted, known):
    """COST.md, and the summary for README.md."""
    parts = [
        ("10,000 contributions", contributions(counted, known)),
        ("a million views of pages", views(counted, known)),
        ("a month in which nobody comes, as the template is", idle(known, True)),
        ("the same without alarms, dashboard, web ACL, zone and backups", idle(known, False)),
    ]
    mix = ", ".join(f"{number:,} times {kind}" for kind, number in known["mix"].items())
    text = (
        "# What it costs\n\n"
        "Written by `infra/cost.py --write` from [counted.toml](counted.toml), which the test "
        "suite counts on the functions' own binaries, and [prices.toml](prices.toml), which says "
        "where each price is from and what is assumed. Reckoned, and never seen on a bill.\n\n"
        f"US dollars before tax, Paris (eu-west-3); prices of {known['seen']}. "
        f"The mix of 10,000: {mix}.\n"
    )
    summary = ["| | USD | with what AWS leaves free every month |", "| --- | --: | --: |"]
    for name, costs in parts:
        text += f"\n## {name[0].upper()}{name[1:]}\n\n{costs.table()}"
        summary.append(f"| {name} | {costs.total():.2f} | {costs.after_free():.2f} |")
    text += "\n## What is assumed\n\n| | |\n| --- | --: |\n"
    for name, number in known["assumed"].items():
        text += f"| {name.replace('_', ' ')} | {number:,} |\n"
    return text, "\n".join(summary) + "\n"


def main():
    """The command."""
    counted = tomllib.loads((HERE / "counted.toml").read_text())
    known = tomllib.loads((HERE / "prices.toml").read_text())
    text, summary = whole(counted, known)
    pages = {COST: text, README: pages_written.with_part(README, SCRIPT, summary)}
    pages_written.command(__doc__, SCRIPT, pages, text)


if __name__ == "__main__":
    main()
