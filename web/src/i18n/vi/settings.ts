import type { Messages } from '../messages.ts'

export const settings: Messages['settings'] = {
  title: 'Cài đặt',
  lead: 'Những gì áp dụng cho cả máy chủ.',
  limits: 'Giới hạn',
  noLimit: 'không giới hạn',
  maxRunsPerHost: 'Số lần chạy cùng lúc trên một máy chủ cơ sở dữ liệu',
  manualBackupsPerMinute: 'Sao lưu thủ công, mỗi nguồn mỗi phút',
  deleteGraceHours: 'Thời gian hoàn tác bản sao lưu đã xóa',
  maxUploadBytes: 'Bản kết xuất lớn nhất được tải lên',
  hints: {
    maxRunsPerHost:
      'Những lần chạy khác chờ đến lượt, để một máy chủ cơ sở dữ liệu không bị đọc từ quá nhiều phía cùng lúc. Để trống: không giới hạn.',
    manualBackupsPerMinute:
      'Một người dùng hay khóa được yêu cầu sao lưu một nguồn bao nhiêu lần trong một phút. Để trống: không giới hạn.',
    deleteGraceHours: 'Trong thời gian này sau khi xóa, bản sao lưu vẫn lấy lại được.',
    maxUploadBytes: 'Của một lần tải lên, trước và sau khi giải nén.',
  },
  hoursUnit: 'giờ',
  hours: hours => `${hours} giờ`,
  save: 'Lưu cài đặt',
  saved: 'Đã lưu cài đặt',
  locks: {
    title: 'Giữ chỗ',
    lead: 'Những gì các lần chạy đang giữ riêng lúc này; các lần chạy khác phải chờ.',
    none: 'Không có gì đang bị giữ.',
    what: 'Cái gì',
    kinds: { source: 'Nguồn', repository: 'Kho lưu trữ', target: 'Cơ sở dữ liệu đích' },
    run: 'Lần chạy',
    since: 'Từ',
    who: 'Do ai yêu cầu',
    host: 'Máy chủ',
    notYet: 'chưa bắt đầu',
    action: 'Thao tác',
    release: 'Giải phóng …',
    releaseOf: name => `Giải phóng ${name}`,
    releaseTitle: 'Lấy quyền giữ chỗ đi?',
    releaseText: name =>
      `Lần chạy đang giữ ${name} thất bại ngay, và những gì nó đã làm bị mất. Nó không ghi được gì nữa, kể cả khi máy chủ của nó hoạt động trở lại.`,
    releaseWhen:
      'Chỉ dùng cho lần chạy mà máy chủ của nó sẽ không trở lại. Lần chạy chỉ chậm thì hãy hủy trên trang của nó.',
    releaseYes: 'Lấy quyền giữ chỗ',
    released: 'Đã lấy quyền giữ chỗ',
  },
  about: {
    title: 'Giới thiệu',
    version: 'Phiên bản',
    api: 'API',
    reference: 'Tài liệu API',
    guide: 'Hướng dẫn',
    guideText: 'trong thư mục cài đặt Holdfast; từng lệnh được giải thích bằng',
  },
}
