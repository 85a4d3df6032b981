#!/usr/bin/env python3
"""What gives first when many come: each link's rate, and at how many times the peak it gives.

    infra/capacity.py            prints the table
    infra/capacity.py --write    puts it in CAPACITY.md
    infra/capacity.py --check    fails where CAPACITY.md says something else

What a contribution takes is in counted.toml; the limits are below, each with where it is from.
"""

import tomllib
from pathlib import Path

import pages_written

HERE = Path(__file__).resolve().parent
PAGE = HERE / "CAPACITY.md"
SCRIPT = "infra/capacity.py"

# The UK Parliament's petition 241584 in March 2019: signatures a second at its peak, and readers
# at once.
PEAK = 2000 / 60
READERS = 100_000
# A reader of a page that is being talked about opens another each half a minute.
VIEWS_A_SECOND = READERS / 30
# DynamoDB, developer guide: write units a second of one partition, and of a new table or index on
# demand before it has grown (it doubles its last peak within half an hour; warm throughput is
# more from the start).
PARTITION = 1000
NEW_TABLE = 4000
# CloudFront, quotas: requests a second of a distribution.
DISTRIBUTION = 250_000
# template.yaml: requests a second of the HTTP API's stage, and how many processes of a function.
STAGE = 200
RESERVED = {"ideas": 40, "likes": 80, "surveys": 30}
# template.yaml: letters a second that `clock` sends at the most, how many at once; SES, quotas: 14 at
# first. In each minute letters begin to leave for 50 seconds (functions/src/workers/clock.rs).
MAIL_RATE, MAIL_AT_ONCE = 14, 16
OF_A_MINUTE = 50 / 60
# API Gateway, quotas of an account: requests a second.
ACCOUNT_API = 10_000
# Lambda, quotas: processes of an account at first.
ACCOUNT_LAMBDA = 1000
# Reckoned, as prices.toml does: milliseconds of an invocation itself, and of a call to the store.
INVOCATION, CALL = 5, 6
# Of a letter: seven calls to the store and a message by SMTP.
LETTER_SECONDS = 7 * CALL / 1000 + 0.06
# Of the publisher: one batch of 100 records after the other for each shard of the stream; pages of a
# batch are rendered once.
PUBLISHER_RECORDS = 100 / 0.8
# What one person reads and decides in an hour: 30 s each.
READ_IN_AN_HOUR = 120


def total(took, prefix):
    """The sum of the numbers of a scenario whose names begin so."""
    return sum(number for name, number in took.items() if name.startswith(prefix))


def links(counted):
    """Each link: what it is, what a contribution or a view takes of it, and its limit a second."""
    idea, like, survey = counted["idea"], counted["like"], counted["survey"]
    found = []

    def add(what, who, takes, limit, source):
        if takes:
            found.append((what, who, takes, limit, source))

    def of_citizens(took):
        return total(took, "invocations.") - took.get("invocations.moderation", 0)

    def milliseconds(took, function):
        calls = total(took, f"calls.{function}.")
        return took.get(f"invocations.{function}", 0) * INVOCATION + calls * CALL

    for kind, took in (("ideas", idea), ("likes", like), ("surveys", survey)):
        add("the HTTP API's stage", kind, of_citizens(took), STAGE, "`template.yaml`")
        add("the HTTP API of an account", kind, of_citizens(took), ACCOUNT_API, "quota")
        busy = milliseconds(took, kind) / 1000
        add(f"processes of `{kind}`", kind, busy, RESERVED[kind], "`template.yaml`")
        add(f"processes of an account, `{kind}`", kind, busy, ACCOUNT_LAMBDA, "quota")
        written = total(took, "write_units.")
        add("a new table, all partitions", kind, written, NEW_TABLE, "warm throughput")
        for name, units in took.items():
            if name.startswith("partitions.") and (partition := one(name[11:], kind)):
                add(f"`{partition[0]}`", kind, units / partition[1], PARTITION, "partition")
    letters = idea.get("letters", 0)
    add("SES, at its first rate", "ideas", letters, MAIL_RATE * OF_A_MINUTE, "`template.yaml`")
    at_once = MAIL_AT_ONCE / LETTER_SECONDS * OF_A_MINUTE
    add(f"the mailer, {MAIL_AT_ONCE} at once", "ideas", letters, at_once, "reckoned")
    add("the publisher, one shard", "ideas", 3, PUBLISHER_RECORDS, "reckoned")
    return found


def one(kind, scenario):
    """A partition that all of a campaign's contributions meet, and into how many it is spread; none
    where each contribution has one of its own."""
    shared = {
        "index WAITING": 1, "index UNANSWERED": 1, "index MAIL": 1, "index MAIL-SENT": 1,
        "AUDIT": 1, "AUDIT-END": 1, "TALLIES": 1, "CARDS#…": 1, "SURVEY-ANSWERS#…": 1,
        "PARTICIPANTS#…": 1, "QUOTA#…": 16, "LIKES#…": 8,
    }
    if kind not in shared:
        return None
    spread = shared[kind]
    return (kind if spread == 1 else f"{kind}, {spread} shards", spread)


def table(counted):
    """All links, what gives first first."""
    rows = ["| link | of | takes of it, each | limit, a second | from | gives at, a second | times the peak |",
            "| --- | --- | --: | --: | --- | --: | --: |"]
    def rate(link):
        return link[3] / link[2]
    for what, who, takes, limit, source in sorted(links(counted), key=rate):
        gives = limit / takes
        rows.append(f"| {what} | {who} | {takes:.2f} | {limit:,.0f} | {source} "
                    f"| {gives:,.0f} | {gives / PEAK:,.1f} |")
    views = [counted[name] for name in counted if name.startswith("view_") and "objects_page" in counted[name]]
    objects = sum(v["objects_page"] + v.get("objects_assets", 0) / 3 for v in views) / len(views)
    asked = VIEWS_A_SECOND * objects
    rows += ["", "| reading | at the peak | at 10 times | at 100 times | at 1,000 times |",
             "| --- | --: | --: | --: | --: |"]
    def row(what, number):
        cells = " | ".join(f"{number * times:,.0f}" for times in (1, 10, 100, 1000))
        rows.append(f"| {what} | {cells} |")
    row(f"requests a second, of {DISTRIBUTION:,} that a distribution may get", asked)
    row("contributions a second", PEAK)
    row("moderators who read all of it as it comes", PEAK * 3600 / READ_IN_AN_HOUR)
    return "\n".join(rows) + "\n"


def main():
    """The command."""
    text = table(tomllib.loads((HERE / "counted.toml").read_text()))
    pages = {PAGE: pages_written.with_part(PAGE, SCRIPT, text)}
    pages_written.command(__doc__, SCRIPT, pages, text)


if __name__ == "__main__":
    main()
