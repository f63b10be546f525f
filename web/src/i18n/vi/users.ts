import type { Messages } from '../en/index.ts'

export const users: Messages['users'] = {
  title: 'Người dùng và khóa',
}
