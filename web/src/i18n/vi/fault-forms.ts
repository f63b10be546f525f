import type { Form, KindWords } from '../fault-words.ts'

/** What is usually wrong with a field, and with an entry of the audit log. */
export const WHYS: readonly Form[] = [
  [/^invalid input: expected .*, received undefined$/, () => 'cần điền mục này'],
  [/^it is empty$/, () => 'mục này đang trống'],
  [/^it is longer than (\d+) characters$/, (most = '') => `dài quá ${most} ký tự`],
  [/^too big: expected string to have <=(\d+) /, (most = '') => `dài quá ${most} ký tự`],
  [/^too small: expected string to have >=(\d+) /, (least = '') => `cần ít nhất ${least} ký tự`],
  [/^too small: expected array to have >=(\d+) /, (least = '') => `cần ít nhất ${least} mục`],
  [/^too big: expected array to have <=(\d+) /, (most = '') => `nhiều nhất ${most} mục`],
  [/^too small: expected \w+ to be >=(-?[\d.]+)$/, (least = '') => `phải từ ${least} trở lên`],
  [/^too small: expected \w+ to be >(-?[\d.]+)$/, (least = '') => `phải lớn hơn ${least}`],
  [/^too big: expected \w+ to be <=(-?[\d.]+)$/, (most = '') => `không được lớn hơn ${most}`],
  [/^too big: expected \w+ to be <(-?[\d.]+)$/, (most = '') => `phải nhỏ hơn ${most}`],
  [/^invalid input: expected int/, () => 'phải là số nguyên'],
  [/^invalid input: expected number/, () => 'phải là một số'],
  [/^invalid option: expected one of (.+)$/, (options = '') => `phải là một trong: ${options}`],
  [/^it holds a control character$/, () => 'có ký tự điều khiển'],
  [/^it holds what is no character$/, () => 'có ký tự không hợp lệ'],
  [/^it is no e-mail address$/, () => 'đây không phải là địa chỉ e-mail'],
  [/^it is no time such as (\S+)$/, (time = '') => `đây không phải là thời điểm dạng ${time}`],
  [/^there is no such time zone$/, () => 'không có múi giờ này'],
  [/^there is no such field$/, () => 'không có mục này'],
  [/^name a change$/, () => 'chưa có gì thay đổi'],
  [/^give its name$/, () => 'cần điền tên của nó'],
  [/^give the URL, or host and database$/, () => 'cần điền URL, hoặc máy chủ và cơ sở dữ liệu'],
  [/^give either the URL or the parts of it$/, () => 'chỉ điền URL hoặc từng phần, không cả hai'],
  [
    /^give either the passphrase or the recovery key$/,
    () => 'cần điền cụm mật khẩu hoặc khóa khôi phục, không cả hai',
  ],
  [
    /^give the password again: (.+) would change$/,
    (what = '') => `cần nhập lại mật khẩu vì ${what} thay đổi`,
  ],
  [/^a URL names its database itself$/, () => 'URL đã nêu cơ sở dữ liệu'],
  [
    /^it is neither a URL nor an absolute path on the server$/,
    () => 'đây không phải là URL hay đường dẫn tuyệt đối trên máy chủ',
  ],
  [/^it could be (.+); name one$/, names => `có nhiều lựa chọn (${names}): hãy chọn một`],
  [/^there is no repository yet/, () => 'chưa có kho lưu trữ nào: hãy thêm ở mục “Kho lưu trữ”'],
  [
    /^it names nothing that is kept/,
    () => 'chưa nêu giữ lại gì: hãy điền ít nhất một mục, hoặc chọn giữ tất cả',
  ],
  // Of an entry of the audit log.
  [/^a link before it is missing$/, () => 'thiếu một mắt xích trước nó'],
  [/^it is gone$/, () => 'nó đã biến mất'],
  [/^it is not as it was written$/, () => 'nó không còn như lúc được ghi'],
  [/^it was not written by the server$/, () => 'nó không do máy chủ ghi'],
]

/** What stands in the way of a restore; its server's hint says no more. */
const UNFIT: readonly Form<Partial<KindWords>>[] = [
  [
    / refused to let (.+) create a database: /,
    user => ({
      what: `Tài khoản ${user} không được phép tạo cơ sở dữ liệu, mà mỗi lần khôi phục đều cần tạo một cơ sở dữ liệu mới bên cạnh đích.`,
      hint: `Dùng tài khoản khác, hoặc chạy lệnh này trên máy chủ đó: alter role ${user} createdb`,
      hasOwnHint: false,
    }),
  ],
  [
    / refused to let (.+) restore what belongs to (.+): only a superuser /,
    (user, owners) => ({
      what: `Tài khoản ${user} không trả lại được những gì thuộc về ${owners}: chỉ siêu người dùng hoặc thành viên của các vai trò đó làm được.`,
      hint: 'Dùng một tài khoản như vậy, hoặc chọn “Khôi phục không kèm chủ sở hữu và quyền”.',
      hasOwnHint: false,
    }),
  ],
  [
    / refused to let (.+) rename database (.+): it belongs to (.+), and /,
    (user, database, owner) => ({
      what: `Cơ sở dữ liệu ${database} thuộc về ${owner} nên tài khoản ${user} không đổi được tên của nó.`,
      hint: `Dùng tài khoản ${owner} hoặc siêu người dùng, hoặc khôi phục vào một cơ sở dữ liệu mới.`,
      hasOwnHint: false,
    }),
  ],
  [
    /^(.+) cannot take this backup: it lacks extensions? (.+)$/,
    (server, names) => ({
      what: `Máy chủ ${server} không có phần mở rộng: ${names}.`,
      hint: 'Hãy cài trên máy chủ đó các gói chứa chúng (thường là postgresql-contrib).',
      hasOwnHint: false,
    }),
  ],
  [
    /^(.+) cannot take this backup: it lacks roles? (.+)$/,
    (server, names) => ({
      what: `Máy chủ ${server} không có vai trò: ${names}.`,
      hint: 'Hãy tạo chúng ở đó (tệp globals của bản sao lưu có định nghĩa của chúng), hoặc chọn “Khôi phục không kèm chủ sở hữu và quyền”.',
      hasOwnHint: false,
    }),
  ],
]

/** What of a kind happens most, said more closely than for the kind as a whole. */
export const CASES: readonly Form<Partial<KindWords>>[] = [
  ...UNFIT,
  [
    /password authentication failed|no password supplied/,
    () => ({
      what: 'Máy chủ cơ sở dữ liệu không chấp nhận người dùng hoặc mật khẩu này.',
      hint: 'Hãy kiểm tra người dùng và mật khẩu trong phần kết nối.',
      hasOwnHint: false,
    }),
  ],
  [
    /^this password is not taken: it is shorter than (\d+) /,
    least => ({ what: `Mật khẩu này quá ngắn: cần ít nhất ${least} ký tự.` }),
  ],
  [
    /^this password is not taken: it is longer than (\d+) /,
    most => ({ what: `Mật khẩu này dài quá ${most} ký tự.` }),
  ],
  [
    /^this password is not taken: it holds your name/,
    () => ({ what: 'Mật khẩu này chứa tên, địa chỉ e-mail của bạn hoặc “holdfast”.' }),
  ],
  [
    /^this password is not taken: it is made of what everybody tries/,
    () => ({ what: 'Mật khẩu này quá phổ biến: ai cũng thử những mật khẩu như vậy đầu tiên.' }),
  ],
  [
    /^the passphrase has \d+ characters, and it needs (\d+)/,
    least => ({
      what: `Cụm mật khẩu quá ngắn: cần ít nhất ${least} ký tự.`,
      hint: 'Bốn hoặc năm từ ngẫu nhiên là một cụm mật khẩu tốt.',
      hasOwnHint: false,
    }),
  ],
  [
    /^the passphrase repeats one or two characters only/,
    () => ({
      what: 'Cụm mật khẩu chỉ lặp lại một hai ký tự.',
      hint: 'Bốn hoặc năm từ ngẫu nhiên là một cụm mật khẩu tốt.',
      hasOwnHint: false,
    }),
  ],
  [/^the schedule is empty /, () => ({ what: 'Lịch đang trống.' })],
  [/^the schedule (.+) is not understood/, text => ({ what: `Không hiểu được lịch “${text}”.` })],
  [
    /^the blackouts leave no minute of the week/,
    () => ({ what: 'Các khung giờ cấm không để lại phút nào trong tuần cho lịch này.' }),
  ],
  [
    /^a schedule needs a time, or another schedule/,
    () => ({ what: 'Lịch cần có giờ chạy, hoặc một lịch khác để chạy sau nó.' }),
  ],
  [
    /^a schedule goes either by time or after another one/,
    () => ({ what: 'Lịch chạy theo giờ hoặc chạy sau một lịch khác, không cả hai.' }),
  ],
  [
    /^schedule (\S+) cannot follow (\S+), which itself follows/,
    (one, other) => ({
      what: `Lịch ${one} không thể chạy sau ${other}, vì ${other} lại chạy sau chính nó.`,
    }),
  ],
]
