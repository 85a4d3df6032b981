// A campaign that is attacked asks for a proof of work: the browser looks for a number while the
// person reads again. Without this, the person confirms an e-mail address. Words come from the page.
"use strict";
(() => {
  const form = document.querySelector("form[data-challenge]");
  if (!form || !globalThis.crypto?.subtle) return;
  const challenge = JSON.parse(form.dataset.challenge);
  const { cost, keyLength, keyPrefix, nonce, salt } = challenge.parameters;
  const bytes = hex => Uint8Array.from(hex.match(/../g), pair => parseInt(pair, 16));
  const hex = buffer => [...new Uint8Array(buffer)].map(byte => byte.toString(16).padStart(2, "0")).join("");

  const derived = async counter => {
    const start = bytes(nonce);
    const password = new Uint8Array(start.length + 4);
    password.set(start);
    new DataView(password.buffer).setUint32(start.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
    return hex(await crypto.subtle.deriveBits(how, key, keyLength * 8));
  };
  const solve = async () => {
    for (let counter = 0; ; counter += 1) {
      const derivedKey = await derived(counter);
      if (!derivedKey.startsWith(keyPrefix)) continue;
      form.elements.preuve.value = JSON.stringify({ challenge, solution: { counter, derivedKey } });
      return;
    }
  };

  const solved = solve();
  form.querySelector("[data-without]").hidden = true;
  let waits = false;
  form.addEventListener("submit", async event => {
    if (form.elements.preuve.value || event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    form.querySelector("[role=status]").textContent = form.dataset.wait;
    if (waits) return;
    waits = true;
    await solved;
    form.requestSubmit(event.submitter);
  });
})();
