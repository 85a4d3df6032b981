// Somebody in a browser of their own, on whom every page is checked.

import assert from "node:assert/strict";

// Tabbing further than this means that the keyboard can't get there.
const MOST_TABS = 80;

/** The text as people read it: a no-break space is a space. */
export const read = async (locator) => (await locator.innerText()).replace(/\s+/g, " ").trim();

/** Runs before a page's own scripts: what asks for a dialog says so, and opens none. */
function tellOfDialogs() {
  for (const name of ["alert", "confirm", "prompt", "print"]) {
    window[name] = (said) => console.error(`${name} was called: ${said}`);
  }
}

/** What a page has that could run, beside the scripts of the site. */
function whatRuns() {
  const known = (script) =>
    script.type === "application/ld+json"
      ? JSON.parse(script.textContent)["@context"] === "https://schema.org"
      : script.getAttribute("src")?.startsWith("/assets/") && script.textContent === "";
  const scripts = [...document.querySelectorAll("script")].filter((script) => !known(script));
  const foreign = [...document.querySelectorAll("iframe, frame, object, embed, applet, base")];
  const attributes = [...document.querySelectorAll("*")].flatMap((element) =>
    [...element.attributes].filter(({ name, value }) => {
      const leads = ["href", "src", "action", "formaction", "xlink:href"].includes(name);
      return name.startsWith("on") || (leads && /^[\s\0]*(javascript|data|vbscript):/i.test(value));
    }),
  );
  return [...scripts, ...foreign].map((it) => it.outerHTML).concat(attributes.map((it) => it.value));
}

export class Visitor {
  #site;
  #context;
  #wrong = [];
  #headers = [];
  #refused = new Set();
  /** When this person last sent a form. */
  sentAt = 0;
  /** How many pages were checked. */
  opened = 0;

  /** A fresh browser context: no cookie, no storage, nothing of the other visitors'. */
  static async open(browser, site, { javaScript }) {
    const visitor = new Visitor();
    visitor.#site = site;
    visitor.#context = await browser.newContext({
      javaScriptEnabled: javaScript,
      locale: "fr-FR",
    });
    visitor.#context.setDefaultTimeout(60_000);
    await visitor.#context.addInitScript(tellOfDialogs);
    visitor.page = await visitor.#context.newPage();
    visitor.#watch();
    return visitor;
  }

  #watch() {
    const { page } = this;
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== this.#site.url) {
        this.#wrong.push(`a request to another host: ${request.url()}`);
      }
      if (request.method() === "POST") this.sentAt = performance.now();
    });
    page.on("response", (response) => this.#headers.push(this.#checkCookies(response)));
    page.on("dialog", (dialog) => {
      this.#wrong.push(`a dialog on ${page.url()}: ${dialog.message()}`);
      return dialog.dismiss();
    });
    page.on("pageerror", (error) => this.#wrong.push(`an error of the script: ${error}`));
    // The console also has every breach of the content security policy, scripts on or off.
    page.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      // Chromium reports a page that refuses a form; whoever sent it expects that status.
      const { url } = message.location();
      const refusal = message.text().includes("the server responded with a status of");
      if (refusal && this.#refused.has(url)) return;
      this.#wrong.push(`the console says on ${page.url()}: ${message.text()}`);
    });
  }

  /** Reading sets no cookie; only moderators' pages have a session to keep. */
  async #checkCookies(response) {
    const { pathname } = new URL(response.url());
    if (response.request().method() !== "GET" || pathname.startsWith("/moderation/")) return;
    const headers = await response.allHeaders();
    if ("set-cookie" in headers) this.#wrong.push(`reading ${pathname} sets a cookie`);
  }

  /** Does what leads to another page, waits for it, and checks it. */
  async follow(action, { status = 200 } = {}) {
    const { page } = this;
    const isAnswer = (response) =>
      response.request().isNavigationRequest() && ![301, 302, 303, 307, 308].includes(response.status());
    if (status !== 200) {
      page.once("request", (request) => this.#refused.add(request.url()));
    }
    const [response] = await Promise.all([
      page.waitForResponse(isAnswer),
      page.waitForEvent("load"),
      action(),
    ]);
    assert.equal(response.status(), status, `the status of ${response.url()}`);
    await this.#checkPage();
  }

  goto(path) {
    return this.follow(() => this.page.goto(new URL(path, this.#site.url).href));
  }

  click(name, options) {
    return this.follow(() => this.button(name).click(), options);
  }

  /** The button or the link that says this, in the page's own part. */
  button(name) {
    const main = this.page.getByRole("main");
    return main.getByRole("button", { name }).or(main.getByRole("link", { name }));
  }

  async #checkPage() {
    const { page } = this;
    const where = page.url();
    assert.equal(await page.locator("h1").count(), 1, `one h1 on ${where}`);
    assert.notEqual(await read(page.locator("h1")), "", `words in the h1 of ${where}`);
    assert.equal(await page.locator("html").getAttribute("lang"), "fr", `the language of ${where}`);
    assert.match(await page.title(), /^\S.* – \S/, `the title of ${where}`);
    assert.deepEqual(await page.evaluate(whatRuns), [], `what runs on ${where}`);
    this.opened += 1;
  }

  heading() {
    return read(this.page.locator("h1"));
  }

  /** Lets a form go to the server as it is: the browser's own check of it is not what we test. */
  skipBrowserValidation(form) {
    return this.page.locator(form).evaluate((element) => (element.noValidate = true));
  }

  /** Goes on by keyboard until this has the focus, and sees that it shows. */
  async tabTo(locator, key = "Tab") {
    const hasFocus = () => locator.evaluate((element) => element === document.activeElement);
    for (let tabs = 0; !(await hasFocus()); tabs += 1) {
      assert.ok(tabs < MOST_TABS, `the keyboard reaches ${locator} on ${this.page.url()}`);
      await this.page.keyboard.press(key);
    }
    const outline = await locator.evaluate((element) => getComputedStyle(element).outlineStyle);
    assert.notEqual(outline, "none", `${locator} shows that it has the focus`);
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  /** Alt and the key that a control shows. Playwright's own keys don't say which letter Alt hides. */
  async accessKey(letter) {
    const key = { key: letter, unmodifiedText: letter, modifiers: 1 };
    const keyboard = await this.#context.newCDPSession(this.page);
    await keyboard.send("Input.dispatchKeyEvent", { type: "keyDown", ...key });
    await keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
  }

  type(text) {
    return this.page.keyboard.type(text);
  }

  async cookies() {
    return (await this.#context.cookies()).map((cookie) => cookie.name);
  }

  /** Leaves, and says what went wrong on the way. */
  async close() {
    await Promise.all(this.#headers);
    await this.#context.close();
    assert.deepEqual(this.#wrong, []);
  }
}
