import type { Messages } from '../en/index.ts'

export const backups: Messages['backups'] = {
  title: 'Bản sao lưu',
}
