// The strings that break programs and try to run, from the data beside the repository.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../../shared/data/hostile", import.meta.url));

export const areThere = existsSync(FOLDER);

/** All of them, once each. */
export function strings() {
  const naughty = JSON.parse(readFileSync(join(FOLDER, "naughty_strings.json"), "utf8"));
  const payloads = readFileSync(join(FOLDER, "xss_payloads.txt"), "utf8").split(/\r?\n/);
  return [...new Set([...naughty, ...payloads])].filter((string) => string.trim() !== "");
}

/** One of each sort: those of a sort differ by their letters and digits alone. */
export function sorts(all) {
  const bySort = new Map();
  for (const string of all) {
    const sort = string.replace(/[A-Za-z0-9]+/g, "a");
    if (!(bySort.get(sort)?.length <= string.length)) bySort.set(sort, string);
  }
  return [...bySort.values()];
}

/** Strings one after the other, as many as a field takes; what is too long alone is left out. */
export function batches(all, limit) {
  const found = [];
  for (const string of [...all].sort((a, b) => b.length - a.length)) {
    if (string.length > limit) continue;
    const place = found.findIndex((batch) => batch.length + 1 + string.length <= limit);
    if (place < 0) found.push(string);
    else found[place] += `\n${string}`;
  }
  return found;
}
