// Back from the provider: a code is good for half a minute there, so the button presses itself. It
// is there for who has no script.

const form = document.getElementById("sign-on-form");
form.addEventListener("submit", () => {
  form.querySelector("button").disabled = true;
});
form.requestSubmit();
