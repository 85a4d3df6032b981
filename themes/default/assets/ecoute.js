// Makes pages nicer; nothing depends on it. Words come from the page.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  /** The form of a text for this number: `keyOne` or `keyOther`, with the number in it. */
  const say = (words, key, n) => words[key + (n < 2 ? "One" : "Other")].replace("{n}", number.format(n));

  live();
  likes();
  timed();
  copies();
  search();
  counters();
  drafts();

  // Counts as they are now, in the place of those of the page's last rendering.
  async function live() {
    const root = document.querySelector("[data-counts]");
    if (!root) return;
    if (document.hidden) return document.addEventListener("visibilitychange", live, { once: true });
    const words = root.dataset;
    try {
      const { idees } = await (await fetch(words.counts)).json();
      for (const element of all("[data-idea]", root)) {
        const now = idees[element.dataset.idea];
        if (!now) continue;
        const likes = say(words, "likes", now.soutiens);
        // A page follows a comment at once, so that its count of them is as fresh as these.
        const text = element.lastChild;
        text.data = text.data.replace(/^[^,]+/, likes);
      }
    } catch { /* the counts of the page hold */ }
  }

  // A like leaves once, however often its button is pressed while it is on its way; the form says
  // so, and the server need not guess.
  function likes() {
    const PATIENCE = 30000;
    for (const form of all("form[action$='/soutien']")) {
      let left = -PATIENCE;
      form.append(make("input", { type: "hidden", name: "script", value: "1" }));
      form.addEventListener("submit", event => {
        if (event.timeStamp - left < PATIENCE) event.preventDefault();
        else left = event.timeStamp;
      });
      addEventListener("pageshow", () => { left = -PATIENCE; });
    }
  }

  // How long a blank form was on the screen before it was sent: a program that fills it in a second
  // is told to the moderators.
  function timed() {
    for (const trap of all(".trap")) {
      const form = trap.closest("form");
      if (form.elements.text?.value) continue;
      const shown = performance.now();
      const field = make("input", { type: "hidden", name: "duree" });
      form.append(field);
      form.addEventListener("submit", () => { field.value = Math.round((performance.now() - shown) / 1000); });
    }
  }

  // An address, copied at one touch.
  function copies() {
    for (const button of navigator.clipboard ? all("[data-copy]") : []) {
      const label = button.textContent;
      button.hidden = false;
      button.setAttribute("aria-live", "polite");
      button.addEventListener("click", async () => {
        try { await navigator.clipboard.writeText(button.dataset.copy); } catch { return; }
        button.textContent = button.dataset.copied;
        setTimeout(() => { button.textContent = label; }, 5000);
      });
    }
  }

  // The search: what holds all the words, whatever their accents, in the files that the site keeps
  // for it. Ideas are cut by the initials of their words: one small file a campaign is read.
  function search() {
    const form = document.getElementById("search-form");
    if (!form) return;
    const SHOWN = 30;
    const LITTLE = /^([a-z]|au|aux|ce|ces|dans|de|des|du|en|est|et|la|le|les|ou|par|pas|pour|que|qui|se|sur|un|une)$/;
    const words = form.dataset;
    const box = document.getElementById("trouve");
    const [told, list] = box.querySelectorAll("[role=status], div");
    const plain = text =>
      text.toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").normalize("NFD").replace(/[\u0300-\u036f]/g, "");
    let lost, asked;
    const read = async address => {
      try {
        const answer = await fetch(address);
        if (answer.ok) return await answer.json();
        // A file that is not there holds nothing.
        if (answer.status !== 404) lost = true;
      } catch { lost = true; }
    };
    const find = async () => {
      const query = form.q.value.trim();
      const typed = plain(query).match(/[a-z0-9]+/g) || [];
      const long = typed.filter(word => !LITTLE.test(word));
      // A plural finds the singular.
      const wanted = (long.length ? long : typed).map(word => word.length > 3 ? word.replace(/[sx]$/, "") : word);
      const turn = asked = {};
      box.hidden = !wanted.length;
      if (box.hidden) return;
      lost = false;
      const holds = text => wanted.every(word => plain(text).includes(word));
      const groups = new Map();
      const add = (group, title, href, summary) => {
        if (!groups.has(group)) groups.set(group, []);
        groups.get(group).push([title, href, summary]);
      };
      const index = await read(words.index);
      for (const [kind, title, href, summary] of index?.pages || []) {
        if (holds(`${title} ${summary}`)) add(kind, title, href, summary);
      }
      const [initial] = wanted.reduce((a, b) => b.length > a.length ? b : a);
      await Promise.all((index?.ideas || []).map(async ([campaign, short]) => {
        const folder = `/campagnes/${campaign}/`;
        const ideas = await read(`${folder}recherche/${/\d/.test(initial) ? 0 : initial}.json`);
        for (const [id, title] of ideas || []) {
          if (holds(title)) add(words.ideas.replace("{campaign}", short), title, `${folder}idees/${id}/`);
        }
      }));
      if (turn !== asked) return;
      let n = 0;
      list.replaceChildren();
      for (const [group, found] of groups) {
        n += found.length;
        const links = found.slice(0, SHOWN).map(([title, href, summary]) =>
          make("li", {}, make("a", { href, textContent: title }), summary || ""));
        list.append(make("h3", { textContent: group }), make("ul", { className: "links" }, ...links));
        if (found.length > SHOWN) list.append(make("p", { className: "hint", textContent: words.more }));
      }
      told.textContent = (n ? say(words, "found", n) : lost ? "" : words.none).replace("{q}", query) + (lost ? ` ${words.lost}` : "");
    };
    form.q.value = new URLSearchParams(location.search).get("q") || "";
    form.addEventListener("submit", event => {
      event.preventDefault();
      history.replaceState(null, "", `?q=${encodeURIComponent(form.q.value)}`);
      find();
    });
    find();
  }

  // Counters: seen at each key, told politely once typing stops, and only near the limit.
  function counters() {
    const words = document.querySelector("template[data-words]")?.dataset;
    const segmenter = Intl.Segmenter && new Intl.Segmenter();
    // As the server counts: graphemes of the normalised text, without the spaces around it.
    const length = text => {
      text = text.trim().normalize();
      return segmenter ? [...segmenter.segment(text)].length : [...text].length;
    };
    for (const field of words ? all("[data-limit]") : []) {
      const limit = Number(field.dataset.limit);
      const seen = make("p", { className: "counter" });
      const told = make("p", { className: "sr" });
      let wait;
      told.setAttribute("role", "status");
      seen.setAttribute("aria-hidden", "true");
      field.after(seen, told);
      const count = typing => {
        const left = limit - length(field.value);
        const text = left < 0 ? say(words, "over", -left) : say(words, "left", left);
        seen.textContent = text;
        seen.classList.toggle("over", left < 0);
        clearTimeout(wait);
        if (typing) wait = setTimeout(() => { told.textContent = left < limit / 10 ? text : ""; }, 1000);
      };
      field.addEventListener("input", () => count(true));
      field.addEventListener("count", () => count(false));
      count(false);
    }
  }

  // Drafts: kept in this tab's storage, offered again, forgotten when the receipt is shown.
  // An e-mail address is never kept.
  function drafts() {
    let store;
    try { store = sessionStorage; } catch { return; }
    const PENDING = "ecoute-pending";
    const words = document.querySelector("template[data-words]");
    for (const form of all("form[data-draft]")) {
      const key = "ecoute-draft " + form.getAttribute("action");
      const kept = () => [...form.elements].filter(e => e.name && !/^(email|hidden|password|submit)$/.test(e.type));
      const blank = () => kept().every(e => e.type === "radio" ? !e.checked : !e.value.trim());
      const save = () => {
        if (blank()) return;
        const draft = {};
        for (const e of kept()) if (e.type !== "radio" || e.checked) draft[e.name] = e.value;
        try { store.setItem(key, JSON.stringify(draft)); } catch { /* full or refused: nothing is lost on the page */ }
      };
      let draft;
      try { draft = JSON.parse(store.getItem(key)); } catch { /* not ours */ }
      if (draft && words && blank()) {
        const offer = words.content.querySelector("[data-offer]").cloneNode(true);
        const first = () => kept()[0].focus();
        offer.querySelector("[data-resume]").addEventListener("click", () => {
          for (const e of kept()) {
            if (!(e.name in draft)) continue;
            if (e.type === "radio") e.checked = e.value === draft[e.name];
            else e.value = draft[e.name];
            e.dispatchEvent(new Event("count"));
          }
          offer.remove();
          first();
        });
        offer.querySelector("[data-discard]").addEventListener("click", () => {
          store.removeItem(key);
          offer.remove();
          first();
        });
        form.prepend(offer);
      }
      form.addEventListener("input", save);
      form.addEventListener("submit", () => { save(); store.setItem(PENDING, key); });
    }
    if (document.querySelector("[data-receipt]")) {
      const sent = store.getItem(PENDING);
      if (sent) store.removeItem(sent);
      store.removeItem(PENDING);
    }
  }
})();
