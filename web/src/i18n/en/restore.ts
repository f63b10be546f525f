export const restore = {
  title: 'Restore',
}
