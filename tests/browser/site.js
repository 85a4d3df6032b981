// Starts the real binary on a fresh data folder, as a newcomer would, and reads what it says.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BINARY = process.env.ECOUTE_BIN ?? join(ROOT, "target/debug/ecoute");

// Starting builds a site and hashes a password, which a debug build does slowly.
const START_MS = 60_000;
const STOP_MS = 60_000;

/**
 * The site with one campaign open, started with these words and this environment beside the usual: its address, the moderator's login, its folder, the folder where
 * mail is put, how to run a command beside it, and how to stop it.
 */
export async function startSite(campaign, { words = [], env = {} } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "ecoute-browser-"));
  const places = [
    ["--data-dir", join(folder, "data")],
    ["--content", await openCampaign(folder, campaign)],
    ["--theme", join(ROOT, "themes/default")],
  ].flat();
  // Port 0 is any free port: asking for one and giving it back would leave a race.
  const child = spawn(BINARY, ["--listen", "127.0.0.1:0", ...places, ...words], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const command = (words) => promisify(execFile)(BINARY, [...words, ...places]);
  let said = "";
  let complained = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (said += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (complained += text));
  const ended = once(child, "exit").then(([code, signal]) => code ?? signal);

  const stop = async () => {
    child.kill("SIGINT");
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    const end = await ended;
    clearTimeout(late);
    await rm(folder, { recursive: true });
    // A log line of these levels is a fault that no page has shown.
    if (end !== 0 || /\b(WARN|ERROR)\b/.test(complained)) {
      throw new Error(`ecoute ended with ${end}:\n${said}${complained}`);
    }
  };

  const after = (label) => said.match(new RegExp(`^${label}\\s*:\\s*(\\S+)$`, "m"))?.[1];
  const deadline = Date.now() + START_MS;
  // The last line is the sign that everything else has been said.
  while (!said.includes("Ctrl-C")) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      await stop().catch(() => {});
      throw new Error(`ecoute did not start:\n${said}${complained}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const url = after("Site")?.replace(/\/$/, "");
  const [login, password] = [after("Identifiant"), after("Mot de passe")];
  const outbox = join(folder, "data/outbox");
  return { url, login, password, folder, outbox, command, stop };
}

/**
 * A copy of the content in which the campaign opened yesterday and closes in thirty days: the
 * dates of the real one pass, and the test must not end with them.
 */
async function openCampaign(folder, campaign) {
  const content = join(folder, "content");
  await cp(join(ROOT, "content"), content, { recursive: true });
  const file = join(content, "campaigns", `${campaign}.md`);
  const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const dated = { opens: day(-1), closes: day(30) };
  let text = await readFile(file, "utf8");
  for (const [key, date] of Object.entries(dated)) {
    const line = new RegExp(`^${key} = .*$`, "m");
    if (!line.test(text)) throw new Error(`${file} has no line "${key} = "`);
    text = text.replace(line, `${key} = ${date}`);
  }
  await writeFile(file, text);
  return content;
}
