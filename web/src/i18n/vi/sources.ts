import type { Messages } from '../en/index.ts'

export const sources: Messages['sources'] = {
  title: 'Nguồn',
}
