// Checks one page of each kind, on the real binary, with the browser QA kit.
//
//   node tests/webcheck/run.mjs [--all] [--lighthouse] [--only checks] [--jobs N] [paths, kinds…]
//
// See README.md beside this file.

import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startSite } from "../browser/site.js";
import { openDoor } from "./door.mjs";
import { check, installKit, lacking } from "./kit.mjs";
import { Client, answered, fillList, links, makeState } from "./state.mjs";

// The campaign that is open during the run, whatever its dates, and two that have results.
const OPEN = "/campagnes/courriels-de-la-caf/";
const CLOSED = "/campagnes/colonies-de-vacances/";
const FOLLOWED = "/campagnes/avenir-du-numerique/";
// One whose survey is closed, and was answered.
const ANSWERED = "/campagnes/caf-a-distance/";
const slug = (campaign) => campaign.split("/")[2];
// Errors take the focus, so that the keyboard begins in the middle: to the kit, a wrong order.
const WRONG = { form: {}, status: 422, skip: ["keyboard"] };
const sent = (campaign) => `/participer/${slug(campaign)}/idees`;
const survey = (step) => `/participer/${slug(OPEN)}/sondage/${step}`;

// The pages. What is in braces is found or made before the run. A page that is `like` another one,
// made from the same template, has the quick checks alone, but for --all. `form` is what has been
// sent to the address when the page shows.
const PAGES = [
  { kind: "home", path: "/" },
  { kind: "campaigns", path: "/campagnes/" },
  { kind: "campaigns-open", path: "/campagnes/ouvertes/", like: "campaigns" },
  { kind: "campaigns-space", path: "/campagnes/espace/gard/", like: "campaigns" },
  { kind: "campaign", path: OPEN },
  { kind: "campaign-closed", path: CLOSED },
  { kind: "ideas", path: `${CLOSED}idees/` },
  { kind: "ideas-liked", path: `${CLOSED}idees/soutenues/`, like: "ideas" },
  { kind: "ideas-category", path: `${CLOSED}idees/categorie/la-confiance/`, like: "ideas" },
  { kind: "idea", path: "{idea}" },
  { kind: "idea-answered", path: "{answered}" },
  { kind: "propose", path: `${OPEN}proposer/` },
  { kind: "propose-wrong", path: `${sent(OPEN)}?erreurs`, ...WRONG },
  { kind: "review-idea", path: `${sent(OPEN)}?relire`, form: "{filled}" },
  { kind: "closed", path: `${sent(CLOSED)}?close`, form: { title: "Trop tard" }, status: 409 },
  { kind: "survey", path: `${OPEN}sondage/` },
  { kind: "survey-wrong", path: survey("1?erreurs"), ...WRONG, form: { aller_a: "suite" } },
  // What the kit sends of them is the first page of a draft.
  { kind: "survey-page", path: survey("2"), door: true, skip: ["nojs"] },
  { kind: "survey-last", path: survey("3"), door: true, skip: ["nojs"] },
  // Its forms send the answers, or erase them: they are one for all checks.
  { kind: "survey-review", path: survey("relire"), door: true, skip: ["nojs"] },
  { kind: "survey-later", path: survey("plus-tard"), door: true, skip: ["nojs"] },
  { kind: "survey-resume", path: "{resume}", skip: ["nojs"] },
  { kind: "survey-none", path: survey("reprendre"), like: "text" },
  { kind: "survey-receipt", path: "{answersSent}", skip: ["nojs"] },
  { kind: "survey-results", path: `${ANSWERED}sondage/resultats/` },
  { kind: "survey-crosses", path: `${ANSWERED}sondage/resultats/croisements/` },
  { kind: "survey-results-open", path: `${OPEN}sondage/resultats/`, like: "survey-results" },
  { kind: "comment-wrong", path: "{comments}?erreurs", ...WRONG },
  { kind: "review-comment", path: "{comments}?relire", form: { text: "Oui" }, like: "review-idea" },
  { kind: "like", path: "{like}" },
  { kind: "report", path: "{report}" },
  { kind: "report-wrong", path: "{report}?erreurs", ...WRONG, like: "report" },
  { kind: "report-gone", path: `${sent(OPEN).replace("idees", "signaler")}/absente`, status: 404, like: "not-found" },
  { kind: "report-receipt", path: "{reported}" },
  { kind: "report-kept", path: "{kept}", like: "report-receipt" },
  { kind: "testimonials", path: "/temoignages/" },
  { kind: "testimonials-structure", path: "/temoignages/structure/accueil-nimes/", like: "testimonials" },
  { kind: "testimonials-none", path: "/temoignages/structure/caf-du-gard/", like: "testimonials" },
  { kind: "testimonial", path: "{testimonial}" },
  { kind: "tell", path: "/temoignages/raconter/" },
  // The kit types no postcode.
  { kind: "tell-to", path: "/temoignages/raconter/gard/", skip: ["nojs"] },
  { kind: "tell-wrong", path: "/temoigner/gard?erreurs", ...WRONG, skip: ["keyboard", "nojs"] },
  { kind: "review-testimonial", path: "/temoigner/gard?relire", form: "{testimonialFilled}" },
  { kind: "same", path: "{same}" },
  // A form that is sent answers once and for all what these pages ask.
  { kind: "consent", path: "{consent}", skip: ["nojs"] },
  { kind: "rewrite", path: "{rewrite}", skip: ["nojs"] },
  { kind: "statistics", path: "/statistiques/" },
  { kind: "statistics-space", path: "/statistiques/espace/gard/", like: "statistics" },
  { kind: "statistics-months", path: "/statistiques/espace/gard/mois/" },
  { kind: "statistics-compared", path: "/statistiques/comparer/" },
  { kind: "testimonials-by", path: "/temoignages/par-departement/" },
  { kind: "results", path: `${FOLLOWED}resultats/` },
  { kind: "results-workshops", path: `${CLOSED}resultats/`, like: "results" },
  { kind: "finding", path: `${FOLLOWED}resultats/enseignement-1/` },
  { kind: "outcomes", path: `${FOLLOWED}suites/` },
  { kind: "all-results", path: "/resultats/" },
  { kind: "spaces", path: "/espaces/" },
  { kind: "space", path: "/espaces/gard/" },
  { kind: "all-news", path: "/actualites/" },
  { kind: "news", path: "{news}" },
  { kind: "search", path: "/recherche/" },
  { kind: "text", path: "/guide/" },
  { kind: "charter", path: "/charte/", like: "text" },
  { kind: "legal", path: "/mentions-legales/", like: "text" },
  { kind: "privacy", path: "/donnees-personnelles/", like: "text" },
  { kind: "accessibility", path: "/accessibilite/", like: "text" },
  { kind: "contact", path: "/contact/", like: "text" },
  { kind: "site-map", path: "/plan-du-site/" },
  { kind: "not-found", path: "/absente", status: 404 },
  { kind: "error", path: "{like}?erreur", form: { choice: "" }, status: 400, like: "not-found" },
  { kind: "receipt", path: "{waiting}" },
  { kind: "receipt-published", path: "{published}", like: "receipt" },
  { kind: "receipt-refused", path: "{refused}", like: "receipt" },
  { kind: "receipt-told", path: "{told}", like: "receipt" },
  { kind: "receipt-unconfirmed", path: "{unconfirmed}", like: "receipt" },
  { kind: "confirm", path: "{confirm}" },
  { kind: "login", path: "/moderation/connexion" },
  { kind: "queue", path: "/moderation/" },
  { kind: "queue-item", path: "{item}", like: "queue" },
  // To one of the checkers, what is folded has no label; and what is sent decides of the others.
  { kind: "queue-asked", path: "{asked}", skip: ["nojs", "ibm"] },
  { kind: "queue-answering", path: "{answering}", skip: ["nojs", "ibm"] },
  // Its answers are written beforehand: what is sent as it stands is no empty form.
  { kind: "reports", path: "/moderation/signalements/", skip: ["nojs"] },
  { kind: "protection", path: "/moderation/protection" },
  { kind: "likes-from", path: "{likes}" },
  { kind: "dashboard", path: "/moderation/tableau" },
  { kind: "journal", path: "/moderation/journal" },
  // Its forms answer with files.
  { kind: "exports", path: "/moderation/exports/", skip: ["nojs"] },
  { kind: "analyses", path: "/moderation/analyses" },
  // An analysis is made again by its form, and decisions change what other checks look at.
  { kind: "analysis", path: "{analysis}", skip: ["nojs"] },
  { kind: "analysis-theme", path: "{analysisTheme}", skip: ["nojs"] },
  { kind: "analysis-left", path: "{analysis}non-classees", like: "analysis-theme", skip: ["nojs"] },
  { kind: "mail", path: "/moderation/courrier" },
  // Its forms ask for the password, and close the session that all these checks have.
  { kind: "account", path: "/moderation/compte", skip: ["nojs"] },
];

// The checks of the kit. The quick ones take 0.3 s a page, `console` 0.8; the others up to 5.
const QUICK = ["http", "vnu", "htmlcs", "ibm", "gov", "console", "links"];
const SLOW = ["axe", "keyboard", "nojs", "reflow", "modes", "weight"];
const LIGHTHOUSE = "lighthouse";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OUT = join(ROOT, "target/webcheck-out");
const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: "boolean", default: false },
    lighthouse: { type: "boolean", default: false },
    only: { type: "string" },
    jobs: { type: "string", default: "2" },
  },
});

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => interruption.abort(new Error("interrupted")));
}
process.exitCode = await main().catch((error) => {
  console.error(`webcheck: ${interruption.signal.aborted ? "interrupted" : error.message}`);
  return 2;
});

async function main() {
  const kit = env.WEBCHECK ?? join(ROOT, "../shared/tools/webcheck");
  if (!existsSync(join(kit, "webcheck.mjs"))) {
    console.log(`skipped: ${env.WEBCHECK ?? "../shared/tools/webcheck"}, the QA kit, is not there`);
    return env.WEBCHECK === undefined ? 0 : 2;
  }
  const checks = options.only?.split(",") ?? [...QUICK, ...SLOW];
  if (options.lighthouse && !checks.includes(LIGHTHOUSE)) checks.push(LIGHTHOUSE);
  const unknown = checks.filter((name) => ![...QUICK, ...SLOW, LIGHTHOUSE].includes(name));
  if (unknown.length > 0) throw new Error(`no such check: ${unknown.join(", ")}`);
  const lack = lacking(checks);
  if (lack) throw new Error(lack);
  const copy = join(ROOT, "target/webcheck-kit");
  await installKit(kit, copy);

  // The site and the browsers make their temporary files in one folder, removed at the end.
  const folder = await mkdtemp(join(tmpdir(), "ecoute-webcheck-"));
  env.TMPDIR = folder;
  let site, door;
  try {
    const begun = performance.now();
    site = await startSite(slug(OPEN));
    const state = await prepare(site, folder);
    const pages = chosen(PAGES.map((page) => resolve(page, state)));
    const forms = pages.filter((page) => page.form).map((page) => [page.path, page.form]);
    door = await openDoor(site, new Map(forms), state);
    for (const page of pages) page.base = needsDoor(page) ? door.url : site.url;
    const missing = await findMissing(pages);
    console.log(`The site was ready in ${seconds(begun)}.`);

    const there = pages.filter((page) => !missing.has(page));
    const code = await checkAll(copy, there, checks, site, state);
    for (const [page, why] of missing) console.log(`MISSING ${page.kind}: ${why}`);
    console.log("Reports and screenshots are in target/webcheck-out.");
    console.log(`${there.length} pages in ${seconds(begun)}, ${missing.size} missing.`);
    return Math.max(code, missing.size > 0 ? 1 : 0);
  } finally {
    door?.close();
    await site?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** What the pages in braces are, and what else the checks need. */
async function prepare(site, folder) {
  // The site's own folder is the first thing there.
  const ecoute = {
    binary: env.ECOUTE_BIN ?? join(ROOT, "target/debug/ecoute"),
    folder: join(folder, readdirSync(folder)[0]),
    theme: join(ROOT, "themes/default"),
  };
  await fillList(site, ecoute, slug(CLOSED));
  const state = await makeState(site, OPEN);
  const list = "/actualites/";
  const news = await new Client(site.url).get(list).catch(() => "");
  return {
    ...state,
    answered: await answered(site, `${CLOSED}idees/`),
    news: links(news, list)[0],
  };
}

/** The page with its address and its form; without a path, if nothing of the kind was found. */
function resolve(page, state) {
  const filled = (value) => state[value.slice(1, -1)];
  const [, name] = page.path.match(/^{(\w+)}/) ?? [];
  const path = name ? state[name] && page.path.replace(/^{\w+}/, state[name]) : page.path;
  const form = typeof page.form === "string" ? filled(page.form) : page.form;
  return { ...page, path, form };
}

/** The pages to check: all, or those of the command line, where a path may be any of the site. */
function chosen(pages) {
  if (wanted.length === 0) return pages;
  return wanted.flatMap((name) => {
    const known = pages.filter(({ kind, path }) => kind === name || path === name);
    if (known.length === 0 && !name.startsWith("/")) throw new Error(`no kind of page: ${name}`);
    return known.length > 0 ? known : [{ kind: "other", path: name }];
  });
}

/** What a browser that only reads addresses does not get to see by itself. */
function needsDoor({ path, form, door }) {
  return form || door || (path?.startsWith("/moderation/") && path !== "/moderation/connexion");
}

/** The pages that do not answer as they should, each with what is wrong. */
async function findMissing(pages) {
  const missing = new Map();
  for (const page of pages) {
    const { base, path, status = 200 } = page;
    if (!path) {
      missing.set(page, "no such page was found on the site");
      continue;
    }
    const answer = await fetch(new URL(path, base), { redirect: "manual" });
    await answer.arrayBuffer();
    const is = answer.status;
    if (is !== status) missing.set(page, `${path} answers ${is}, not ${status}`);
  }
  return missing;
}

/** Checks the pages, those behind the door apart. Answers the worst of the kit's codes. */
async function checkAll(kit, pages, checks, site, state) {
  const file = new URL("webcheck.config.json", import.meta.url);
  const config = JSON.parse(await readFile(file, "utf8"));
  config.fill = {
    "login-form": { login: site.login, password: site.password },
    "merge-form": { into: state.idea },
  };
  config.overrides.push(...pages.map(override));
  const groups = {
    public: pages.filter((page) => !needsDoor(page)),
    "behind-a-form": pages.filter(needsDoor),
  };
  let worst = 0;
  for (const [name, group] of Object.entries(groups)) {
    if (group.length === 0) continue;
    const code = await check(kit, {
      ...{ base: group[0].base, paths: group.map(({ path }) => path), config, checks },
      ...{ jobs: options.jobs, out: join(OUT, name), signal: interruption.signal },
    });
    worst = Math.max(worst, code);
  }
  return worst;
}

/** What the kit is to know of one page: its status, and the checks that it does without. */
function override({ path, status = 200, like, skip = [] }) {
  const isQuick = like && !options.all && wanted.length === 0;
  return {
    match: `^${path.replace(/[.?]/g, "\\$&")}$`,
    status,
    // Lighthouse does not read a page of errors.
    skip: [...skip, ...(isQuick ? [...SLOW, LIGHTHOUSE] : status < 400 ? [] : [LIGHTHOUSE])],
  };
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
