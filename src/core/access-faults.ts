import { FAILED, WRONG_KEY, WRONG_USE } from './exit-codes.ts'
import { fault } from './fault.ts'

// ── logging in ───────────────────────────────────────────────────────────────────────────────

export const LoginRefused = fault('LOGIN_REFUSED', {
  status: 401,
  exit: WRONG_KEY,
  retry: false,
  // The same sentence whatever is wrong: it must not tell who has an account.
  text: (_d: { account?: string | undefined }) => 'e-mail address, password or code are not right',
  hint: () => 'try again; an administrator can send a new link, `holdfast user` on the server, too',
})

export const TwoFactorRequired = fault('TWO_FACTOR_REQUIRED', {
  status: 401,
  exit: WRONG_KEY,
  retry: false,
  text: (_d: { account: string; challenge: string }) =>
    'the password is right, and this account has a second factor',
  hint: () => 'send the challenge with a code of the authenticator, or with a recovery code',
})

export const CodeRequired = fault('CODE_REQUIRED', {
  status: 403,
  exit: FAILED,
  retry: false,
  text: (_d: { account: string }) =>
    'whoever has a second factor proves with it that it is still them; the password alone is not enough',
  hint: () => 'send a code of the authenticator, or a recovery code, instead of the password',
})

export const SessionRequired = fault('SESSION_REQUIRED', {
  status: 403,
  exit: FAILED,
  retry: false,
  text: (d: { what: string }) => `${d.what} is for people who have logged in, not for keys`,
  hint: () => 'log in: POST /api/v1/account/login',
})

export const ForgedRequest = fault('CSRF', {
  status: 403,
  exit: FAILED,
  retry: false,
  text: (d: { why: string }) => `the request was not sent by a page of this server: ${d.why}`,
  hint: () => 'programs use an API key and no cookie; a proxy must pass on Host and Origin',
})

export const PasswordUnfit = fault('PASSWORD_UNFIT', {
  status: 422,
  exit: WRONG_USE,
  retry: false,
  text: (d: { why: string }) => `this password is not taken: ${d.why}`,
  hint: () =>
    'take several words that have nothing to do with each other, or let a program make one',
})

export const LinkSpent = fault('LINK_SPENT', {
  status: 403,
  exit: FAILED,
  retry: false,
  text: (d: { what: string }) => `${d.what} is unknown, was used already or has expired`,
  hint: () => 'ask an administrator for a new one',
})

// ── setting up, and accounts ─────────────────────────────────────────────────────────────────

export const SetupRefused = fault('SETUP_REFUSED', {
  status: 403,
  exit: WRONG_KEY,
  retry: false,
  text: () => 'the set-up token is missing, wrong or older than 30 minutes',
  hint: () => 'take it from the log of the server; each start of `holdfast serve` makes a new one',
})

export const SetupDone = fault('SETUP_DONE', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: () => 'somebody else has made the first account in the meantime',
  hint: () => 'log in, or ask them for an account; on the server: holdfast user list',
})

export const LastAdmin = fault('LAST_ADMIN', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { user: string }) => `${d.user} is the last administrator who can log in`,
  hint: () => 'make somebody else administrator first',
})

export const TwoFactorState = fault('TWO_FACTOR_STATE', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { why: string }) => d.why,
  hint: () => 'GET /api/v1/account tells whether the second factor is on',
})

export const OnlyOnHost = fault('ONLY_ON_HOST', {
  status: 403,
  exit: FAILED,
  retry: false,
  text: (d: { what: string }) => `${d.what} is possible on the machine of the server only`,
  hint: () => 'there, as the user that the server runs as: holdfast user reset-two-factor EMAIL',
})

// ── people vouched for by another server ─────────────────────────────────────────────────────

export const OidcOff = fault('OIDC_OFF', {
  status: 404,
  exit: FAILED,
  retry: false,
  text: () => 'no other server is set up by which people could log in',
  hint: () => 'set HOLDFAST_OIDC_ISSUER, HOLDFAST_OIDC_CLIENT_ID and HOLDFAST_URL',
})

export const OidcUnreachable = fault('OIDC_UNREACHABLE', {
  status: 503,
  exit: FAILED,
  retry: true,
  text: (d: { issuer: string; why: string }) =>
    `the server that vouches for people, ${d.issuer}, could not be asked: ${d.why}`,
  hint: () => 'check HOLDFAST_OIDC_ISSUER and that it can be reached from this machine',
})

export const OidcRefused = fault('OIDC_REFUSED', {
  status: 401,
  exit: WRONG_KEY,
  retry: false,
  text: (d: { why: string; account?: string | undefined }) =>
    `the login by another server is not taken: ${d.why}`,
  hint: () => 'begin the login anew; should it fail again, ask an administrator',
})
