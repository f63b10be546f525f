import type { Messages } from '../en/index.ts'

export const audit: Messages['audit'] = {
  title: 'Nhật ký kiểm toán',
}
