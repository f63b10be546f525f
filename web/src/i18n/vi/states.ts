import type { Messages } from '../messages.ts'

export const states: Messages['states'] = {
  run: {
    queued: 'Đang chờ',
    running: 'Đang chạy',
    paused: 'Tạm dừng',
    retrying: 'Sẽ thử lại',
    completed: 'Hoàn tất',
    failed: 'Thất bại',
    cancelled: 'Đã hủy',
    skipped: 'Bỏ qua',
  },
  wanted: { pause: 'Đang tạm dừng', cancel: 'Đang hủy', resume: 'Đang tiếp tục' },
  kind: { backup: 'Sao lưu', restore: 'Khôi phục', verify: 'Kiểm chứng', check: 'Kiểm tra' },
  trigger: {
    manual: 'Thủ công',
    schedule: 'Theo lịch',
    'catch-up': 'Chạy bù',
    after: 'Sau lịch khác',
  },
  backup: { good: 'Tốt', warnings: 'Có cảnh báo', damaged: 'Bị hỏng', deleting: 'Đang xóa' },
  verdict: {
    good: 'Được bảo vệ',
    failing: 'Lần cuối thất bại',
    overdue: 'Quá hạn',
    never: 'Chưa từng sao lưu',
    unscheduled: 'Chưa có lịch',
  },
  role: { viewer: 'Người xem', operator: 'Người vận hành', admin: 'Quản trị viên' },
  stage: {
    preparing: 'Chuẩn bị',
    dumping: 'Đang kết xuất',
    finishing: 'Hoàn thiện',
    loading: 'Nạp các bảng',
    indexing: 'Dựng chỉ mục',
    reading: 'Đang đọc',
    checking: 'Đang kiểm tra',
    verifying: 'Đang kiểm chứng',
    swapping: 'Hoán đổi',
  },
}
