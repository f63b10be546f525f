import type { Messages } from '../en/index.ts'

export const repositories: Messages['repositories'] = {
  title: 'Kho lưu trữ',
}
