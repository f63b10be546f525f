import type { Messages } from '../en/index.ts'

export const palette: Messages['palette'] = {
  title: 'Đi đến',
}
