// An OpenID provider for tests on loopback: real protocol, people from a file, a sign-in page without passwords.
//
//   node provider.mjs SETTINGS    prints "ready" once it answers
//
// SETTINGS is a JSON file: `port`, `clients` as the library takes them, `people` (login: claims), `silent` (claims are left
// out of the ID token). It is read again for everybody who signs in, so that a test may change what is said of a person.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// The library may be installed elsewhere than beside this file.
const { resolve } = createRequire(`${process.env.FRONTDESK_OIDC_MODULES}/package.json`);
const { default: Provider } = await import(pathToFileURL(resolve('oidc-provider')).href);

const settings = () => JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { port, clients, silent } = settings();
const issuer = `http://127.0.0.1:${port}`;

const findAccount = (_, login) => {
  const claims = settings().people[login];
  return claims && { accountId: login, claims: () => ({ sub: login, ...claims }) };
};

const page = (uid) => `<!doctype html><title>Provider</title><h1>Who are you?</h1>
  <form method="post" action="/interaction/${uid}"><label>Name <input name="login" autofocus></label>
  <button name="do" value="enter">Enter</button> <button name="do" value="cancel">Cancel</button></form>`;

const provider = new Provider(issuer, {
  clients,
  fetch: (url, { dispatcher, ...options }) => fetch(url, options), // its own refuses to speak to loopback
  findAccount,
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'], groups: ['groups'] },
  scopes: ['openid', 'offline_access', 'mail'],
  conformIdTokenClaims: Boolean(silent),
  cookies: { keys: ['only for tests'] },
  features: {
    backchannelLogout: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = `<!doctype html><title>Leave</title>${form}<button name="logout" value="yes" form="op.logoutForm">Leave</button>`;
      },
    },
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  loadExistingGrant: async (ctx) => {
    // Nobody is asked what they allow: that is not what these tests are about.
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid email profile groups offline_access mail');
    await grant.save();
    return grant;
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  ttl: { AccessToken: 120, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 600, RefreshToken: 3600, Session: 3600 },
});

const body = async (request) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
};

const interact = async (request, response) => {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(page(uid));
    return;
  }
  const form = await body(request);
  const login = form.get('login');
  const answer =
    form.get('do') === 'cancel' || !settings().people[login]
      ? { error: 'access_denied', error_description: 'no' }
      : { login: { accountId: login } };
  await provider.interactionFinished(request, response, answer, { mergeWithLastSubmission: false });
};

const answer = provider.callback();
createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) {
    answer(request, response);
    return;
  }
  interact(request, response).catch((error) => {
    response.statusCode = 400;
    response.end(String(error));
  });
}).listen(port, '127.0.0.1', () => console.log('ready'));
