import type { Units } from '../format.ts'

export const units: Units = {
  none: '–',
  now: 'vừa xong',
  second: 'giây',
  minute: 'phút',
  hour: 'giờ',
  day: 'ngày',
}
