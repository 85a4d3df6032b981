// A way into the site for a browser that can neither log in nor send a form before it looks: the
// kit reads addresses, without cookies.
//
// - What is asked for under /moderation/ has a moderator's session.
// - Some addresses, asked for, are answered as if a form had been sent to them: the page that shows
//   errors, and the page to read again.
// - A decision falls on a spare contribution, and a logout on a session of its own, so that the
//   page checked is still there for the next check. A verdict on reports falls on a contribution
//   that has none.
// - The pages of a survey have somebody's answers.

import { createServer, request } from "node:http";
import { once } from "node:events";
import { logIn } from "./state.mjs";

const LOGIN = "/moderation/connexion";
const LOGOUT = "/moderation/deconnexion";
const DECISION = /^\/moderation\/contributions\/[^/]+(?=\/(publier|refuser)$)/;

const SURVEY = /^\/participer\/[^/]+\/sondage\//;

const VERDICT = /^\/moderation\/signalements\/[^/]+(?=\/(laisser|retirer|clore)$)/;

/** The door's address, and how to close it. `forms` has fields by address. */
export async function openDoor(site, forms, { spares, unreported, draft }) {
  const { cookie } = await logIn(site);

  const answer = async (incoming, outgoing) => {
    let { method, url: path } = incoming;
    const headers = { ...incoming.headers };
    let body = incoming;
    if (method === "GET" && forms.has(path)) {
      method = "POST";
      body = new URLSearchParams(forms.get(path)).toString();
      headers["content-type"] = "application/x-www-form-urlencoded";
      headers["sec-fetch-site"] = "same-origin";
      headers["content-length"] = Buffer.byteLength(body);
    }
    if (path.startsWith("/moderation/") && path !== LOGIN) {
      headers.cookie = path === LOGOUT ? (await logIn(site)).cookie : cookie;
    }
    // What the kit sends is kept in a draft of its own.
    if (SURVEY.test(path) && method === "GET") headers.cookie = draft;
    const isDecision = method === "POST" && DECISION.test(path) && spares.length > 0;
    if (isDecision) path = path.replace(DECISION, spares[0]);
    if (method === "POST") path = path.replace(VERDICT, unreported);

    const forwarded = request(new URL(path, site.url), { method, headers }, (response) => {
      // A form that comes back with its errors has decided nothing.
      if (isDecision && response.statusCode < 400) spares.shift();
      outgoing.writeHead(response.statusCode, response.headers);
      response.pipe(outgoing);
    });
    forwarded.on("error", () => outgoing.destroy());
    if (body === incoming) incoming.pipe(forwarded);
    else forwarded.end(body);
  };

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}
