import type { Messages } from '../en/index.ts'

export const runs: Messages['runs'] = {
  title: 'Lần chạy',
}
