// A real OpenID provider for the browser test; prints its issuer once it listens.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [redirectUri, clientId, clientSecret, noticeUri] = process.argv.slice(2);
const client = {
  client_id: clientId,
  client_secret: clientSecret,
  redirect_uris: [redirectUri],
  backchannel_logout_uri: noticeUri,
  backchannel_logout_session_required: true,
};
const people = {
  mei: { groups: ["city-assistant-staff"], preferred_username: "mei.lin" },
  guest: { groups: ["visitors"], preferred_username: "guest" },
};
const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [client],
    features: { backchannelLogout: { enabled: true } },
    claims: { openid: ["sub"], profile: ["groups", "preferred_username"], email: ["email"] },
    findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    pkce: { required: () => true },
    fetch: (url, { dispatcher, ...options }) => fetch(url, options), // its own refuses addresses of this machine
  });
  provider.on("backchannel.error", (context, error) => console.error("backchannel.error", error));
  server.on("request", provider.callback());
  console.log(issuer);
});
