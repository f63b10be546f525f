export const repositories = {
  title: 'Repositories',
}
