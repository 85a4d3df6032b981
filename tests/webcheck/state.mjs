// What the pages are to show, made as people make it: through the public's forms and a
// moderator's. The site's own tests say whether that works; here it only has to be there.

import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PATIENCE_MS = 60_000;
/** How many contributions wait beside those that are checked, for the forms that decide. */
const SPARES = 8;

const TEXT =
  "Quand un papier manque, je l’apprends trop tard & je perds une aide.\n\n" +
  "Un message clair, avec la date et le <b>nom</b> du papier, m’aurait suffi.";

/** One person's requests, with the cookie that was set last. */
export class Client {
  cookie = "";

  constructor(base) {
    this.base = base;
  }

  async get(path) {
    const answer = await this.#ask(path, {});
    if (!answer.ok) throw new Error(`GET ${path} answers ${answer.status}`);
    return answer.text();
  }

  post(path, fields) {
    return this.#ask(path, { method: "POST", body: new URLSearchParams(fields) });
  }

  async #ask(path, init) {
    // A browser says where a form is sent from; this one says so too.
    const headers = { origin: new URL(this.base).origin };
    if (this.cookie) headers.cookie = this.cookie;
    const answer = await fetch(new URL(path, this.base), { ...init, headers, redirect: "manual" });
    const [set] = answer.headers.getSetCookie();
    if (set) this.cookie = set.split(";")[0];
    return answer;
  }

  /** Sends a form of a page, with what is typed over what it holds. */
  async send(html, id, typed = {}) {
    const { action, fields } = form(html, id);
    const answer = await this.post(action, { ...fields, ...typed });
    if (answer.status >= 400) throw new Error(`POST ${action} answers ${answer.status}`);
    return answer;
  }

  /** From the form of a page to the path of the receipt. */
  async contribute(path, id, typed) {
    const review = await (await this.send(await this.get(path), id, typed)).text();
    return (await this.send(review, "review-form")).headers.get("location");
  }
}

/** A moderator who has just logged in. */
export async function logIn(site) {
  const moderator = new Client(site.url);
  const { login, password } = site;
  await moderator.send(await moderator.get("/moderation/connexion"), "login-form", {
    login,
    password,
  });
  return moderator;
}

/** A form as it stands: where it goes, what is hidden in it, and the first of each choice. */
function form(html, id) {
  const found = html.match(new RegExp(`<form id="${id}"([^>]*)>(.*?)</form>`, "s"));
  if (!found) throw new Error(`no form "${id}" on a page that should have one`);
  const [, attributes, inside] = found;
  const fields = {};
  for (const [input] of inside.matchAll(/<input [^>]*type="(?:hidden|radio)"[^>]*>/g)) {
    fields[attribute(input, "name")] ??= attribute(input, "value");
  }
  for (const [, opening, options] of inside.matchAll(/<select([^>]*)>(.*?)<\/select>/gs)) {
    const choice = options.match(/<option(?: selected)?>([^<]+)/);
    if (choice) fields[attribute(opening, "name")] = plain(choice[1]);
  }
  return { action: attribute(attributes, "action"), fields };
}

const attribute = (tag, name) => plain(tag.match(new RegExp(` ${name}="([^"]*)"`))?.[1] ?? "");

const ENTITIES = { lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'", "#x2F": "/", amp: "&" };
const plain = (html) => html.replace(/&(#?\w+);/g, (all, name) => ENTITIES[name] ?? all);

/**
 * Contributions in each state, in the open campaign. Answers what the list of pages has in braces,
 * and the spare contributions of the queue.
 */
export async function makeState(site, open) {
  const citizen = new Client(site.url);
  const moderator = await logIn(site);
  const propose = (title, email = "") =>
    citizen.contribute(`${open}proposer/`, "idea-form", { title, text: TEXT, email });
  const queue = async () => {
    const entry = /<a href="(\/moderation\/contributions\/[^"]+)"[^>]*>(.*?)<\/a>/gs;
    const entries = [...(await moderator.get("/moderation/")).matchAll(entry)];
    return entries.map(([, href, words]) => ({ href, words: plain(words) }));
  };
  const decide = async (words, id) => {
    const entry = (await queue()).find((candidate) => candidate.words.includes(words));
    if (!entry) throw new Error(`« ${words} » is not in the queue`);
    await moderator.send(await moderator.get(entry.href), id);
  };

  const told = await tellOf(citizen, moderator, queue);
  const surveyed = await answerSurvey(site, open);
  const published = await propose("Une seule adresse pour tous les e-mails");
  const refused = await propose("Mon dossier n’avance pas");
  await decide("Une seule adresse", "publish-form");
  await decide("Mon dossier", "refuse-form");
  const idea = await appears(citizen, `${open}idees/`, (html) => links(html, `${open}idees/`)[0]);

  const comment = (text) =>
    citizen.contribute(idea, "comment-form", { text, name: "Nour", email: "nour@example.org" });
  await comment("Chez moi aussi, le message est arrivé après la date.");
  await decide("Chez moi aussi", "publish-form");
  await appears(citizen, idea, (html) => html.includes("Chez moi aussi"));

  // The idea is signalled and kept; its comment is signalled, and waits for a verdict.
  const signalled = () => citizen.get(idea).then(signals);
  const signal = async (path, details) => {
    const typed = { why: "insulting", details, email: "nour@example.org" };
    return (await citizen.send(await citizen.get(path), "report-form", typed)).headers.get("location");
  };
  const [report, ofComment] = await signalled();
  const kept = await signal(report, "");
  await moderator.send(await moderator.get("/moderation/signalements/"), "keep-form", {
    kept: "Nous avons relu ce texte : il respecte la charte.",
  });
  const reported = await signal(ofComment, "Ce n’est pas une façon de parler des gens.");

  const waiting = await propose("Prévenir avant la fin d’un droit");
  await comment("Un SMS serait lu plus vite qu’un e-mail.");
  for (let n = 1; n <= SPARES; n += 1) await propose(`Un rappel ${n} jours avant la date`);
  const held = await queue();
  const unconfirmed = await ofAnAttack(moderator, open, propose);
  const { fields } = form(await citizen.get(`${open}proposer/`), "idea-form");

  return {
    ...told,
    ...(await analyse(moderator)),
    ...surveyed,
    consent: await linkOf(site, /http:\/\/[^/]+(\/accord\/\S{43})/),
    rewrite: `${await linkOf(site, /http:\/\/[^/]+(\/accord\/\S{43})/)}/autrement`,
    likes: `/moderation/soutiens/${idea.split("/").at(-2)}`,
    ...{ idea, published, refused, waiting, report, reported, kept },
    ...{ unconfirmed, confirm: await linkUnder(site, unconfirmed) },
    unreported: `/moderation/signalements/${report.split("/").pop()}`,
    filled: { ...fields, title: "Des e-mails plus courts", text: TEXT, email: "nour@example.org" },
    comments: form(await citizen.get(idea), "comment-form").action,
    like: form(await citizen.get(idea), "like-form").action,
    item: held.find(({ words }) => words.includes("Un SMS")).href,
    spares: held.filter(({ words }) => words.includes("Un rappel")).map(({ href }) => href),
  };
}

/** What somebody without a script sends to a campaign that is attacked: its receipt. */
async function ofAnAttack(moderator, open, propose) {
  const turn = (faire) =>
    moderator.post(`/moderation/protection/${open.split("/")[2]}`, { faire });
  await turn("activer");
  const receipt = await propose("Un simulateur plus clair", "nour@example.org");
  await turn("desactiver");
  return receipt;
}

/** Testimonials: one published, one whose author is asked to agree, one that a service answered. */
async function tellOf(citizen, moderator, queue) {
  const typed = {
    ...{ text: TEXT, sentiment: "negative", structure: "accueil-nimes", writer: "oneself" },
    ...{ channel_telephone: "1", postcode: "30000", email: "nour@example.org" },
  };
  const tell = (title) =>
    citizen.contribute("/temoignages/raconter/gard/", "testimonial-form", { ...typed, title });
  const find = async (words) => (await queue()).find((entry) => entry.words.includes(words));
  await tell("Trois appels pour une attestation");
  const asked = await find("Trois appels");
  await moderator.send(await moderator.get(asked.href), "propose-form", {
    proposed_title: "Trois appels",
    proposed_text: TEXT.replace("je perds une aide", "une aide s’arrête"),
    proposal_why: "Une phrase plus claire.",
  });
  const receipt = await tell("Un rendez-vous en deux jours");
  await moderator.send(await moderator.get((await find("Un rendez-vous")).href), "publish-form");
  const list = "/temoignages/avec-reponse/";
  const own = /href="(\/temoignages\/[0-9a-z]{16}\/)"/;
  const [, testimonial] = (await citizen.get(list)).match(own);
  const [, same] = (await citizen.get(testimonial)).match(/action="([^"]+\/moi-aussi)"/);
  const id = testimonial.split("/").at(-2);
  return {
    ...{ testimonial, same, told: receipt, asked: asked.href },
    answering: `/moderation/contributions/temoignage-${id}`,
    testimonialFilled: { ...typed, title: "Une file plus courte" },
  };
}

/** The analysis of a campaign of the demonstration, and its first theme. */
async function analyse(moderator) {
  const analysis = "/moderation/analyses/avenir-du-numerique/";
  await moderator.send(await moderator.get(analysis), "run-form", { finesse: "moyenne" });
  const [, analysisTheme] = (await moderator.get(analysis)).match(/href="([^"]*\/themes\/\d+)"/);
  return { analysis, analysisTheme };
}

/** A survey: answers that are not sent yet, with a link to them, and some that are. */
async function answerSurvey(site, open) {
  const steps = `/participer/${open.split("/")[2]}/sondage/`;
  const pages = [
    { "q-recus": "oui-de-temps-en-temps", "q-lus": "sur-un-telephone" },
    {
      ...{ "q-sujet": "autre", "q-sujet.autre": "Une enquête", "q-compris": "4" },
      ...{ "q-qualites.utile-pour-vous": "oui", "q-qualites.assez-court": "non" },
      "q-qualites.arrive-au-bon-moment": "en-partie",
    },
    {
      ...{ "q-prevenir": "un-versement", "q-mots": "Appelez-moi au 06 12 34 56 78." },
      ...{ "q-ameliorer.moins-d-e-mails": "1", "q-ameliorer.des-mots-plus-simples": "2" },
    },
    { "q-age": "60-ans-ou-plus", "q-departement": "30000" },
  ];
  const answer = async () => {
    const participant = new Client(site.url);
    for (const [place, typed] of pages.entries()) {
      const sent = await participant.post(steps + (place + 1), { ...typed, aller_a: "suite" });
      if (sent.status !== 303) throw new Error(`page ${place + 1} answers ${sent.status}`);
    }
    return participant;
  };
  const sent = await (await answer()).post(`${steps}envoyer`, {});
  const begun = await answer();
  await begun.post(`${steps}plus-tard`, { email: "nour@example.org" });
  return {
    draft: begun.cookie,
    resume: await linkOf(site, /http:\/\/[^/]+(\/participer\/\S+\/reprendre\/[^\s>]+)/),
    answersSent: sent.headers.get("location"),
  };
}

/** The link of this form that a message has, once one has it. */
async function linkOf(site, pattern) {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    for (const name of readdirSync(site.outbox).filter((name) => name.endsWith(".eml"))) {
      const text = readFileSync(join(site.outbox, name), "utf8").replaceAll("=\r\n", "");
      const [, path] = text.match(pattern) ?? [];
      if (path) return path;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no message came with ${pattern}`);
}

/** The link that a message has under a receipt's address. */
async function linkUnder(site, receipt) {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    for (const name of readdirSync(site.outbox)) {
      // One that is being written has another name.
      if (!name.endsWith(".eml")) continue;
      const text = readFileSync(join(site.outbox, name), "utf8").replaceAll("=\r\n", "");
      const [, path] = text.match(/http:\/\/[^/]+(\/suivi\/\S+\/confirmer\/\S{43})/) ?? [];
      if (path?.startsWith(receipt)) return path;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("no message came to confirm an address");
}

/** Ideas for a closed campaign whose list is empty, by the operator's own command. */
export async function fillList(site, ecoute, campaign) {
  const citizen = new Client(site.url);
  const list = `/campagnes/${campaign}/idees/`;
  if (links(await citizen.get(list), list).length > 0) return;
  const categories = ["La confiance", "Le prix et les aides", "L’information", "L’inscription"];
  const numbers = (length) => Array.from({ length }, (_, n) => n);
  const rows = numbers(60).map((n) => {
    const title = `Rencontrer l’équipe avant le départ (${n + 1})`;
    return [n, title, categories[n % categories.length], (n * 7) % 40, TEXT];
  });
  const comments = numbers(30).map((n) => [0, `D’accord, surtout l’été (${n + 1}).`]);
  const csv = (name, head, lines) => {
    const file = join(ecoute.folder, name);
    const cell = (value) => `"${String(value).replaceAll('"', '""')}"`;
    const line = (cells) => cells.map(cell).join(",");
    writeFileSync(file, [head, ...lines].map(line).join("\n"));
    return file;
  };
  execFileSync(ecoute.binary, [
    ...["import", "ideas", "--published", "--campaign", campaign],
    ...["--data-dir", join(ecoute.folder, "data"), "--content", join(ecoute.folder, "content")],
    ...["--theme", ecoute.theme],
    csv("ideas.csv", ["id", "title", "category", "likes", "text"], rows),
    ...["--map", "id=id,title=title,category=category,likes=likes,text=text"],
    ...["--comments", csv("comments.csv", ["idea", "text"], comments)],
    ...["--comments-map", "idea=idea,text=text"],
  ]);
  await appears(citizen, list, (html) => links(html, list).length > 1);
}

/** The idea of a list that shows the most of what an institution answers. */
export async function answered(site, list) {
  const citizen = new Client(site.url);
  const signs = [/réponse officielle/i, /retenue|déjà en place|hors compétence|réalisée/i];
  let best = { score: -1 };
  for (const path of links(await citizen.get(list), list)) {
    const html = await citizen.get(path);
    const score = signs.filter((sign) => sign.test(html)).length;
    if (score > best.score) best = { score, path };
    if (score === signs.length) break;
  }
  return best.path;
}

/** Where what stands on a page is signalled. */
const signals = (html) =>
  [...html.matchAll(/href="(\/participer\/[^"]+\/signaler\/[^"]+)"/g)].map(([, href]) => href);

/** The pages right under a list that it leads to. */
export function links(html, list) {
  const all = [...html.matchAll(/href="([^"#?]+)"/g)].map(([, href]) => href);
  const isUnder = (href) => /^(?!soutenues)[^/]+\/$/.test(href.slice(list.length));
  return [...new Set(all)].filter((href) => href.startsWith(list) && isUnder(href));
}

async function appears(client, path, find) {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    const found = find(await client.get(path));
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} never came to show what was published`);
}
