// The whole loop in Debian's Chromium: somebody puts an idea forward, a moderator publishes it,
// somebody else likes it and comments on it. Once with JavaScript, once without.
//
//   npm ci --ignore-scripts && npm test
//
// ECOUTE_BIN is the binary (target/debug/ecoute of this repository by default), CHROMIUM the
// browser (/usr/bin/chromium by default). Nothing is downloaded but playwright-core.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { startSite } from "./site.js";
import { Visitor, read } from "./visitor.js";

const CAMPAIGN = "accueil-caf-du-gard";
const HOME = `/campagnes/${CAMPAIGN}/`;
const FORM = `${HOME}proposer/`;
const IDEAS = `${HOME}idees/`;

// For how long a page is waited for. The product promises two seconds, and each wait is printed
// beside that; a busy machine is no defect, a page that never comes is one.
const PATIENCE_MS = 60_000;
// Pages are rendered for likes at once, then every 30 seconds at the most.
const LIKES_PATIENCE_MS = 90_000;

const IDEA = {
  kind: "Expérience vécue",
  category: "Les horaires et les rendez-vous",
  question: 1,
  title: "Ouvrir un soir par semaine, le jeudi",
  // A tag and an ampersand: what citizens write is shown as they wrote it, never obeyed.
  text: "Je finis à 18 heures & l’accueil ferme à 16 h.\n\nUn <b>seul</b> soir changerait tout.",
  email: "camille@example.org",
};
const REFUSED = {
  kind: "Attente",
  category: "L’attente",
  question: 0,
  title: "Savoir où en est mon dossier",
  text: "J’attends une réponse depuis le mois de mars.",
  email: "",
};
const COMMENT = { text: "Pour moi aussi, le jeudi serait le bon jour.", name: "Nour" };
const MESSAGE = "Vous pouvez appeler le 3230, du lundi au vendredi.";

for (const javaScript of [true, false]) {
  const name = `the whole loop, JavaScript ${javaScript ? "on" : "off"}`;
  test(name, { timeout: 400_000 }, (t) => loop(t, javaScript));
}

async function loop(t, javaScript) {
  const site = await startSite(CAMPAIGN);
  t.after(() => site.stop());
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  });
  const visitor = () => Visitor.open(browser, site, { javaScript });
  try {
    const author = await visitor();
    const reader = await visitor();
    const moderator = await visitor();

    await findTheForm(author);
    await sendIncomplete(author);
    if (javaScript) await draftIsKept(author);
    else await nothingNeedsAScript(author);
    const receipt = await propose(author, IDEA);
    // A button that only a script can work is shown by that script.
    assert.equal(await author.button("Copier l’adresse").count(), javaScript ? 1 : 0);
    if (javaScript) await draftIsForgotten(author);

    await logIn(moderator, site);
    await publishByTab(moderator, IDEA.title, receipt.reference);
    const published = (path, find) => appears(t, site, moderator, path, find);
    const idea = await published(IDEAS, (html) => linkTo(html, IDEA.title));
    await published(idea, (html) => html.includes(receipt.reference));
    await published(HOME, (html) => linkTo(html, IDEA.title));
    await receiptSays(author, receipt, "Publiée");

    await readFromTheCampaign(reader, idea);
    await like(t, reader, site, idea);
    await comment(reader);

    const second = await propose(author, REFUSED);
    const reason = await refuse(moderator, REFUSED.title);
    await receiptSays(author, second, "Non publiée");
    const why = await read(author.page.getByRole("main"));
    assert.ok(why.includes(reason), "the receipt gives the reason");
    assert.ok(why.includes(MESSAGE), "the receipt gives the moderator's message");

    await publishByKey(moderator, COMMENT.text);
    await published(idea, (html) => html.includes(COMMENT.text));
    await published(IDEAS, (html) => html.includes("1 commentaire"));
    await readTheComment(reader, idea);
    if (javaScript) await oneKeyOpensWhatIsClosed(moderator, idea);

    await logOut(moderator);
    assert.deepEqual(await author.cookies(), [], "taking part needs no cookie");
    for (const person of [author, reader, moderator]) await person.close();
  } finally {
    // Before the site stops: an open connection would hold its end up.
    await browser.close();
  }
}

async function findTheForm(author) {
  const { page } = author;
  await author.goto("/");
  const campaign = page.getByRole("main").locator(`a[href="${HOME}"]`);
  await author.follow(() => campaign.click());
  assert.match(await read(page.locator(".state").first()), /^Ouverte jusqu’au /);
  await author.click("Proposer une idée");
  assert.equal(new URL(page.url()).pathname, FORM);
}

async function sendIncomplete(author) {
  const { page } = author;
  const errors = page.getByRole("main").getByRole("alert");
  const links = errors.getByRole("link");
  const targets = () => links.evaluateAll((all) => all.map((a) => a.getAttribute("href")));

  await author.skipBrowserValidation("#idea-form");
  await author.click("Relire avant d’envoyer", { status: 422 });
  assert.match(await page.title(), /^Erreur\s: /);
  assert.ok(await hasFocus(errors), "the summary of errors has the focus");
  assert.deepEqual(await targets(), ["#kind", "#category", "#title", "#text"]);
  for (const target of await targets()) {
    const field = page.locator(target);
    const described = (await field.getAttribute("aria-describedby"))?.split(" ") ?? [];
    assert.equal(await field.getAttribute("aria-invalid"), "true", `${target} is marked`);
    assert.ok(described.includes(`${target.slice(1)}-error`), `${target} is tied to its error`);
    const said = await read(links.and(page.locator(`[href="${target}"]`)));
    assert.ok((await read(page.locator(`${target}-error`))).endsWith(said), `${target} says why`);
  }

  // The links lead into the fields, by keyboard.
  await author.tabTo(links.nth(0));
  await author.press("Enter");
  await author.press("Tab");
  assert.ok(await hasFocus(page.locator("[name=kind]").first()), "the link leads to the choice");
  await author.tabTo(links.nth(2), "Shift+Tab");
  await author.press("Enter");
  assert.ok(await hasFocus(page.locator("#title")), "the link leads to the field");

  // What was typed is still there when something else is missing.
  await author.skipBrowserValidation("#idea-form");
  await fill(page, { ...IDEA, title: "" });
  await author.click("Relire avant d’envoyer", { status: 422 });
  assert.deepEqual(await targets(), ["#title"]);
  assert.deepEqual(await typed(page), { ...IDEA, title: "" });
}

/** With JavaScript: characters are counted, and what was typed is offered again. */
async function draftIsKept(author) {
  const { page } = author;
  const title = page.locator("#title");
  const counter = page.locator("#title ~ .counter");
  const left = Number(await title.getAttribute("data-limit")) - IDEA.title.length;

  await author.goto(FORM);
  await title.pressSequentially(IDEA.title);
  assert.equal(await read(counter), `Il reste ${left} caractères`);
  await page.locator("#text").fill(IDEA.text);
  await page.locator("#email").fill(IDEA.email);

  await author.follow(() => page.reload());
  await author.button("Reprendre mon texte").click();
  const { title: kept, text, email } = await typed(page);
  assert.equal(kept, IDEA.title);
  assert.equal(text, IDEA.text);
  assert.equal(email, "", "an e-mail address is never kept in the browser");
  assert.equal(await read(counter), `Il reste ${left} caractères`);
}

/** Once sent, a draft is not offered any more. */
async function draftIsForgotten(author) {
  await author.goto(FORM);
  assert.ok((await author.page.locator(".counter").count()) > 0, "the script ran");
  assert.equal(await author.button("Reprendre mon texte").count(), 0);
}

/** Without JavaScript, nothing is shown that only a script could make work. */
async function nothingNeedsAScript(author) {
  await author.goto(FORM);
  assert.equal(await author.page.locator(".counter").count(), 0);
  assert.equal(await author.button("Reprendre mon texte").count(), 0);
}

/** From the form to the receipt, by the review page, with one look back. */
async function propose(author, idea) {
  const { page } = author;
  await author.goto(FORM);
  await fill(page, idea);
  await author.click("Relire avant d’envoyer");
  assert.equal(await author.heading(), "Relisez votre contribution");
  const review = await read(page.getByRole("main"));
  for (const word of [idea.title, idea.kind, idea.category, idea.email, ...paragraphs(idea)]) {
    assert.ok(review.includes(word), `the review shows « ${word} »`);
  }

  await author.click("Modifier");
  assert.deepEqual(await typed(page), idea, "« Modifier » gives back what was typed");
  await author.click("Relire avant d’envoyer");
  await author.click("Envoyer");
  return receipt(author);
}

/** What the receipt says of a contribution that has just arrived, and where it is. */
async function receipt(author) {
  const { page } = author;
  const { pathname } = new URL(page.url());
  assert.match(pathname, /^\/suivi\/.{20,}$/);
  assert.equal(await read(page.getByRole("status").first()), "En attente de lecture");
  const reference = await read(page.locator("dt:text-is('Référence') + dd"));
  assert.match(reference, /^[0-9A-Z]{4}(-[0-9A-Z]{4})+/);
  return { path: pathname, reference };
}

async function receiptSays(author, { path, reference }, state) {
  await author.goto(path);
  assert.equal(await read(author.page.getByRole("status").first()), state);
  assert.ok((await read(author.page.getByRole("main"))).includes(reference));
}

async function logIn(moderator, site) {
  const { page } = moderator;
  await moderator.goto("/moderation/");
  assert.equal(new URL(page.url()).pathname, "/moderation/connexion");
  await moderator.tabTo(page.getByLabel("Identifiant"));
  await moderator.type(site.login);
  await moderator.tabTo(page.getByLabel("Mot de passe"));
  await moderator.type(site.password);
  await moderator.follow(() => moderator.press("Enter"));
  assert.equal(await moderator.heading(), "1 contribution à lire");
}

async function publishByTab(moderator, title, reference) {
  const { page } = moderator;
  assert.equal(await read(page.getByRole("article").getByRole("heading", { level: 2 })), title);
  assert.ok((await read(page.getByRole("article"))).includes(reference));
  await moderator.tabTo(page.getByRole("article").getByRole("button", { name: "Publier" }));
  await moderator.follow(() => moderator.press("Enter"));
  assert.match(await read(page.getByRole("status")), /est publiée\./);
  assert.ok(await moderator.button("Annuler").isVisible(), "a decision can be taken back");
  assert.equal(await moderator.heading(), "0 contribution à lire");
}

/** By the key that the button shows. */
async function publishByKey(moderator, text) {
  const { page } = moderator;
  assert.ok((await read(page.getByRole("article"))).includes(text));
  await moderator.follow(() => moderator.accessKey("p"));
  assert.match(await read(page.getByRole("status")), /est publiée\./);
}

/** A key of a form that is closed shows it, and sends nothing; the next one chooses in it. */
async function oneKeyOpensWhatIsClosed(moderator, idea) {
  const { page } = moderator;
  await moderator.goto(`/moderation/contributions/${idea.split("/").at(-2)}`);
  const oneKey = page.getByLabel("Décider d’une seule touche");
  await oneKey.check();
  const hide = page.locator("details.heavy");
  const isOpen = () => hide.evaluate((details) => details.open);
  const reasons = hide.getByRole("radio");
  assert.equal(await isOpen(), false);
  const { href } = new URL(page.url());
  await moderator.press("m");
  assert.equal(await isOpen(), true, "the form is shown");
  assert.ok(await hasFocus(reasons.first()), "its first field has the focus");
  assert.equal(await hide.locator("input:checked").count(), 0, "nothing is chosen");
  await moderator.press("2");
  assert.ok(await reasons.nth(1).isChecked(), "the key of a reason chooses it");
  assert.equal(page.url(), href, "nothing was sent");
  await oneKey.uncheck();
}

/** Refuses with a reason and a message, and gives back the reason as the author should read it. */
async function refuse(moderator, title) {
  const { page } = moderator;
  await moderator.goto("/moderation/");
  assert.equal(await moderator.heading(), "2 contributions à lire");
  await moderator.tabTo(page.getByRole("navigation").getByRole("link", { name: title }));
  await moderator.follow(() => moderator.press("Enter"));
  assert.equal(await read(page.getByRole("article").getByRole("heading", { level: 2 })), title);

  const reasons = page.getByRole("radio");
  await moderator.tabTo(reasons.first());
  await moderator.press("ArrowDown");
  await moderator.press("ArrowDown");
  assert.ok(await reasons.nth(2).isChecked(), "the arrows choose a reason");
  const reason = await read(page.locator(`#${await reasons.nth(2).getAttribute("aria-describedby")}`));
  await moderator.tabTo(page.getByLabel("Ajouter un message à la personne"));
  await moderator.type(MESSAGE);
  await moderator.tabTo(page.getByRole("article").getByRole("button", { name: "Refuser" }));
  await moderator.follow(() => moderator.press("Enter"));
  assert.match(await read(page.getByRole("status")), /est refusée\./);
  assert.equal(await moderator.heading(), "1 contribution à lire");
  return reason;
}

async function logOut(moderator) {
  await moderator.tabTo(moderator.page.getByRole("button", { name: "Se déconnecter" }));
  await moderator.follow(() => moderator.press("Enter"));
  await moderator.goto("/moderation/");
  assert.equal(new URL(moderator.page.url()).pathname, "/moderation/connexion");
  assert.deepEqual(await moderator.cookies(), []);
}

async function readFromTheCampaign(reader, idea) {
  const { page } = reader;
  await reader.goto(HOME);
  await reader.follow(() => reader.button("Lire l’idée publiée").first().click());
  assert.equal(new URL(page.url()).pathname, IDEAS);
  assert.equal(await reader.heading(), "1 idée publiée");
  await reader.click(IDEA.title);
  assert.equal(new URL(page.url()).pathname, idea);
  assert.equal(await reader.heading(), IDEA.title);
  const shown = await read(page.getByRole("main"));
  for (const word of [IDEA.kind, IDEA.category, "0 soutien", ...paragraphs(IDEA)]) {
    assert.ok(shown.includes(word), `the idea's page shows « ${word} »`);
  }
  assert.ok(!(await page.content()).includes(IDEA.email), "an e-mail address is never public");
  assert.deepEqual(await reader.cookies(), [], "reading needs no cookie");
}

/** Likes, changes their mind, and likes again; the static page follows each time. */
async function like(t, reader, site, idea) {
  const says = (likes) => (html) => html.includes(`>${likes} soutien<`);
  const counts = (likes) => appears(t, site, reader, idea, says(likes), LIKES_PATIENCE_MS);
  await reader.click("J’aime cette idée");
  assert.equal(await reader.heading(), "Votre soutien est compté");
  await counts(1);
  await reader.click("Retirer mon soutien");
  assert.equal(await reader.heading(), "Vous ne soutenez pas cette idée");
  await counts(0);
  await reader.click("J’aime cette idée");
  await counts(1);
  assert.deepEqual(await reader.cookies(), [`soutien-${CAMPAIGN}`]);

  await reader.click("Revenir à l’idée");
  assert.equal(await read(reader.page.locator(".count")), "1 soutien");
}

async function comment(reader) {
  const { page } = reader;
  await page.getByLabel("Votre commentaire").fill(COMMENT.text);
  await page.getByLabel("Nom à afficher").fill(COMMENT.name);
  await reader.click("Relire avant d’envoyer");
  const review = await read(page.getByRole("main"));
  assert.ok(review.includes(COMMENT.text) && review.includes(COMMENT.name));
  await reader.click("Envoyer");
  await receipt(reader);
}

async function readTheComment(reader, idea) {
  const { page } = reader;
  await reader.goto(idea);
  const comment = await read(page.locator(".comments li"));
  assert.ok(comment.includes(COMMENT.text) && comment.includes(COMMENT.name));
  await reader.goto(IDEAS);
  const list = await read(page.getByRole("main"));
  assert.ok(list.includes("1 soutien") && list.includes("1 commentaire"));
  assert.ok(!list.includes(REFUSED.title), "what was refused is not published");
}

async function fill(page, { kind, category, question, title, text, email }) {
  await page.getByRole("radio", { name: kind }).check();
  await page.locator("#category").selectOption(category);
  await page.locator("#question").selectOption({ index: question });
  await page.locator("#title").fill(title);
  await page.locator("#text").fill(text);
  await page.locator("#email").fill(email);
}

/** What the form holds, as `fill` takes it. */
function typed(page) {
  return page.locator("#idea-form").evaluate((form) => ({
    kind: form.querySelector("[name=kind]:checked")?.labels[0].textContent ?? "",
    category: form.category.value,
    question: form.question.selectedIndex,
    title: form.title.value,
    text: form.text.value,
    email: form.email.value,
  }));
}

const paragraphs = ({ text }) => text.split("\n\n");
const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);

/** The address of the idea that a list shows under this title. */
const linkTo = (html, title) => html.match(new RegExp(`<a href="([^"]+)">${title}</a>`))?.[1];

/**
 * Asks for a static page until it shows what somebody's last form did, for as long as the
 * product promises.
 */
async function appears(t, site, sender, path, find, patience = PATIENCE_MS) {
  for (;;) {
    const answer = await fetch(site.url + path);
    const found = answer.ok && find(await answer.text());
    const took = Math.round(performance.now() - sender.sentAt);
    assert.ok(took < patience, `${path} never came to hold`);
    if (found) {
      t.diagnostic(`${path} follows in ${took} ms (promised: 2000)`);
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
