import type { Messages } from '../en/index.ts'

export const welcome: Messages['welcome'] = {
  title: 'Chào mừng',
}
