import type { Messages } from '../messages.ts'

const halts = {
  paused: 'mọi thứ đang tạm dừng',
  'scheduler-stopped': 'bộ lập lịch đã dừng',
}

const lastGood = (made: string | undefined) =>
  made === undefined ? 'chưa có bản sao lưu tốt nào' : `bản sao lưu tốt gần nhất: ${made}`

export const overview: Messages['overview'] = {
  title: 'Tổng quan',
  verdict: 'Tình trạng hiện tại',
  needs: 'Những việc cần chú ý',
  sentence: (needy, total, halted) => {
    if (needy > 0) {
      return total === 1 ? 'Nguồn của bạn cần chú ý' : `${needy} trong ${total} nguồn cần chú ý`
    }
    const all = total === 1 ? 'Nguồn của bạn được bảo vệ' : `Cả ${total} nguồn đều được bảo vệ`
    return halted.length === 0
      ? all
      : `${all}, nhưng ${halted.map(halt => halts[halt]).join(' và ')}`
  },
  below: (last, next) =>
    [
      last === undefined ? 'Chưa có bản sao lưu' : `Bản sao lưu tốt gần nhất: ${last}`,
      next === undefined ? 'chưa có lần chạy nào được lên lịch' : `lần chạy tới: ${next}`,
    ].join(' · '),
  need: {
    never: ({ period }) =>
      `chưa từng được sao lưu${period === undefined ? '' : `, dù ${period} phải có một bản`}.`,
    overdue: ({ made, period }) =>
      `đã quá hạn: ${lastGood(made)}${period === undefined ? '' : `, trong khi ${period} phải có một bản`}.`,
    failing: ({ made }) => `không sao lưu được trong lần gần nhất; ${lastGood(made)}.`,
    waiting: ({ next }) =>
      `chưa có bản sao lưu nào${next === undefined ? '' : `; bản đầu tiên đến hạn ${next}`}.`,
    unscheduled: ({ made }) => `chưa có lịch, nên không được sao lưu tự động; ${lastGood(made)}.`,
  },
  moreNeedy: more => `${more} nguồn khác cũng cần chú ý`,
  failedRun: 'Xem vì sao thất bại',
  failedRunOf: name => `Xem vì sao thất bại: ${name}`,
  addSchedule: 'Thêm lịch',
  addScheduleTo: name => `Thêm lịch: ${name}`,
  halt: {
    paused: 'Mọi thứ đang tạm dừng: các lần chạy đứng yên và không có gì mới được bắt đầu.',
    'scheduler-stopped': 'Bộ lập lịch đã dừng: không lịch nào được kích hoạt.',
  },
  mendHalt: { paused: 'Tiếp tục tất cả', 'scheduler-stopped': 'Khởi động bộ lập lịch' },
  unproven: (unproven, total, longest) => {
    const proven = 'được kiểm chứng'
    if (total === 1) return `Trong 30 ngày qua chưa có bản sao lưu nào của ${longest} ${proven}.`
    const whose = unproven === total ? 'chưa nguồn nào' : `${unproven} nguồn chưa`
    return `Trong 30 ngày qua, ${whose} có bản sao lưu ${proven}; hãy bắt đầu với ${longest}.`
  },
  nothing: 'Chưa có gì được bảo vệ',
  nothingText:
    'Hãy thêm cơ sở dữ liệu đầu tiên, chọn nơi lưu và thời điểm sao lưu, rồi xem bản sao lưu đầu tiên được tạo và kiểm chứng. Chỉ mất khoảng ba phút.',
  nothingForOthers: 'Quản trị viên cần thêm cơ sở dữ liệu đầu tiên.',
  begin: 'Thiết lập bản sao lưu đầu tiên',
  figures: {
    label: 'Số liệu',
    none: 'không có',
    today: 'Lần chạy hôm nay',
    todayFailed: failed => (failed === 0 ? 'không lần nào thất bại' : `${failed} lần thất bại`),
    success: days => `Thành công, ${days} ngày`,
    ofRuns: (completed, all) => `${completed} trong ${all} lần sao lưu hoàn tất`,
    kept: 'Dữ liệu được bảo vệ',
    keptIn: (backups, used) => `trong ${backups} bản sao lưu, chiếm ${used}`,
    next: 'Lần chạy theo lịch tới',
    noNext: 'không lịch nào được kích hoạt',
  },
  active: 'Đang chạy',
  moreActive: more => `${more} lần chạy khác`,
  sources: 'Nguồn',
  allSources: total => `Xem tất cả (${total})`,
  trends: {
    title: 'Theo thời gian',
    range: 'Khoảng thời gian',
    days: days => (days === 365 ? '1 năm' : `${days} ngày`),
    success: 'Tỷ lệ thành công',
    duration: 'Thời gian sao lưu trung bình',
    stored: 'Dung lượng của mọi bản sao lưu',
    dedup: 'Tiết kiệm nhờ khử trùng lặp và nén',
    year: 'Một năm qua, theo từng ngày',
    noRuns: 'Biểu đồ xuất hiện sau bản sao lưu đầu tiên.',
    noStorage: 'Biểu đồ xuất hiện khi kho lưu trữ đã được đo, một lúc sau bản sao lưu đầu tiên.',
  },
}
