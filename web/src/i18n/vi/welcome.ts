import type { Messages } from '../messages.ts'

export const welcome: Messages['welcome'] = {
  title: 'Chào mừng',
  lead: 'Bốn bước đến bản sao lưu đầu tiên đã được kiểm chứng: mất khoảng hai phút.',
  steps: 'Các bước',
  step: {
    repository: 'Nơi giữ bản sao lưu',
    database: 'Sao lưu những gì',
    schedule: 'Khi nào',
    proof: 'Kiểm chứng đầu tiên',
  },
  stepDone: 'đã xong',
  notForYou: 'Quản trị viên thiết lập máy chủ này',
  notForYouText:
    'Vai trò của bạn được xem những gì đang có, nhưng không được thêm cơ sở dữ liệu và kho lưu trữ.',
  repositoryTitle: 'Bản sao lưu nên được giữ ở đâu?',
  repositoryLead:
    'Trong một kho lưu trữ: thư mục mà mọi thứ trong đó được mã hóa và mỗi phần dữ liệu chỉ lưu một lần.',
  openInstead: 'Đã có kho lưu trữ? Hãy mở kho đó',
  repositoryThere: 'Đã có nơi giữ bản sao lưu',
  repositoryThereLead: 'Bạn có thể thêm kho khác trong mục Kho lưu trữ bất cứ lúc nào.',
  toDatabase: 'Tiếp tục đến cơ sở dữ liệu',
  keyTitle: 'Khóa khôi phục',
  keyLead: name => `Kho lưu trữ ${name} đã được tạo. Khóa này mở kho khi khẩn cấp.`,
  databaseTitle: 'Cần sao lưu những gì?',
  databaseLead: 'Kết nối đến một máy chủ PostgreSQL và chọn một hoặc nhiều cơ sở dữ liệu.',
  databasesThere: count => `Đã thêm ${count} cơ sở dữ liệu`,
  anotherDatabase: 'Thêm cơ sở dữ liệu khác',
  toSchedule: 'Tiếp tục đến lịch sao lưu',
  scheduleTitle: 'Khi nào cần sao lưu?',
  scheduleLead: 'Bản sao lưu đầu tiên bắt đầu ngay sau bước này; sau đó chạy theo lịch.',
  scheduleFor: names => `Áp dụng cho: ${names}`,
  saveAndBackUp: 'Lưu và tạo bản sao lưu đầu tiên',
  scheduleThere: 'Mọi cơ sở dữ liệu đều có lịch',
  scheduleThereLead: 'Xem và thay đổi trong mục Lịch.',
  toProof: 'Tiếp tục đến bản sao lưu đầu tiên',
  proofTitle: () => 'Bản sao lưu đầu tiên và kiểm chứng',
  proofLead:
    'Mỗi bản sao lưu được đọc lại từ kho và so sánh với cơ sở dữ liệu, từng dòng một. Việc sao lưu vẫn tiếp tục khi bạn rời trang này; phần kiểm chứng chưa bắt đầu sẽ bắt đầu khi bạn quay lại.',
  backUpNow: 'Tạo bản sao lưu đầu tiên ngay',
  theBackup: 'Sao lưu',
  theProof: 'Kiểm chứng: so sánh với cơ sở dữ liệu',
  waiting: 'Đang đợi đến lượt',
  tables: (_, text) => `${text} bảng`,
  rows: (_, text) => `${text} dòng`,
  differs:
    'Điều này thường gặp khi có người đang làm việc với cơ sở dữ liệu: dữ liệu đã thay đổi sau khi sao lưu. Một bản sao lưu mới sẽ được so sánh lại.',
  backUpAgain: 'Sao lưu và so sánh lại',
  notDone: 'chưa hoàn tất',
  tryAgain: 'Thử lại',
  proven: (count, tables, rows) =>
    count === 1
      ? `Bản sao lưu đầu tiên của bạn đã được kiểm chứng: ${tables}, ${rows}`
      : `${count} bản sao lưu đầu tiên của bạn đã được kiểm chứng: ${tables}, ${rows}`,
  provenMeans:
    'Toàn bộ đã được đọc lại từ kho, giải mã, và khớp với cơ sở dữ liệu. Từ giờ lịch sẽ tự làm việc.',
  whatNext: 'Bạn có thể làm gì tiếp theo',
  tryRestore: 'Thử khôi phục vào một cơ sở dữ liệu mới, khi chưa có gì bị đe dọa',
  secondFactor: 'Bảo vệ tài khoản bằng xác thực hai bước',
  invite: 'Mời người khác, để không chỉ mình bạn biết cách khôi phục',
  toOverview: 'Về trang tổng quan',
  toSource: 'Xem cơ sở dữ liệu này',
}
