export const login = {
  title: 'Log in',
  email: 'E-mail address',
  password: 'Password',
  code: 'Code of your authenticator',
  codeHint: 'Or one of your recovery codes',
  logIn: 'Log in',
}
