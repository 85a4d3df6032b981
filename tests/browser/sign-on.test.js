// A moderator who comes by a provider of another site, in Debian's Chromium: what the policy of the
// page lets forms do, and which cookies go along a link from elsewhere, only a browser tells.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { startSite } from "./site.js";
import { read } from "./visitor.js";

const SECRET = { ECOUTE_OIDC_CLIENT_SECRET: "un secret de client pour les tests" };

test("a moderator comes by a provider", { timeout: 400_000 }, async (t) => {
  const provider = await startProvider();
  t.after(() => provider.stdin.end());
  const site = await startSite("accueil-caf-du-gard", {
    words: ["--oidc-issuer", provider.issuer, "--oidc-client-id", "ecoute"],
    env: SECRET,
  });
  t.after(() => site.stop());
  provider.stdin.write(`${site.url}\n`);
  const roles = ["--name", "Claire Martin", "--moderator", "gard"];
  await site.command(["moderator", "add", "claire", ...roles, "--oidc-email", "claire@example.org"]);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  });
  try {
    for (const javaScriptEnabled of [true, false]) {
      const context = await browser.newContext({ javaScriptEnabled, locale: "fr-FR" });
      context.setDefaultTimeout(60_000);
      await goThrough(await context.newPage(), site, javaScriptEnabled);
      await context.close();
    }
  } finally {
    await browser.close();
  }
});

async function goThrough(page, site, scripted) {
  const violations = [];
  page.on("console", (said) => /Content.Security/i.test(said.text()) && violations.push(said.text()));
  await page.goto(`${site.url}/moderation/connexion`);
  await page.keyboard.press("Tab");
  const button = page.getByRole("button", { name: "Se connecter avec ProConnect" });
  await button.focus();
  await page.keyboard.press("Enter");
  // The page between the two goes on by itself, without a script.
  await page.waitForURL(/\/interaction\//);
  await page.locator("[name=login]").fill("claire");
  await page.locator("[name=password]").fill("peu importe");
  await page.locator("[type=submit]").click();
  await page.locator("[name=prompt][value=consent]").waitFor({ state: "attached" });
  await page.locator("[type=submit]").click();
  if (!scripted) {
    await page.waitForURL(/\/moderation\/connexion\/retour/);
    assert.equal(await read(page.locator("h1")), "Encore un geste");
    await page.getByRole("button", { name: "Continuer" }).click();
  }
  await page.waitForURL(`${site.url}/moderation/`);
  assert.equal(await read(page.locator(".who a")), "Claire Martin");

  // Back leads to no trap: what came back is of no use again.
  await page.goBack();
  assert.notEqual(await read(page.locator("h1")), "Encore un geste");

  await page.goto(`${site.url}/moderation/`);
  await page.getByRole("button", { name: "Se déconnecter" }).click();
  await page.waitForURL(/\/session\/end/);
  await page.locator("[name=logout]").click();
  await page.waitForURL(/\/moderation\/connexion\?state=/);
  assert.equal(await read(page.locator("h1")), "Connexion de l’équipe");
  await page.goto(`${site.url}/moderation/`);
  assert.equal(new URL(page.url()).pathname, "/moderation/connexion");
  assert.deepEqual(violations, []);
}

async function startProvider() {
  const cwd = fileURLToPath(new URL("../oidc", import.meta.url));
  const child = spawn(process.execPath, ["provider.mjs"], {
    cwd,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const [issuer] = await once(createInterface({ input: child.stdout }), "line");
  return Object.assign(child, { issuer });
}
