import type { Messages } from '../messages.ts'

export const firstSchedule: Messages['firstSchedule'] = {
  repository: 'Lưu tại',
  when: 'Bao lâu một lần',
  rhythm: { hourly: 'Mỗi giờ', daily: 'Mỗi ngày', weekly: 'Mỗi tuần' },
  rhythmHint: {
    hourly: 'Mất nhiều nhất một giờ công việc; chỉ phần thay đổi mới tốn dung lượng',
    daily: 'Mất nhiều nhất một ngày công việc: lựa chọn của hầu hết mọi người',
    weekly: 'Cho dữ liệu hầu như không thay đổi',
  },
  at: 'Lúc',
  weekday: 'Vào',
  weekdays: ['Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu', 'Thứ Bảy', 'Chủ nhật'],
  timeZone: 'Múi giờ',
  noZone: 'Không có múi giờ này',
  nextTimes: (first, second) => `Kế tiếp: ${first}, sau đó ${second}`,
  keep: 'Giữ lại những gì',
  keepHint: 'Các bản cũ hơn tự động bị xóa; bản tốt gần nhất luôn được giữ lại.',
  tier: {
    hourly: count => `${count} bản theo giờ`,
    daily: count => `${count} bản theo ngày`,
    weekly: count => `${count} bản theo tuần`,
    monthly: count => `${count} bản theo tháng`,
  },
  keepAll: 'Tất cả, mãi mãi',
  keepWhy: {
    short: 'Quay lại được khoảng một tháng; tốn ít dung lượng nhất',
    usual: 'Quay lại được một năm, khoảng cách thưa dần: lựa chọn của hầu hết mọi người',
    all: 'Không có gì tự động bị xóa; hãy để ý dung lượng',
  },
}
