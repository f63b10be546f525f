import type { Messages } from '../messages.ts'

const marks = {
  completed: 'hoàn tất',
  failed: 'thất bại',
  skipped: 'bỏ qua',
  missed: 'bị lỡ',
  overdue: 'quá hạn',
}

export const charts: Messages['charts'] = {
  asTable: title => `Xem “${title}” dưới dạng bảng`,
  asChart: title => `Xem “${title}” dưới dạng biểu đồ`,
  values: title => `${title} theo từng ngày: dùng phím mũi tên để xem lần lượt`,
  day: 'Ngày',
  marks,
  nothing: 'không có bản sao lưu',
  legend: 'Ý nghĩa các ký hiệu',
  stripText: (name, days, counted) => {
    const happened = counted.filter(({ count }) => count > 0)
    const told = happened.map(({ mark, count, days: on, more }) =>
      mark === 'completed'
        ? `${marks[mark]} ${count} ngày`
        : `${marks[mark]} ${count} ngày (${on}${more > 0 ? ` và ${more} ngày khác` : ''})`,
    )
    return `${name}, ${days} ngày qua: ${told.length === 0 ? 'không có bản sao lưu' : told.join('; ')}`
  },
  calendarText: (busy, days, failing) =>
    `Có sao lưu ${busy} trong ${days} ngày${failing === 0 ? '' : `, thất bại ${failing} ngày`}`,
  dayText: (completed, failed) =>
    completed + failed === 0 ? 'không có bản sao lưu' : `${completed} hoàn tất, ${failed} thất bại`,
  less: 'Ít hơn',
  moreWord: 'Nhiều hơn',
}
