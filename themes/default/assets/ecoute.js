// Makes forms nicer; nothing depends on it. Words come from the page's <template data-words>.
"use strict";
(() => {
  const words = document.querySelector("template[data-words]");
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const segmenter = Intl.Segmenter && new Intl.Segmenter();
  // As the server counts: graphemes of the normalised text, without the spaces around it.
  const length = text => {
    text = text.trim().normalize();
    return segmenter ? [...segmenter.segment(text)].length : [...text].length;
  };
  const make = (tag, className) => Object.assign(document.createElement(tag), { className });
  const say = (key, n) => words.dataset[key + (n < 2 ? "One" : "Other")].replace("{n}", number.format(n));

  // Counters: seen at each key, told politely once typing stops, and only near the limit.
  for (const field of words ? document.querySelectorAll("[data-limit]") : []) {
    const limit = Number(field.dataset.limit);
    const seen = make("p", "counter");
    const told = make("p", "sr");
    let wait;
    told.setAttribute("role", "status");
    seen.setAttribute("aria-hidden", "true");
    field.after(seen, told);
    const count = typing => {
      const left = limit - length(field.value);
      const text = left < 0 ? say("over", -left) : say("left", left);
      seen.textContent = text;
      seen.classList.toggle("over", left < 0);
      clearTimeout(wait);
      if (typing) wait = setTimeout(() => { told.textContent = left < limit / 10 ? text : ""; }, 1000);
    };
    field.addEventListener("input", () => count(true));
    field.addEventListener("count", () => count(false));
    count(false);
  }

  // Drafts: kept in this tab's storage, offered again, forgotten when the receipt is shown.
  // An e-mail address is never kept.
  let store;
  try { store = sessionStorage; } catch { return; }
  const PENDING = "ecoute-pending";
  for (const form of document.querySelectorAll("form[data-draft]")) {
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

  // The address of a receipt, copied at one touch.
  const copy = document.querySelector("[data-copy]");
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(copy.dataset.copy);
      copy.textContent = copy.dataset.copied;
    });
  }
})();
