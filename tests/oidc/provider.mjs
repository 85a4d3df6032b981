// A provider of OpenID Connect as the standards have it, set as ProConnect is: it signs what it
// tells of people, takes the client's secret in the body of a request, asks for PKCE, and knows the
// parameter `claims`. It listens on any port, and says where in its first line.
//
// node provider.mjs REDIRECT_URI POST_LOGOUT_REDIRECT_URI

import { createServer } from "node:http";
import Provider from "oidc-provider";

const [redirectUri, postLogoutRedirectUri] = process.argv.slice(2);

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "ecoute",
        client_secret: "un secret de client pour les tests",
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [postLogoutRedirectUri],
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
  server.on("request", provider.callback());
  console.log(issuer);
});
// It ends with the test that started it, however that ends.
process.stdin.on("end", () => process.exit()).resume();
