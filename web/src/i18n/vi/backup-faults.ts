import type { KindWords, KnownCode } from '../fault-words.ts'

const LOOK_AT_MACHINE =
  'Hãy xem bộ nhớ và nhật ký của máy đó. Lần thử này không để lại bản sao lưu dở dang nào.'
const READ_ALL =
  'Mở kho lưu trữ, vào “Kiểm tra” và chọn “Đọc toàn bộ dữ liệu” để biết những bản sao lưu nào bị ảnh hưởng.'

/** What stops a backup, a restore, a proof or a check: of storage, repositories and databases. */
export const backupFaults = {
  // ── storage ────────────────────────────────────────────────────────────────────────────────
  OBJECT_MISSING: { what: 'Thiếu một phần dữ liệu trong kho lưu trữ.', hint: READ_ALL },
  OBJECT_EXISTS: {
    what: 'Dữ liệu này đã có sẵn trong kho lưu trữ.',
    hint: 'Mỗi phần dữ liệu chỉ được ghi một lần; không có gì bị thay đổi.',
  },
  STORAGE_FULL: {
    what: 'Nơi chứa kho lưu trữ đã hết chỗ trống.',
    hint: 'Giải phóng chỗ trống ở đó rồi chạy lại: các bản sao lưu trước vẫn nguyên vẹn, và phần đã ghi sẽ được dùng lại.',
  },
  SPACE_TOO_SMALL: {
    what: 'Nơi chứa kho lưu trữ không đủ chỗ trống cho bản sao lưu này.',
    hint: 'Giải phóng chỗ trống ở đó, hoặc dùng một kho lưu trữ trên đĩa lớn hơn. Chưa có gì được ghi.',
  },
  STORAGE_READ_ONLY: {
    what: 'Không được phép ghi vào nơi chứa kho lưu trữ.',
    hint: 'Cấp quyền ghi ở đó cho người dùng mà Holdfast chạy dưới tên, hoặc gắn lại đĩa ở chế độ ghi được.',
  },
  STORAGE_UNREACHABLE: {
    what: 'Không truy cập được nơi chứa kho lưu trữ.',
    hint: 'Kiểm tra xem đĩa đã được gắn, kết nối được và Holdfast có quyền đọc hay chưa.',
  },
  PLACE_REFUSED: {
    what: 'Nơi này nằm ngoài các thư mục mà máy chủ được phép đặt kho lưu trữ.',
    hint: 'Chọn một nơi bên trong các thư mục đó; quản trị viên của máy chủ quy định chúng.',
    hasOwnHint: true,
  },

  // ── repositories ───────────────────────────────────────────────────────────────────────────
  REPOSITORY_MISSING: {
    what: 'Không có kho lưu trữ nào ở nơi này.',
    hint: 'Nếu lẽ ra phải có, hãy kiểm tra xem đĩa của nó đã được gắn chưa. Có thể tạo kho mới ở mục “Kho lưu trữ”.',
  },
  OTHER_REPOSITORY: {
    what: 'Ở nơi này giờ là một kho lưu trữ khác với kho đã được thêm.',
    hint: 'Kiểm tra xem có gắn đúng đĩa không. Muốn dùng cả hai, hãy thêm mỗi kho ở một nơi riêng.',
  },
  REPOSITORY_EXISTS: {
    what: 'Ở nơi này đã có một kho lưu trữ.',
    hint: 'Hãy mở kho đó để dùng, hoặc chọn nơi khác.',
  },
  REPOSITORY_KNOWN: {
    what: 'Máy chủ đã biết kho lưu trữ này, dưới một tên khác.',
    hint: 'Hãy dùng nó với tên đó, hoặc gỡ bỏ nó trước trong mục “Cài đặt” của kho.',
  },
  PLACE_NOT_EMPTY: {
    what: 'Nơi này không trống nên không tạo kho lưu trữ ở đó.',
    hint: 'Chọn một thư mục mới hoặc thư mục trống.',
  },
  REPOSITORY_TOO_NEW: {
    what: 'Kho lưu trữ này cần một phiên bản Holdfast mới hơn.',
    hint: 'Cập nhật Holdfast trên máy chủ. Không có gì bị thay đổi.',
  },
  REPOSITORY_LOCKED: {
    what: 'Kho lưu trữ đang được một công việc khác sử dụng.',
    hint: 'Hãy đợi công việc đó xong. Một phiên bị ngắt giữa chừng sẽ được bỏ sau 30 phút kể từ dấu hiệu cuối cùng của nó.',
  },
  WRONG_PASSPHRASE: {
    what: 'Cụm mật khẩu hoặc khóa khôi phục này không mở được kho lưu trữ.',
    hint: 'Kiểm tra lại từng ký tự. Nếu mất cụm mật khẩu, khóa khôi phục cũng mở được kho.',
  },
  LAST_KEY_SLOT: {
    what: 'Đây là khóa cuối cùng mở được kho lưu trữ nên nó không bị gỡ.',
    hint: 'Trước tiên hãy tạo khóa khác: mở kho lưu trữ, mục “Khóa và khẩn cấp”.',
  },
  SESSION_LOST: {
    what: 'Phiên làm việc với kho lưu trữ kết thúc trước khi xong việc.',
    hint: 'Bản sao lưu này chưa được tạo. Hãy chạy lại; phần đã ghi sẽ được dùng lại.',
  },
  DAMAGED: { what: 'Phát hiện dữ liệu bị hỏng trong kho lưu trữ.', hint: READ_ALL },
  NO_SUCH_BACKUP: {
    what: 'Không có bản sao lưu nào như vậy.',
    hint: 'Xem mục “Bản sao lưu” để biết đang có những gì.',
  },
  NO_SUCH_STREAM: {
    what: 'Bản sao lưu không có tệp này.',
    hint: 'Chọn một trong các tệp được liệt kê trên trang của bản sao lưu.',
  },
  LAST_GOOD_BACKUP: {
    what: 'Đây là bản sao lưu cuối cùng của nguồn này nên nó không bị xóa.',
    hint: 'Hãy tạo bản mới hơn trước, hoặc xóa trên trang của bản sao lưu, nơi sẽ hỏi lại một lần nữa.',
  },
  BACKUP_PINNED: {
    what: 'Bản sao lưu đã được ghim nên không bị xóa.',
    hint: 'Bỏ ghim trước, nếu không còn ai cần đến nó.',
  },
  LAST_BACKUP_OF_SOURCE: {
    what: 'Đây là bản sao lưu tốt cuối cùng của nguồn trong kho này nên nó không bị xóa.',
    hint: 'Hãy tạo bản mới hơn trước, hoặc xóa trên trang của bản sao lưu, nơi sẽ hỏi lại một lần nữa.',
  },
  BACKUP_DELETING: {
    what: 'Bản sao lưu này đã được đánh dấu để xóa.',
    hint: 'Nếu vẫn cần, hãy giữ lại nó trước.',
  },
  BACKUP_NOT_DELETING: {
    what: 'Bản sao lưu này không chờ bị xóa.',
    hint: 'Không có gì để hoàn tác.',
  },
  DELETION_UNDER_WAY: {
    what: 'Bản sao lưu đang bị xóa ngay lúc này.',
    hint: 'Đã quá muộn để giữ lại. Nếu lần xóa này thất bại, vẫn có thể giữ lại trước lần thử tiếp theo.',
  },
  RETENTION_HELD_BACK: {
    what: 'Lúc này bản sao lưu chưa bị xóa theo quy tắc.',
    hint: 'Việc này sẽ được thử lại. Nếu không đọc được danh sách của kho lưu trữ, hãy đọc lại nó trong phần cài đặt của kho.',
  },
  LINK_UNKNOWN: {
    what: 'Liên kết tải xuống này không còn dùng được.',
    hint: 'Hãy bấm tải xuống lần nữa: mỗi liên kết chỉ dùng được 5 phút và một lần.',
  },
  LINK_OF_ANOTHER: {
    what: 'Liên kết tải xuống này được tạo cho người khác.',
    hint: 'Hãy bấm tải xuống để có liên kết của riêng bạn.',
  },
  DUMP_UNFIT: {
    what: 'Tệp kết xuất này không được nhận.',
    hint: 'Không phần nào của tệp được giữ lại. Hãy tạo bản kết xuất mới, hoặc chép lại tệp.',
    hasOwnHint: true,
  },
  DUMP_TOO_LARGE: {
    what: 'Tệp kết xuất lớn hơn giới hạn.',
    hint: 'Không phần nào của tệp được giữ lại. Nếu thật sự cần tệp lớn như vậy, hãy nâng giới hạn.',
  },
  OUTLINE_TOO_LARGE: {
    what: 'Mục lục của bản sao lưu này quá lớn để máy chủ đọc.',
    hint: 'Bản sao lưu vẫn khôi phục được; muốn xem mục lục, hãy dùng dòng lệnh ở nơi truy cập được kho lưu trữ.',
    hasOwnHint: true,
  },
  TRANSFER_STALLED: {
    what: 'Việc truyền dữ liệu đứng yên quá lâu.',
    hint: 'Không có gì dở dang được giữ lại. Hãy kiểm tra mạng giữa bạn và máy chủ.',
  },
  TRANSFER_DIED: {
    what: 'Tiến trình đọc và ghi kho lưu trữ kết thúc bất ngờ.',
    hint: LOOK_AT_MACHINE,
  },
  LOOK_TOO_LONG: {
    what: 'Xem bản sao lưu và đích khôi phục mất quá nhiều thời gian.',
    hint: 'Không có gì bị thay đổi. Hãy kiểm tra xem nơi chứa kho lưu trữ có trả lời không.',
  },
  FILE_EXISTS: {
    what: 'Đã có tệp mang tên này nên không ghi gì cả.',
    hint: 'Chọn một tên khác.',
  },
  FILE_UNWRITABLE: {
    what: 'Không ghi được tệp.',
    hint: 'Kiểm tra thư mục, quyền và chỗ trống trên đĩa của nó. Không phần nào của tệp bị để lại.',
  },

  // ── programs and databases ─────────────────────────────────────────────────────────────────
  TOOL_MISSING: {
    what: 'Máy chạy việc này không có chương trình cần thiết của cơ sở dữ liệu.',
    hint: 'Hãy cài đặt chương trình đó trên máy chạy Holdfast.',
    hasOwnHint: true,
  },
  TOOL_FAILED: {
    what: 'Chương trình của cơ sở dữ liệu báo lỗi và dừng lại.',
    hint: 'Lần thử này không để lại gì. Phần chi tiết là lời của chính chương trình đó.',
  },
  DUMP_TRUNCATED: {
    what: 'Bản kết xuất không trọn vẹn, dù chương trình kết thúc như không có lỗi.',
    hint: 'Nó không được giữ lại. Hãy kiểm tra đĩa, bộ nhớ và mạng của máy này rồi chạy lại.',
  },
  BACKUP_TOO_LARGE: {
    what: 'Bản kết xuất vượt quá kích thước tối đa.',
    hint: 'Nâng “Kích thước tối đa” trong lịch, hoặc tìm xem điều gì làm cơ sở dữ liệu lớn lên.',
  },
  DATABASE_UNREACHABLE: {
    what: 'Không kết nối được với máy chủ cơ sở dữ liệu.',
    hint: 'Kiểm tra địa chỉ, cổng, người dùng và mật khẩu, và xem máy chủ đó có đang chạy không.',
  },
  DATABASE_MISSING: {
    what: 'Máy chủ không có cơ sở dữ liệu mang tên này.',
    hint: 'Kiểm tra lại tên cơ sở dữ liệu trong phần kết nối.',
  },
  DATABASE_REFUSED: {
    what: 'Máy chủ cơ sở dữ liệu từ chối yêu cầu.',
    hint: 'Cấp cho tài khoản này quyền còn thiếu, hoặc dùng tài khoản khác.',
    hasOwnHint: true,
  },
  DATABASE_DIFFERS: {
    what: 'Cơ sở dữ liệu khác với bản sao lưu.',
    hint: 'Kết quả của lần chạy nêu từng chỗ khác. Dữ liệu đã thay đổi sau khi sao lưu cũng là khác.',
  },
  TABLES_LOCKED: {
    what: 'Một bảng bị khóa quá lâu nên không kết xuất được.',
    hint: 'Hãy đợi phiên đang giữ khóa kết thúc, hoặc ngắt nó, rồi chạy lại.',
  },
  TARGET_NOT_EMPTY: {
    what: 'Cơ sở dữ liệu đích không trống nên không khôi phục gì vào đó.',
    hint: 'Chọn tên của một cơ sở dữ liệu chưa có, hoặc chọn thay thế cơ sở dữ liệu này: bản khôi phục được kiểm chứng bên cạnh rồi mới hoán đổi.',
  },
  DATABASE_IN_USE: {
    what: 'Cơ sở dữ liệu đang có người dùng nên không được hoán đổi.',
    hint: 'Hãy đóng các kết nối đó, hoặc chọn “Ngắt các kết nối này vào lúc hoán đổi”.',
  },
  TARGET_UNFIT: {
    what: 'Máy chủ đích không nhận được bản sao lưu này: nó thiếu điều cần thiết.',
    hint: 'Bổ sung phần còn thiếu trên máy chủ đó, hoặc dùng tài khoản hay máy chủ khác. Nếu chỉ vướng chủ sở hữu và vai trò, hãy chọn “Khôi phục không kèm chủ sở hữu và quyền”.',
    hasOwnHint: true,
  },
  PROOF_FAILED: {
    what: 'Dữ liệu vừa khôi phục không giống dữ liệu đã sao lưu.',
    hint: 'Đích vẫn như trước. Hãy giữ lại thông báo này và thử một bản sao lưu khác.',
  },
  RESTORE_UNCERTAIN: {
    what: 'Tiến trình dừng đúng lúc đưa bản khôi phục vào vị trí, và giờ hai bên khác nhau.',
    hint: 'Hoặc chưa hoán đổi, hoặc đã hoán đổi rồi có thay đổi. Hãy xem lại cơ sở dữ liệu, rồi khôi phục lại nếu cần.',
  },

  // ── runs ───────────────────────────────────────────────────────────────────────────────────
  INTERRUPTED: {
    what: 'Công việc bị ngắt giữa chừng.',
    hint: 'Không có gì dở dang bị để lại. Hãy chạy lại khi sẵn sàng.',
  },
  RUN_IN_THE_WAY: {
    what: 'Đang có một lần chạy khác làm việc với chính mục này.',
    hint: 'Hãy đợi nó xong, hoặc hủy nó trên trang của nó.',
  },
  RUN_IS_FINAL: {
    what: 'Lần chạy đã kết thúc nên không làm điều đó được nữa.',
    hint: 'Kết quả của nó không thay đổi. Hãy bắt đầu một lần chạy mới.',
  },
  RUN_NOT_OVER: {
    what: 'Lần chạy chưa kết thúc nên chưa thể thử lại.',
    hint: 'Hãy đợi nó xong, hoặc hủy nó trước.',
  },
  LEASE_LOST: {
    what: 'Lần chạy đã được giao cho tiến trình khác hoặc được giải phóng.',
    hint: 'Lần thử này không ghi gì thêm. Trang của lần chạy cho biết mọi việc tiếp diễn ra sao.',
  },
  LOCK_RELEASED: {
    what: 'Khóa của lần chạy đã bị giải phóng.',
    hint: 'Hãy bắt đầu một lần chạy mới. Nếu tiến trình cũ vẫn còn, nó không thể ghi gì thêm.',
  },
  RUNNER_DIED: { what: 'Tiến trình thực hiện lần chạy kết thúc bất ngờ.', hint: LOOK_AT_MACHINE },
  WORKER_LOST: {
    what: 'Mất liên lạc với máy thực hiện lần chạy.',
    hint: 'Kiểm tra xem máy đó và Holdfast trên đó có đang chạy, và có kết nối được với danh mục không.',
  },
} as const satisfies Partial<Record<KnownCode, KindWords>>
