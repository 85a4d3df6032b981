// Every hostile string is published, typed and moderated, and every kind of page that shows some
// is opened: none opens a dialog, runs anything, asks another host for anything, or meets the
// content security policy. The data are beside the repository, in ../shared/data.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { startSite } from "./site.js";
import { areThere, batches, sorts, strings } from "./strings.js";
import { Visitor } from "./visitor.js";

const CAMPAIGN = "accueil-caf-du-gard";
const HOME = `/campagnes/${CAMPAIGN}/`;
const IDEAS = `${HOME}idees/`;
const PATIENCE_MS = 60_000;
const AT_ONCE = 3;
const DESK = "/moderation/";
/** How many pages of each sort are opened where one differs from the next by its strings. */
const SOME = 4;

test(
  "no hostile string runs in Chromium",
  { skip: areThere ? false : "../shared/data/hostile is not there", timeout: 400_000 },
  run,
);

async function run(t) {
  const site = await startSite(CAMPAIGN);
  t.after(() => site.stop());
  const all = strings();
  const kept = sorts(all);
  const titles = batches(kept, 300);
  await importIdeas(site, "published", titles, batches(all, 20_000), kept, ["--published"]);
  await importIdeas(site, "waiting", titles.slice(0, 60), batches(kept, 4_000), kept, []);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  });
  try {
    const visitors = await Promise.all(
      Array.from({ length: AT_ONCE }, () => Visitor.open(browser, site, { javaScript: true })),
    );
    const pages = await published(site, titles.length);
    await Promise.all([
      readAll(visitors[0], pages),
      readAll(visitors[1], pages),
      takePart(visitors[2], kept).then(() => readAll(visitors[2], pages)),
    ]);
    await moderate(visitors[0], site, kept);
    for (const visitor of visitors) {
      t.diagnostic(`${visitor.opened} pages`);
      await visitor.close();
    }
  } finally {
    await browser.close();
  }
}

/** Ideas with these titles and texts, and comments under the first, with what signs them. */
async function importIdeas(site, name, titles, texts, signs, more) {
  const names = batches(signs, 40).filter((name) => !name.includes("@"));
  const ideas = titles.map((title, row) => [`${name} ${row}`, title, texts[row] ?? title, title]);
  const comments = names.map((by, row) => [`${name} 0`, by, by, `${row}`]);
  const files = [
    [`${name}.csv`, [["id", "title", "text", "category"], ...ideas]],
    [`${name}-comments.csv`, [["idea", "text", "name", "id"], ...comments]],
  ];
  const [file, replies] = await Promise.all(
    files.map(async ([file, rows]) => {
      const path = join(site.folder, file);
      const cell = (text) => `"${text.replaceAll('"', '""')}"`;
      await writeFile(path, rows.map((row) => row.map(cell).join(",")).join("\n"));
      return path;
    }),
  );
  const map = ["--map", "id=id,title=title,text=text,category=category"];
  const own = ["--comments", replies, "--comments-map", "id=id,idea=idea,text=text,name=name"];
  await site.command(["import", "ideas", "--campaign", CAMPAIGN, file, ...map, ...own, ...more]);
}

/** The pages that show what is published, once all of it is there. */
async function published(site, count) {
  const started = Date.now();
  for (;;) {
    const pages = await linkedFrom(site, IDEAS);
    const answers = await Promise.all(pages.map((page) => fetch(site.url + page)));
    // A list may be made a moment before the pages that it leads to.
    const areThere = answers.every((answer) => answer.ok);
    const found = pages.filter((page) => /\/[0-9a-z]{16}\/$/.test(page)).length;
    if (areThere && found >= count) {
      return [HOME, "/", "/campagnes/", "/recherche/?q=alert", ...pages];
    }
    assert.ok(Date.now() - started < PATIENCE_MS, `${found} ideas of ${count}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The pages that lists of ideas lead to: of lists by category, some. */
async function linkedFrom(site, first) {
  const pages = new Set([first]);
  let categories = SOME;
  for (const page of pages) {
    if (page !== first && !page.includes("/page/")) continue;
    const html = await (await fetch(site.url + page)).text();
    for (const [, href] of html.matchAll(/ href="([^"#?]+)"/g)) {
      if (!href.startsWith(first) || pages.has(href)) continue;
      if (href.includes("/categorie/") && categories-- <= 0) continue;
      pages.add(href);
    }
  }
  return [...pages];
}

/** Opens the pages that nobody opened. */
async function readAll(visitor, pages) {
  for (let page = pages.shift(); page; page = pages.shift()) await visitor.goto(page);
}

/** Sends ideas and a comment through their forms, wrong, then right; likes, and signals. */
async function takePart(visitor, kept) {
  const { page } = visitor;
  const texts = batches(kept, 4_000);
  const titles = batches(kept, 150);
  const fill = async (title, text) => {
    await visitor.goto(`${HOME}proposer/`);
    await page.locator("[name=kind]").first().check();
    await page.locator("#category").selectOption({ index: 1 });
    await page.locator("#title").fill(title);
    await page.locator("#text").fill(text);
  };
  await fill(titles.slice(0, SOME).join(""), texts.slice(0, 4).join(""));
  await visitor.skipBrowserValidation("#idea-form");
  await visitor.click("Relire avant d’envoyer", { status: 422 });
  for (const [place, text] of texts.slice(0, SOME).entries()) {
    await fill(titles[place], text);
    await visitor.click("Relire avant d’envoyer");
    await visitor.click("Envoyer");
  }
  await visitor.goto(IDEAS);
  const idea = await page.locator("main h2 a").first().getAttribute("href");
  await visitor.goto(idea);
  await page.getByLabel("Votre commentaire").fill(texts[0].slice(0, 1_900));
  await page.getByLabel("Nom à afficher").fill(batches(kept, 40)[0].replaceAll("@", ""));
  await visitor.click("Relire avant d’envoyer");
  await visitor.click("Envoyer");
  await visitor.goto(idea);
  await visitor.click("J’aime cette idée");
  await visitor.goto(idea);
  const report = await page.locator('a[href*="/signaler/"]').first().getAttribute("href");
  await visitor.goto(report);
  await page.locator("[name=why]").last().check();
  await page.locator("[name=details]").fill(texts[1].slice(0, 1_000));
  await visitor.follow(() => page.locator("main form button").first().click());
}

/** Reads what waits, and what is signalled, decides and answers. */
async function moderate(visitor, site, kept) {
  const { page } = visitor;
  await visitor.goto(DESK);
  await page.getByLabel("Identifiant").fill(site.login);
  await page.getByLabel("Mot de passe").fill(site.password);
  await visitor.follow(() => page.getByRole("main").getByRole("button").click());
  for (const path of ["?file=repondre", "signalements/", "tableau", "journal", "courrier"]) {
    await visitor.goto(`${DESK}${path}`);
  }
  await visitor.goto(DESK);
  const entries = page.locator(".queue a[href^='/moderation/contributions/']");
  const items = await entries.evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  for (const item of items.slice(0, SOME)) await visitor.goto(item);
  const messages = batches(kept, 1_000);
  for (const message of messages.slice(0, SOME)) {
    await visitor.goto(DESK);
    await page.locator("#refuse-form [type=radio]").first().check();
    await page.locator("#refuse-form [name=message]").fill(message);
    await visitor.follow(() => page.locator("#refuse-form button").last().click());
  }
  const teams = batches(kept, 80);
  const responses = batches(kept, 4_000);
  for (const [place, response] of responses.slice(0, SOME).entries()) {
    await visitor.goto(`${DESK}?file=repondre&campagne=${CAMPAIGN}`);
    await page.locator("#response-form [name=team]").fill(teams[place]);
    await page.locator("#response-form [name=response]").fill(response);
    await visitor.follow(() => page.locator("#response-form button").first().click());
    await page.locator("#outcome-form [name=decision]").selectOption({ index: 1 });
    await page.locator("#outcome-form [name=outcome]").fill(response.slice(0, 1_900));
    await visitor.follow(() => page.locator("#outcome-form button").first().click());
    const idea = page.getByRole("main").locator(`a[href^="${IDEAS}"]`).first();
    await visitor.goto(await idea.getAttribute("href"));
  }
}
