import type { Messages } from '../en/index.ts'

export const overview: Messages['overview'] = {
  title: 'Tổng quan',
}
