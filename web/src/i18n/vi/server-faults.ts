import type { KindWords, KnownCode } from '../fault-words.ts'

const OF_ITS_SETTINGS = 'Quản trị viên của máy chủ cần xem lại cấu hình và nhật ký của nó.'

/** Why the server does not do what it is asked for: of people, names, and the server itself. */
export const serverFaults = {
  // ── what was asked ─────────────────────────────────────────────────────────────────────────
  WRONG_USE: {
    what: 'Yêu cầu này không thực hiện được như vậy.',
    hint: 'Hãy sửa điều nêu trong phần chi tiết rồi thử lại.',
    hasOwnHint: true,
  },
  INVALID_INPUT: {
    what: 'Có mục điền chưa đúng.',
    hint: 'Hãy sửa các mục được nêu. Chưa có gì bị thay đổi.',
  },
  NOT_FOUND: {
    what: 'Không có mục mang tên này.',
    hint: 'Có thể nó đã bị gỡ bỏ hoặc đổi tên. Hãy xem lại danh sách.',
  },
  NAME_AMBIGUOUS: {
    what: 'Có nhiều mục có mã bắt đầu như vậy.',
    hint: 'Hãy nhập thêm vài ký tự của mã.',
  },
  NAME_TAKEN: {
    what: 'Tên này đã được dùng.',
    hint: 'Chọn một tên khác, hoặc gỡ bỏ mục kia trước.',
  },
  IN_USE: {
    what: 'Mục này còn đang được dùng nên không bị gỡ bỏ.',
    hint: 'Hãy cho những gì đang dùng nó chuyển sang mục khác, hoặc gỡ bỏ chúng trước. Lần chạy có thể hủy trên trang của nó.',
  },
  ADDRESS_REFUSED: {
    what: 'Máy chủ không được phép kết nối đến địa chỉ này.',
    hint: 'Hãy dùng địa chỉ khác; quản trị viên của máy chủ quy định những mạng được kết nối đến.',
  },
  TOO_MANY_REQUESTS: {
    what: 'Có quá nhiều yêu cầu trong thời gian ngắn.',
    hint: 'Hãy đợi một lát rồi thử lại.',
    hasOwnHint: true,
  },
  REQUEST_TOO_SLOW: {
    what: 'Yêu cầu đến máy chủ quá chậm.',
    hint: 'Hãy gửi lại khi đường truyền tốt hơn. Chưa có gì bị thay đổi.',
  },
  CSRF: {
    what: 'Yêu cầu này không đến từ một trang của máy chủ.',
    hint: 'Hãy mở lại bảng điều khiển và thử lại. Nếu có proxy ở giữa, nó phải chuyển tiếp Host và Origin.',
  },
  HOST_UNKNOWN: {
    what: 'Máy chủ không nhận tên miền này là của mình.',
    hint: 'Hãy mở nó bằng đúng địa chỉ, hoặc nhờ quản trị viên thêm tên miền này.',
    hasOwnHint: true,
  },

  // ── people ─────────────────────────────────────────────────────────────────────────────────
  LOGIN_REFUSED: {
    what: 'Địa chỉ e-mail, mật khẩu hoặc mã không đúng.',
    hint: 'Hãy thử lại; quản trị viên có thể gửi cho bạn một liên kết mới.',
  },
  TWO_FACTOR_REQUIRED: {
    what: 'Mật khẩu đúng, và tài khoản này còn có bước xác thực thứ hai.',
    hint: 'Hãy nhập mã từ ứng dụng xác thực, hoặc một mã khôi phục.',
  },
  CODE_REQUIRED: {
    what: 'Tài khoản có xác thực hai bước phải xác nhận bằng mã; chỉ mật khẩu thì chưa đủ.',
    hint: 'Hãy nhập mã từ ứng dụng xác thực, hoặc một mã khôi phục, thay cho mật khẩu.',
  },
  SESSION_REQUIRED: {
    what: 'Việc này chỉ dành cho người đã đăng nhập, không dành cho khóa API.',
    hint: 'Hãy đăng nhập.',
  },
  KEY_REQUIRED: {
    what: 'Máy chủ chưa biết bạn là ai, hoặc phiên đăng nhập đã hết.',
    hint: 'Hãy đăng nhập lại.',
  },
  NOT_ALLOWED: {
    what: 'Bạn không có quyền làm việc này.',
    hint: 'Hãy hỏi quản trị viên của máy chủ này.',
  },
  STEP_UP_REQUIRED: {
    what: 'Việc này cần bạn xác nhận lại danh tính trong vòng 5 phút gần đây.',
    hint: 'Hãy thử lại, và nhập mật khẩu hoặc mã khi được hỏi.',
  },
  PASSWORD_UNFIT: {
    what: 'Mật khẩu này không được chấp nhận.',
    hint: 'Hãy dùng vài từ không liên quan đến nhau, hoặc để một chương trình tạo giúp.',
  },
  LINK_SPENT: {
    what: 'Liên kết hoặc mã này không đúng, đã được dùng hoặc đã hết hạn.',
    hint: 'Hãy xin quản trị viên một liên kết mới.',
  },
  SETUP_REFUSED: {
    what: 'Mã thiết lập bị thiếu, sai, hoặc đã quá 30 phút.',
    hint: 'Hãy lấy mã trong nhật ký của máy chủ; mỗi lần khởi động, máy chủ tạo một mã mới.',
  },
  SETUP_DONE: {
    what: 'Trong lúc đó, người khác đã tạo tài khoản đầu tiên.',
    hint: 'Hãy đăng nhập, hoặc xin họ cấp cho bạn một tài khoản.',
  },
  LAST_ADMIN: {
    what: 'Đây là quản trị viên cuối cùng còn đăng nhập được.',
    hint: 'Trước tiên hãy đặt một người khác làm quản trị viên.',
  },
  TWO_FACTOR_STATE: {
    what: 'Trạng thái xác thực hai bước không cho phép việc này.',
    hint: 'Hãy tải lại trang: “Tài khoản của bạn” cho biết xác thực hai bước đang bật hay tắt.',
  },
  ONLY_ON_HOST: {
    what: 'Việc này chỉ làm được ngay trên máy chạy máy chủ.',
    hint: 'Hãy nhờ người quản trị máy đó.',
    hasOwnHint: true,
  },
  OIDC_OFF: {
    what: 'Chưa thiết lập máy chủ nào khác để đăng nhập.',
    hint: 'Hãy đăng nhập bằng mật khẩu.',
  },
  OIDC_UNREACHABLE: {
    what: 'Không liên lạc được với máy chủ xác nhận danh tính.',
    hint: 'Hãy thử lại sau, hoặc đăng nhập bằng mật khẩu.',
  },
  OIDC_REFUSED: {
    what: 'Việc đăng nhập qua máy chủ khác không được chấp nhận.',
    hint: 'Hãy bắt đầu đăng nhập lại; nếu vẫn không được, hãy hỏi quản trị viên.',
  },

  // ── the server ─────────────────────────────────────────────────────────────────────────────
  UNEXPECTED: {
    what: 'Đã xảy ra một lỗi không lường trước.',
    hint: 'Nhật ký của máy chủ có thêm chi tiết.',
  },
  UNEXPECTED_ANSWER: {
    what: 'Nơi trả lời không phải là máy chủ Holdfast.',
    hint: 'Kiểm tra địa chỉ, và những gì đứng trước máy chủ (ví dụ proxy).',
  },
  SERVER_UNREACHABLE: {
    what: 'Máy chủ Holdfast không trả lời.',
    hint: 'Kiểm tra xem máy chủ có đang chạy và có kết nối được từ đây không.',
  },
  CATALOG_UNREACHABLE: {
    what: 'Không kết nối được với cơ sở dữ liệu danh mục của Holdfast.',
    hint: 'Kiểm tra xem máy chủ của danh mục có đang chạy không. Các bản sao lưu trong kho vẫn an toàn.',
  },
  CATALOG_TOO_NEW: {
    what: 'Danh mục đã được dùng với một phiên bản Holdfast mới hơn.',
    hint: 'Cập nhật Holdfast trên máy này. Không có gì bị thay đổi.',
  },
  SEAL_BROKEN: {
    what: 'Không mở được một bí mật đã lưu: nó bị thay đổi, hoặc được chép từ nơi khác đến.',
    hint: 'Hãy nhập lại giá trị này; các giá trị khác không bị ảnh hưởng.',
  },
  SECRET_KEY_MISSING: {
    what: 'Thiếu tệp khóa bí mật mà danh mục đang dùng.',
    hint: 'Đặt lại tệp khóa từ nơi đã cất giữ, hoặc chép từ một máy khác.',
  },
  SECRET_KEY_UNFIT: {
    what: 'Khóa bí mật của máy chủ không dùng được.',
    hint: OF_ITS_SETTINGS,
    hasOwnHint: true,
  },
  SECRET_KEY_WRONG: {
    what: 'Khóa bí mật không phải là khóa của danh mục này.',
    hint: 'Hãy dùng tệp khóa thuộc về danh mục này.',
  },
  SECRET_KEY_IN_USE: {
    what: 'Khóa bí mật chưa được đổi vì còn máy đang làm việc.',
    hint: 'Dừng mọi máy chủ và máy thực hiện của danh mục này trước.',
  },
  DATA_DIR_IN_USE: {
    what: 'Thư mục dữ liệu đang được một máy chủ Holdfast khác dùng.',
    hint: 'Dừng máy chủ kia trước, hoặc cho máy chủ này một thư mục riêng.',
  },
  DATA_DIR_UNFIT: {
    what: 'Thư mục dữ liệu của máy chủ không dùng được.',
    hint: OF_ITS_SETTINGS,
    hasOwnHint: true,
  },
  EMBEDDED_MISSING: {
    what: 'Không có PostgreSQL đi kèm cho loại máy này.',
    hint: 'Hãy cài đặt cả các phần tùy chọn, hoặc dùng một máy chủ PostgreSQL có sẵn.',
  },
  EMBEDDED_FAILED: {
    what: 'PostgreSQL đi kèm gặp lỗi.',
    hint: 'Nhật ký của nó cho biết thêm; thư mục dữ liệu được giữ nguyên.',
    hasOwnHint: true,
  },
  CERTIFICATE_UNFIT: {
    what: 'Chứng chỉ TLS của máy chủ không dùng được.',
    hint: OF_ITS_SETTINGS,
    hasOwnHint: true,
  },
  LISTEN_FAILED: {
    what: 'Máy chủ không mở được địa chỉ của mình.',
    hint: OF_ITS_SETTINGS,
    hasOwnHint: true,
  },
  WORKER_WITHOUT_CATALOG: {
    what: 'Máy thực hiện không tìm thấy danh mục để làm việc.',
    hint: 'Hãy khởi động máy chủ trước, hoặc chỉ rõ danh mục dùng chung.',
  },
} as const satisfies Partial<Record<KnownCode, KindWords>>
