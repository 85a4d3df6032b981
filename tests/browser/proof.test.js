// A campaign that is attacked, in Debian's Chromium: with JavaScript the browser proves its work
// while somebody reads again, and they see nothing of it; without, they confirm an address.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { startSite } from "./site.js";
import { Visitor, read } from "./visitor.js";

const CAMPAIGN = "accueil-caf-du-gard";
const FORM = `/campagnes/${CAMPAIGN}/proposer/`;
// One key in 256 is a solution: a machine that is busy takes its time.
const PROOF_PATIENCE_MS = 120_000;

test("a campaign that is attacked", { timeout: 400_000 }, async (t) => {
  const site = await startSite(CAMPAIGN);
  t.after(() => site.stop());
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  });
  try {
    const visitor = (javaScript) => Visitor.open(browser, site, { javaScript });
    const [moderator, scripted, plain] = await Promise.all([false, true, false].map(visitor));
    await protect(moderator, site);

    await review(scripted, "Un banc devant l’entrée");
    assert.doesNotMatch(await read(scripted.page.getByRole("main")), /envois automatiques/);
    scripted.page.setDefaultTimeout(PROOF_PATIENCE_MS);
    await scripted.click("Envoyer");
    assert.equal(await scripted.heading(), "Merci, votre contribution est bien arrivée");

    await review(plain, "Une borne à l’entrée");
    assert.match(await read(plain.page.getByRole("main")), /choisissez « Modifier »/);
    await plain.click("Envoyer", { status: 422 });
    await plain.page.locator("#email").fill("nour@example.org");
    await plain.click("Relire avant d’envoyer");
    await plain.click("Envoyer");
    assert.equal(await plain.heading(), "Il reste une étape : confirmez votre envoi");
    await plain.goto(await linkTo(site, "nour@example.org"));
    assert.equal(await plain.heading(), "Confirmer votre envoi");
    await plain.click("Confirmer");
    assert.equal(await plain.heading(), "Merci, votre contribution est bien arrivée");

    await moderator.goto("/moderation/");
    assert.equal(await moderator.heading(), "2 contributions à lire");
    await Promise.all([moderator, scripted, plain].map((one) => one.close()));
  } finally {
    await browser.close();
  }
});

async function protect(moderator, site) {
  const { page } = moderator;
  await moderator.goto("/moderation/connexion");
  await page.getByLabel("Identifiant").fill(site.login);
  await page.getByLabel("Mot de passe").fill(site.password);
  await moderator.click("Se connecter");
  await moderator.goto("/moderation/protection");
  const form = page.locator(`form[action$="/${CAMPAIGN}"]`);
  await moderator.follow(() => form.getByRole("button", { name: "Activer" }).click());
  assert.match(await read(form), /\(vérification activée\)/);
}

async function review(author, title) {
  const { page } = author;
  await author.goto(FORM);
  await page.getByRole("group", { name: "Que voulez-vous partager ?" }).getByLabel("Idée").check();
  await page.locator("#category").selectOption({ index: 1 });
  await page.locator("#title").fill(title);
  await page.locator("#text").fill("On attend debout.");
  await author.click("Relire avant d’envoyer");
  assert.equal(await author.heading(), "Relisez votre contribution");
}

/** The link of the message to somebody, once it is in the outbox. */
async function linkTo(site, to) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    for (const name of await readdir(site.outbox).catch(() => [])) {
      // One that is being written has another name.
      if (!name.endsWith(".eml")) continue;
      const text = (await readFile(join(site.outbox, name), "utf8")).replaceAll("=\r\n", "");
      const link = /http:\S+(\/suivi\/\S+\/confirmer\/\S{43})/.exec(text);
      if (text.includes(`To: ${to}`) && link) return link[1];
    }
    assert.ok(Date.now() < deadline, `a message to ${to}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
