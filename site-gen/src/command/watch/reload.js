// Waits for the next build, then loads the page again where it stands.
const seen = document.currentScript.dataset.turn;
const wait = async () => {
  try {
    const answer = await fetch(`/.site-gen/changes?turn=${seen}`);
    if (answer.ok) return location.reload();
  } catch {
    // The command was stopped, or is starting again.
  }
  setTimeout(wait, 1000);
};
wait();
