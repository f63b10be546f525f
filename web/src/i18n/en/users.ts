export const users = {
  title: 'Users and keys',
}
