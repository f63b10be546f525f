export const palette = {
  title: 'Go to',
}
