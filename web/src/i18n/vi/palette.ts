import type { Messages } from '../messages.ts'

export const palette: Messages['palette'] = {
  title: 'Tìm hoặc đi đến',
  hint: 'Trang, thao tác, tên, ghi chú, mã …',
  searching: 'Đang tìm …',
  count: count => (count === 0 ? 'Không có gì tên như vậy' : `${count} mục`),
  choose: 'chọn',
  go: 'đi',
  backUp: name => `Sao lưu ${name} ngay`,
  addSource: 'Thêm nguồn',
  addSchedule: 'Thêm lịch',
  groups: {
    pages: 'Trang',
    acts: 'Thao tác',
    looks: 'Giao diện và ngôn ngữ',
    source: 'Nguồn',
    repository: 'Kho lưu trữ',
    schedule: 'Lịch',
    backup: 'Bản sao lưu',
    run: 'Lần chạy',
    user: 'Người dùng',
  },
}
