// The back office: decisions by one key, for those who want it. Without it, the access keys shown
// beside each button work as the browser has them.

const CHOICE = "ecoute-touches";
const switchOf = document.querySelector("[data-keys]");

if (switchOf) {
  const box = switchOf.querySelector("input");
  box.checked = localStorage.getItem(CHOICE) === "oui";
  box.addEventListener("change", () => localStorage.setItem(CHOICE, box.checked ? "oui" : "non"));
  switchOf.hidden = false;
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    // A key that is typed into a field is a letter of it.
    if (event.target.closest("textarea, select, input:not([type=radio], [type=checkbox])")) return;
    const keyed = document.querySelector(`[accesskey="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!keyed) return;
    event.preventDefault();
    if (opened(keyed)) return;
    keyed.focus();
    keyed.click();
  });
}

/** What is in a closed part is shown first: nothing is sent of a form that nobody sees. */
function opened(keyed) {
  const closed = keyed.closest("details:not([open])");
  if (!closed) return false;
  closed.open = true;
  closed.querySelector("select, textarea, input:not([type=hidden])")?.focus();
  return true;
}
