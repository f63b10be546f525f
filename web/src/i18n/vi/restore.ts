import type { Messages } from '../en/index.ts'

export const restore: Messages['restore'] = {
  title: 'Khôi phục',
}
