// The browser QA kit: where it is, a copy of it to run, and how it is run.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { env, execPath } from "node:process";

/** Copies the kit, which may be read-only and shared, and installs what it needs there. */
export async function installKit(kit, copy) {
  const lock = await readFile(join(kit, "package-lock.json"), "utf8");
  const installed = join(copy, "node_modules/.package-lock.json");
  const isCurrent =
    existsSync(installed) && (await readFile(join(copy, "package-lock.json"), "utf8")) === lock;
  for (const name of readdirSync(kit, { recursive: true })) {
    if (name.startsWith("node_modules") || !lstatSync(join(kit, name)).isFile()) continue;
    await mkdir(dirname(join(copy, name)), { recursive: true });
    // Written anew rather than copied: a copy would be as read-only as its source.
    await writeFile(join(copy, name), await readFile(join(kit, name)));
  }
  if (isCurrent) return;
  const options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  const npm = spawn("npm", options, { cwd: copy, stdio: "inherit" });
  const [code] = await once(npm, "exit");
  if (code !== 0) throw new Error(`npm ci failed in ${copy}`);
}

/** What the checks need and this machine lacks, as one sentence; nothing where all is there. */
export function lacking(checks) {
  const on = (name) => env.PATH.split(delimiter).some((folder) => existsSync(join(folder, name)));
  const lacks = [];
  if (!env.CHROMIUM && !["chromium", "chromium-browser", "google-chrome", "chrome"].some(on)) {
    lacks.push("Chromium (apt-get install chromium, or set CHROMIUM)");
  }
  if (checks.includes("vnu") && !on("java")) {
    lacks.push("java, for vnu (apt-get install default-jre-headless)");
  }
  return lacks.length ? `These are missing: ${lacks.join("; ")}.` : "";
}

/**
 * Runs the kit, and once more, with one page at a time, the checks that could not run: on a busy
 * machine a screenshot may be late. Answers the kit's code: 0 passed, 1 a violation, 2 a check
 * could not run.
 */
export async function check(kit, { base, paths, config, checks, out, jobs, signal }) {
  const first = await runKit(kit, { base, paths, config, checks, out, jobs, signal });
  const late = first.filter((result) => result.state === "ERROR");
  if (late.length === 0) return codeOf(first);
  console.log("\nOnce more, one page at a time, what could not run:");
  const again = await runKit(kit, {
    ...{ base, config, signal, jobs: 1, out: `${out}-again` },
    paths: distinct(late.map((result) => result.path)),
    checks: distinct(late.map((result) => result.check)),
  });
  return codeOf([...first.filter((result) => result.state !== "ERROR"), ...again]);
}

async function runKit(kit, { base, paths, config, checks, out, jobs, signal }) {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await writeFile(join(out, "paths.txt"), paths.join("\n"));
  await writeFile(join(out, "config.json"), JSON.stringify(config, null, 1));
  const child = spawn(
    execPath,
    [
      join(kit, "webcheck.mjs"),
      ["--base", base],
      ["--paths-file", join(out, "paths.txt")],
      ["--config", join(out, "config.json")],
      ["--only", checks.join(",")],
      ["--out", out],
      ["--jobs", String(jobs)],
    ].flat(),
    { stdio: "inherit", signal },
  );
  await once(child, "exit");
  const report = join(out, "report.json");
  if (!existsSync(report)) throw new Error("the kit ended without a report");
  return JSON.parse(await readFile(report, "utf8")).results;
}

function codeOf(results) {
  const states = results.map((result) => result.state);
  if (states.includes("ERROR")) return 2;
  return states.includes("FAIL") ? 1 : 0;
}

const distinct = (values) => [...new Set(values)];
