import type { Messages } from '../messages.ts'

const verdict = {
  good: 'Được bảo vệ',
  failing: 'Lần cuối thất bại',
  overdue: 'Quá hạn',
  never: 'Chưa từng sao lưu',
  waiting: 'Chờ bản sao lưu đầu tiên',
  unscheduled: 'Chưa có lịch',
}

const USUAL: Readonly<Record<number, string>> = {
  60: 'mỗi phút',
  3600: 'mỗi giờ',
  86400: 'mỗi ngày',
  604800: 'mỗi tuần',
}

export const sources: Messages['sources'] = {
  title: 'Nguồn',
  lead: 'Các cơ sở dữ liệu được sao lưu, và tình trạng của từng cơ sở dữ liệu.',
  verdict,
  standing: {
    good: ({ made, next }) =>
      `Được bảo vệ: bản sao lưu tốt gần nhất được tạo ${made}${next === undefined ? '' : `, bản tiếp theo ${next}`}.`,
    failing: ({ made }) =>
      made === undefined
        ? 'Lần sao lưu cuối không hoàn tất, và không có bản nào khác.'
        : `Lần sao lưu cuối không hoàn tất; bản tốt gần nhất được tạo ${made}.`,
    overdue: ({ made, period }) =>
      `Quá hạn: bản sao lưu tốt gần nhất được tạo ${made}, trong khi ${period} phải có một bản.`,
    never: ({ period }) => `Chưa từng được sao lưu, dù ${period} phải có một bản.`,
    waiting: ({ next }) =>
      `Chưa có bản sao lưu nào${next === undefined ? '' : `; bản đầu tiên sẽ có ${next}`}.`,
    unscheduled: ({ made }) =>
      made === undefined
        ? 'Chưa có bản sao lưu, và cũng chưa có lịch nào để tạo.'
        : `Chưa có lịch; bản sao lưu tốt gần nhất được tạo ${made}.`,
  },
  whyFailed: 'Xem vì sao thất bại',
  every: (seconds, duration) => USUAL[seconds] ?? `mỗi ${duration}`,
  period: every => `${every} một bản`,
  noPeriod: 'chưa có lịch',
  noNextRun: 'chưa lên lịch',
  source: 'Nguồn',
  lastGood: 'Bản sao lưu tốt gần nhất',
  lastProof: 'Kiểm chứng gần nhất',
  nextRun: 'Lần chạy tới',
  lastDays: '30 ngày qua',
  action: 'Thao tác',
  choose: name => `Chọn ${name}`,
  chooseAll: 'Chọn tất cả mục đang hiển thị',
  chosen: count => `Đã chọn ${count} nguồn`,
  backUpChosen: 'Sao lưu các mục đã chọn',
  chosenStarted: (started, refused) =>
    refused === 0
      ? `Đã bắt đầu ${started} lần sao lưu`
      : `Đã bắt đầu ${started} lần sao lưu; ${refused} lần không bắt đầu được`,
  forget: 'Bỏ chọn',
  parts: 'Các phần của danh sách',
  partOf: (first, last, total) => `${first}–${last} trên ${total}`,
  search: 'Tìm theo tên hoặc cơ sở dữ liệu',
  filter: 'Hiển thị',
  filters: { all: 'Tất cả', attention: 'Cần chú ý', ...verdict },
  add: 'Thêm nguồn',
  none: 'Chưa có nguồn nào',
  noneText: 'Nguồn là cơ sở dữ liệu mà Holdfast sao lưu. Hãy thêm nguồn đầu tiên để bảo vệ nó.',
  noneFound: 'Không có nguồn nào phù hợp',
  noneFoundText: 'Không có nguồn nào mang tên hoặc ở tình trạng như vậy.',

  backUpNow: 'Sao lưu ngay',
  backUpOf: name => `Sao lưu ngay: ${name}`,
  backUpStarted: name => `Đã yêu cầu sao lưu ${name}`,
  prove: 'Kiểm chứng bản mới nhất',
  proveOf: name => `Kiểm chứng bản mới nhất: ${name}`,
  proveStarted: name => `Đã yêu cầu kiểm chứng bản sao lưu mới nhất của ${name}`,
  restore: 'Khôi phục',
  progressOf: (kind, source) => `${kind}: ${source}`,
  notStarted: 'Chưa bắt đầu được',
  runInTheWay: 'Một lần chạy khác đang cản trở',
  toRunInTheWay: 'Đến lần chạy đó',
  whichRepository: 'Lưu vào đâu?',
  whichRepositoryHint: 'Có nhiều kho lưu trữ, và không lịch nào của nguồn này cho biết kho nào.',
  noRepository: 'Chưa có kho lưu trữ nào để chứa bản sao lưu.',
  addRepository: 'Thêm kho lưu trữ',
  backUpThere: 'Sao lưu vào đó',
  proveThere: 'Kiểm chứng bản đó',

  facts: 'Tình trạng',
  tabs: {
    backups: 'Bản sao lưu',
    runs: 'Lần chạy',
    schedules: 'Lịch',
    trends: 'Xu hướng',
    settings: 'Cài đặt',
  },
  allBackups: 'Mọi bản sao lưu của nguồn này',
  allRuns: 'Mọi lần chạy của nguồn này',
  noBackups: 'Chưa có bản sao lưu',
  noBackupsText:
    'Mỗi bản sao lưu của cơ sở dữ liệu này được liệt kê ở đây, cùng nội dung và kết quả kiểm chứng.',
  noRuns: 'Chưa có lần chạy nào',
  noRunsText: 'Mọi việc đã làm với cơ sở dữ liệu này được liệt kê ở đây.',
  noSchedules: 'Chưa có lịch',
  noSchedulesText:
    'Chưa có gì tự động sao lưu cơ sở dữ liệu này. Một lịch sẽ làm việc đó và dọn các bản cũ.',
  addSchedule: 'Thêm lịch',
  proven: 'Đã kiểm chứng',
  notProven: 'chưa',
  pinned: 'Đã ghim',
  started: 'Được yêu cầu',
  took: 'Thời gian chạy',
  kind: 'Loại',
  by: 'Lý do',
  when: 'Khi nào',
  where: 'Lưu vào',
  next: 'Lần tới',
  disabled: 'Đã tắt',
  enabled: 'Đang bật',

  trends: {
    range: 'Khoảng thời gian',
    days: days => (days === 365 ? '1 năm' : `${days} ngày`),
    runs: 'Số lần sao lưu mỗi ngày',
    completed: 'Hoàn tất',
    failed: 'Thất bại',
    duration: 'Thời gian chạy',
    dump: 'Kích thước bản kết xuất',
    stored: 'Dung lượng thêm vào kho mỗi ngày',
    storedName: 'Thêm vào',
    year: 'Một năm qua, theo từng ngày',
    empty: 'Biểu đồ xuất hiện sau bản sao lưu đầu tiên của nguồn này.',
  },

  settings: {
    name: 'Tên',
    nameHint: 'Tên để mọi người gọi. Các bản sao lưu vẫn giữ nhãn riêng của chúng.',
    saveName: 'Lưu tên',
    nameSaved: 'Đã lưu tên',
    connection: 'Kết nối',
    connectionHint: 'Cơ sở dữ liệu ở đâu, và Holdfast đọc nó với tư cách nào.',
    host: 'Máy chủ',
    port: 'Cổng',
    usualPort: 'cổng mặc định',
    database: 'Cơ sở dữ liệu',
    user: 'Người dùng',
    password: 'Mật khẩu',
    passwordSet: 'được giữ kín, không bao giờ hiển thị',
    passwordNotSet: 'không có',
    tls: 'TLS',
    usualTls: 'theo máy chủ',
    ca: 'Chứng chỉ',
    formerLabels: 'Tên cũ',
    editConnection: 'Thay đổi kết nối',
    connectionSaved: 'Đã lưu kết nối',
    test: 'Thử kết nối',
    testGood: 'Cơ sở dữ liệu có phản hồi, và mọi thứ cần cho việc sao lưu đều sẵn sàng.',
    server: 'Phiên bản máy chủ',
    tool: 'Kết xuất bằng',
    estimate: 'Kích thước ước tính',
    remove: 'Gỡ bỏ nguồn này',
    removeText:
      'Holdfast quên cách truy cập cơ sở dữ liệu này và không sao lưu nó nữa. Các bản sao lưu và lần chạy vẫn còn và vẫn khôi phục được.',
    removeFirst: schedules =>
      `Có ${schedules} lịch đang dùng nguồn này. Hãy gỡ bỏ lịch trước, để không có gì chờ một bản sao lưu không bao giờ đến.`,
    removeTitle: name => `Gỡ bỏ ${name}?`,
    removeStays:
      'Bản thân cơ sở dữ liệu không bị động đến. Những gì còn lại: mọi bản sao lưu, kết quả kiểm chứng và lịch sử các lần chạy.',
    removeGoes: 'Những gì mất đi: kết nối cùng mật khẩu, và vị trí của nó trên trang tổng quan.',
    removed: name => `Đã gỡ bỏ ${name}; các bản sao lưu vẫn còn`,
  },
}
