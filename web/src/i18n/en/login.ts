export const login = {
  title: 'Log in',
  email: 'E-mail address',
  password: 'Password',
  logIn: 'Log in',
  secondStep: (email: string) => `The password is right. ${email} has a second factor, too.`,
  code: 'Code of your authenticator',
  codeHint: 'Six digits that change every 30 seconds',
  codeWrong:
    'This code is not right, was used already, or came too late. Wait for the next one, or begin again with the password.',
  recoveryCode: 'Recovery code',
  recoveryHint: 'One of those you kept when you switched the second factor on; each opens once',
  useRecovery: 'Use a recovery code',
  useCode: 'Use the authenticator',
  another: 'Back to the password',
  or: 'or',
  logInBy: (name: string) => `Log in with ${name}`,
  problemTitle: 'The login came to nothing',
  problems: {
    OIDC_REFUSED:
      'The other server’s answer is not taken: the login took too long, began in another browser, or nobody with this address has an account here. Begin anew; should it fail again, ask an administrator.',
    OIDC_UNREACHABLE:
      'The server that vouches for people could not be reached. Try again in a while, or log in with your password.',
    OIDC_OFF: 'No other server is set up by which people could log in. Log in with your password.',
    LOGIN_REFUSED: 'Your account has changed meanwhile, or is disabled. Begin anew.',
    TOO_MANY_REQUESTS: 'There were too many attempts. Wait a minute, then begin anew.',
  } as Readonly<Record<string, string>>,
  otherProblem: (code: string) => `The server refused it (${code}). Begin anew.`,
}
