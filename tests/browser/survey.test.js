// A survey in Debian's Chromium, once with JavaScript and once without: answered page by page, with
// a look back, read again, changed and sent; and not sent twice by the same person.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { startSite } from "./site.js";
import { Visitor, read } from "./visitor.js";

const CAMPAIGN = "courriels-de-la-caf";
const SURVEY = `/campagnes/${CAMPAIGN}/sondage/`;

for (const javaScript of [true, false]) {
  const name = `a survey, JavaScript ${javaScript ? "on" : "off"}`;
  test(name, { timeout: 300_000 }, (t) => answer(t, javaScript));
}

async function answer(t, javaScript) {
  const site = await startSite(CAMPAIGN);
  t.after(() => site.stop());
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  });
  try {
    const person = await Visitor.open(browser, site, { javaScript });
    const { page } = person;
    const choose = (name, value) => page.locator(`[name="q-${name}"][value="${value}"]`).check();
    const pick = (name, label) => page.locator(`[name="q-${name}"]`).selectOption({ label });
    const title = () => read(page.getByRole("heading", { level: 1 }));

    await person.goto(`/campagnes/${CAMPAIGN}/`);
    await person.click("Répondre au sondage");
    assert.equal(new URL(page.url()).pathname, SURVEY);

    await person.skipBrowserValidation("#survey-form");
    await person.click("Continuer", { status: 422 });
    const errors = page.getByRole("main").getByRole("alert").getByRole("link");
    assert.equal(await errors.count(), 2, "each question without an answer is told");

    await choose("recus", "oui-de-temps-en-temps");
    await choose("lus", "sur-un-telephone");
    await person.click("Continuer");
    assert.equal(await title(), "Le dernier que vous avez reçu");
    await pick("sujet", "Un rendez-vous");
    await choose("compris", "4");
    for (const row of ["utile-pour-vous", "assez-court", "arrive-au-bon-moment"]) {
      await choose(`qualites.${row}`, "en-partie");
    }

    // Back and forward, nothing is lost, and what is not sent yet neither.
    await person.click("Page précédente");
    assert.ok(await page.locator('[name="q-recus"][value="oui-de-temps-en-temps"]').isChecked());
    await person.click("Continuer");
    assert.ok(await page.locator('[name="q-compris"][value="4"]').isChecked());
    await person.click("Continuer");

    await choose("prevenir", "un-versement");
    await pick("ameliorer.moins-d-e-mails", "1er");
    await pick("ameliorer.des-mots-plus-simples", "2e");
    await page.locator('[name="q-mots"]').fill("Dire tout de suite ce qu’il faut faire.");
    await person.click("Continuer");
    await pick("age", "60 ans ou plus");
    await page.locator('[name="q-departement"]').fill("30000");
    await person.click("Relire mes réponses");

    assert.equal(await person.heading(), "Relisez vos réponses");
    const review = await read(page.getByRole("main"));
    const all = ["Sur un téléphone", "Un rendez-vous", "Un versement", "Gard", "ce qu’il faut faire"];
    for (const said of all) {
      assert.ok(review.includes(said), `the review shows « ${said} »`);
    }
    assert.ok(!review.includes("30000"), "the postcode is not kept");
    // Who receives none is asked nothing of the last one.
    await person.follow(() => page.getByRole("link", { name: /^Modifier/ }).first().click());
    await choose("recus", "non-jamais");
    await person.click("Enregistrer et relire");
    const changed = await read(page.getByRole("main"));
    assert.ok(changed.includes("Non, jamais") && !changed.includes("Un rendez-vous"));

    await person.click("Envoyer mes réponses");
    assert.equal(await person.heading(), "Merci, vos réponses sont bien arrivées");
    await person.goto(SURVEY);
    await choose("recus", "non-jamais");
    await choose("lus", "sur-un-telephone");
    await person.click("Continuer", { status: 409 });
    assert.equal(await person.heading(), "Vous avez déjà répondu");
    await person.close();
  } finally {
    await browser.close();
  }
}
