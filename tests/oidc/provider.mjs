// A provider of OpenID Connect as the standards have it, set as ProConnect is: it signs what it
// tells of people, takes the client's secret in the body of a request, asks for PKCE, and knows the
// parameter `claims`. It listens on any port and prints its address; then it reads the address of
// the site that is its client from standard input, with whose end it ends.

import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

// What it says of itself goes beside its address, and not after it.
console.info = console.error;

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  // To a browser, this host is another site than 127.0.0.1: cookies are kept as strictly as from
  // one domain to another.
  const issuer = `http://localhost:${server.address().port}`;
  console.log(issuer);
  createInterface({ input: process.stdin })
    .once("line", (site) => server.on("request", provider(issuer, site).callback()))
    .once("close", () => process.exit());
});

function provider(issuer, site) {
  return new Provider(issuer, {
    clients: [
      {
        client_id: "ecoute",
        client_secret: "un secret de client pour les tests",
        redirect_uris: [`${site}/moderation/connexion/retour`],
        post_logout_redirect_uris: [`${site}/moderation/connexion`],
        token_endpoint_auth_method: "client_secret_post",
        userinfo_signed_response_alg: "RS256",
      },
    ],
    clientAuthMethods: ["client_secret_post"],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    features: {
      claimsParameter: { enabled: true },
      jwtUserinfo: { enabled: true },
    },
    pkce: { required: () => true },
    // Whoever is typed as a login is somebody.
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: `sub-of-${id}`, email: `${id}@example.org`, email_verified: true }),
    }),
  });
}
