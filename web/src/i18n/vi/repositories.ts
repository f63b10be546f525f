import type { Messages } from '../messages.ts'

export const repositories: Messages['repositories'] = {
  title: 'Kho lưu trữ',
  lead: 'Nơi giữ các bản sao lưu: được mã hóa, và mỗi phần dữ liệu chỉ lưu một lần.',
  repository: 'Kho lưu trữ',
  add: 'Thêm kho lưu trữ',
  none: 'Chưa có kho lưu trữ nào',
  noneText:
    'Kho lưu trữ là một thư mục giữ các bản sao lưu, tốt nhất ở đĩa khác với cơ sở dữ liệu. Hãy tạo một kho và cất giữ khóa khôi phục của nó: có cả hai, bạn khôi phục được ngay cả khi máy chủ này không còn.',
  facts: 'Số liệu',
  backups: 'Bản sao lưu',
  used: 'Dung lượng đã dùng',
  usedShort: 'Đã dùng',
  data: 'Dữ liệu trong các bản sao lưu',
  dataShort: 'Dữ liệu',
  ratio: 'Tiết kiệm',
  lastBackup: 'Bản sao lưu gần nhất',
  lastCheck: 'Kiểm tra gần nhất',
  unmeasured: 'chưa đo',
  measured: 'Đo lúc',
  measure: 'Đo ngay',
  measureDone: 'Đã đo xong kho lưu trữ',
  maxRuns: 'Số lần chạy cùng lúc',
  noLimit: 'không giới hạn',
  showBackups: 'Xem các bản sao lưu',
  tabs: {
    storage: 'Dung lượng',
    checks: 'Kiểm tra',
    schedules: 'Lịch',
    keys: 'Khóa và khẩn cấp',
    settings: 'Cài đặt',
  },
  outOfReach: {
    sentence: count =>
      count === 1
        ? 'Không truy cập được một kho lưu trữ'
        : `Không truy cập được ${count} kho lưu trữ`,
    besides: (sources, count) =>
      `${sources}, và không truy cập được ${count === 1 ? 'một' : count} kho lưu trữ`,
    line: ago => `không truy cập được (phát hiện ${ago}).`,
    sign: 'không truy cập được',
    title: ago => `Không truy cập được kho này; phát hiện ${ago}`,
    meanwhile:
      'Cho đến khi truy cập lại được, không có gì được sao lưu vào đó hay khôi phục từ đó. Holdfast vẫn tiếp tục kiểm tra và sẽ cho biết ở đây.',
  },
  noSchedules: 'Không có lịch nào ghi vào kho này',
  noSchedulesText: 'Lịch của mỗi nguồn cho biết bản sao lưu được ghi vào kho nào.',
  next: 'Lần chạy tới',
  afterOther: 'sau một lịch khác',
  disabled: 'đã tắt',
  trends: {
    range: 'Khoảng thời gian',
    days: days => (days === 365 ? '1 năm' : `${days} ngày`),
    used: 'Dung lượng đã dùng',
    ratio: 'Tiết kiệm nhờ khử trùng lặp và nén',
    added: 'Các bản sao lưu thêm vào',
    backups: 'Số bản sao lưu trong kho',
    unmeasured: 'Hiện ra sau khi kho được đo, một lúc sau bản sao lưu đầu tiên.',
    nothing: 'Hiện ra cùng bản sao lưu đầu tiên.',
  },
  checks: {
    lead: 'Kiểm tra xem mọi thứ các bản sao lưu cần có còn đủ không. Đọc toàn bộ dữ liệu còn phát hiện được những gì đĩa âm thầm làm hỏng.',
    now: 'Lần kiểm tra đang chạy',
    quick: 'Kiểm tra ngay',
    thorough: 'Đọc toàn bộ dữ liệu …',
    thoroughTitle: 'Đọc toàn bộ dữ liệu?',
    readData: 'Đọc và kiểm tra tất cả',
    readHint:
      'Đọc từng byte trong kho và so với mã kiểm của nó. Việc này có thể mất nhiều giờ; việc sao lưu vẫn tiếp tục.',
    started: 'Đã yêu cầu kiểm tra',
    showRun: 'Xem lần chạy',
    last: 'Lần kiểm tra gần nhất',
    earlier: 'Trước đó:',
    never: 'Kho này chưa từng được kiểm tra ở đây.',
  },
  keys: {
    title: 'Những gì mở được kho',
    lead: 'Cụm mật khẩu và khóa khôi phục; bản thân các bí mật không được lưu ở đâu cả.',
    label: 'Khóa',
    kind: 'Loại',
    kinds: { passphrase: 'Cụm mật khẩu', recovery: 'Khóa khôi phục' },
    added: 'Đã thêm',
    slot: 'Ô khóa',
    servers: 'Của máy chủ này',
    yours: 'Do người dùng giữ',
    emergency: 'Khôi phục khi không có máy chủ này',
    emergencyLead:
      'Trên bất kỳ máy nào có Holdfast và truy cập được kho. Dòng đầu hỏi khóa khôi phục; nếu bỏ qua dòng đó, lệnh sẽ hỏi cụm mật khẩu.',
    emergencyHint: 'Không cần gì từ máy chủ này: mọi thứ để khôi phục đều nằm trong kho.',
    lost: 'Khi mất khóa, hoặc có người đã nhìn thấy khóa',
    lostLead:
      'Chỉ cần còn một cụm mật khẩu hoặc khóa khôi phục là tạo được khóa khác. Các lệnh này sẽ hỏi nó.',
    makeRecovery: 'Tạo khóa khôi phục mới',
    makeRecoveryHint: 'Chỉ hiện một lần. Các khóa đã có vẫn mở được kho.',
    madeRecovery: 'Khóa khôi phục mới',
    newRecovery: 'Thêm một khóa khôi phục, chỉ hiện một lần:',
    newPassphrase: 'Thêm một cụm mật khẩu:',
    remove: 'Vô hiệu hóa khóa đã mất, theo ô khóa:',
    copies: 'Ai đã sao chép kho trước đó vẫn mở được bản chép ấy bằng khóa cũ.',
  },
  settings: {
    title: 'Tên và giới hạn',
    name: 'Tên',
    maxRuns: 'Số lần chạy cùng lúc',
    maxRunsHint:
      'Bao nhiêu lần chạy được làm việc với kho cùng lúc. Để trống: không giới hạn riêng.',
    noLimit: 'không giới hạn',
    save: 'Lưu thay đổi',
    saved: 'Đã thay đổi kho lưu trữ',
    refresh: 'Đọc lại danh sách bản sao lưu',
    refreshText:
      'Chỉ cần khi có thứ khác đã ghi vào kho: dòng lệnh, hoặc một máy chủ khác. Các bản sao lưu tìm thấy sẽ được liệt kê, còn những bản không còn nữa biến khỏi danh sách.',
    refreshNow: 'Đọc lại ngay',
    refreshed: 'Danh sách bản sao lưu đã khớp với kho',
    asKnown: 'Mọi thứ đều đã biết',
    adopted: count => `${count} bản sao lưu mới`,
    dropped: count => `${count} bản sao lưu không còn nữa`,
    unreadable: count =>
      `Không đọc được bản ghi của ${count} bản sao lưu; một lần kiểm tra sẽ cho biết thêm:`,
    remove: 'Gỡ bỏ kho lưu trữ',
    removeText: 'Gỡ kho khỏi máy chủ này. Những gì trong kho không bị đụng đến.',
    removeFirst: schedules =>
      `${schedules} lịch đang ghi vào kho này. Trước hết hãy cho chúng ghi sang nơi khác, hoặc gỡ bỏ chúng.`,
    removeTitle: name => `Gỡ bỏ “${name}”?`,
    removeStays: (backups, place) =>
      `Mọi thứ trên ổ lưu trữ vẫn còn: ${backups} bản sao lưu trong ${place}. Kho có thể được mở lại, ở đây hoặc trên máy chủ khác.`,
    removeGoes:
      'Máy chủ này quên kho và không liệt kê các bản sao lưu trong đó nữa. Không có gì được sao lưu vào đó.',
    removeKey:
      'Khóa của máy chủ này được lấy khỏi kho. Hãy chắc chắn rằng bạn có cụm mật khẩu hoặc khóa khôi phục: không có chúng, không ai mở lại được kho.',
    removed: name => `Đã gỡ “${name}” khỏi máy chủ này.`,
  },
}
