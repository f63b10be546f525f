import type { FindingCode } from '../../../../src/client/index.ts'
import { Format } from '../format.ts'
import { units } from './units.ts'

const format = new Format('vi', units)

interface Versions {
  readonly source: number
  readonly tool: string
  readonly target: string
}

interface OfUser {
  readonly user: string
}

interface OfDatabase {
  readonly database: string
}

interface Named {
  readonly names: readonly string[]
}

interface Space {
  readonly dump: number
  readonly free: number
}

const restoring = ({ source, tool, target }: Versions, isOlder: boolean): string =>
  `Bản sao lưu của PostgreSQL ${source} được khôi phục bằng pg_restore ${tool} vào PostgreSQL ${target}${isOlder ? ', một phiên bản cũ hơn' : ''}.`

const space = ({ dump, free }: Space): string =>
  `Máy chủ còn trống ${format.bytes(free)}, bản kết xuất có ${format.bytes(dump)}.`

const KINDS: Readonly<Record<string, string>> = {
  table: 'bảng',
  view: 'khung nhìn',
  sequence: 'chuỗi số',
  function: 'hàm',
  type: 'kiểu',
  schema: 'lược đồ',
  extension: 'phần mở rộng',
  'large object': 'đối tượng lớn',
}

interface Connection {
  readonly user: string
  readonly program: string | null
  readonly address: string | null
  readonly count: number
}

const connection = ({ user, program, address, count }: Connection): string =>
  [
    user,
    ...(program === null ? [] : [`dùng ${program}`]),
    ...(address === null ? [] : [`từ ${address}`]),
    ...(count === 1 ? [] : [`(${count} kết nối)`]),
  ].join(' ')

interface Superuser extends OfUser {
  readonly eventTriggers: boolean
  readonly subscriptions: boolean
  readonly extensions: readonly string[]
}

const takenBySuperusers = ({ eventTriggers, subscriptions, extensions }: Superuser): string =>
  [
    ...(eventTriggers ? ['trình kích hoạt sự kiện'] : []),
    ...(subscriptions ? ['đăng ký nhân bản'] : []),
    ...extensions.map(name => `phần mở rộng ${name}`),
  ].join(', ')

/** What a look ahead at a restore found. Every code has its words: without them this is not built. */
export const FINDINGS = {
  BACKUP_READABLE: (d: { backup: string; tables: number; rows: number }) =>
    `Đọc được bản sao lưu ${d.backup}: ${format.number(d.tables)} bảng, ${format.number(d.rows)} dòng.`,
  LOGIN_ACCEPTED: (d: { server: string; user: string }) =>
    `${d.server} chấp nhận tài khoản ${d.user}.`,
  CONNECTION_EXPOSED: (d: { server: string; hasPassword: boolean }) =>
    `Kết nối đến ${d.server} không được mã hóa vì máy chủ đó không có TLS: tên đăng nhập${d.hasPassword ? ', mật khẩu' : ''} và mọi dữ liệu đi qua mạng ở dạng ai cũng đọc được. Hãy bật TLS ở đó và chọn “require” hoặc “verify-full” ở đây.`,
  VERSIONS_FIT: (d: Versions) => restoring(d, false),
  VERSIONS_OLDER: (d: Versions) => restoring(d, true),
  VERSIONS_UNSAFE: (d: Versions & { isOlder: boolean; update: string }) =>
    `${restoring(d, d.isOlder)} Người tạo tệp kết xuất có thể lợi dụng lỗi bảo mật đã biết của pg_restore ${d.tool} để gây hại: hãy cập nhật nó lên ${d.update} trở lên.`,
  MAY_CREATE_DATABASES: (d: OfUser) => `Tài khoản ${d.user} được phép tạo cơ sở dữ liệu.`,
  TARGET_ABSENT: (d: OfDatabase) => `Cơ sở dữ liệu ${d.database} chưa có và sẽ được tạo.`,
  TARGET_EMPTY: (d: OfDatabase) => `Cơ sở dữ liệu ${d.database} đang trống và sẽ được tạo lại.`,
  TARGET_KEPT: (d: OfDatabase & { objects: readonly { kind: string; count: number }[] }) =>
    `Cơ sở dữ liệu ${d.database} (${d.objects.map(one => `${format.number(one.count)} ${KINDS[one.kind] ?? one.kind}`).join(', ')}) sẽ được giữ lại dưới tên khác, khi bản khôi phục đã được kiểm chứng.`,
  NOBODY_CONNECTED: (d: OfDatabase) => `Không có ai kết nối đến ${d.database}.`,
  CONNECTIONS_ENDED: (d: { connections: readonly Connection[] }) =>
    `Các kết nối này sẽ bị ngắt: ${d.connections.map(connection).join(', ')}.`,
  LOCALE_THERE: () => 'Máy chủ có loại ngôn ngữ vùng mà bản sao lưu cần.',
  EXTENSIONS_THERE: () => 'Mọi phần mở rộng của bản sao lưu đều cài được ở đó.',
  ROLES_THERE: () => 'Mọi vai trò mà bản sao lưu nhắc đến đều có ở đó.',
  OWNERS_KEPT: (d: OfUser) => `Tài khoản ${d.user} trả lại được mọi thứ cho đúng chủ sở hữu.`,
  OWNERS_DROPPED: (d: OfUser) =>
    `Mọi thứ thuộc về tài khoản ${d.user}, và không ai khác được cấp quyền gì.`,
  IS_SUPERUSER: (d: OfUser) => `Tài khoản ${d.user} là siêu người dùng.`,
  NO_SUPERUSER_NEEDED: () => 'Không có gì trong bản sao lưu cần đến siêu người dùng.',
  SUPERUSER_NEEDED: (d: Superuser) =>
    `Tài khoản ${d.user} không phải siêu người dùng, mà phần lớn máy chủ chỉ cho siêu người dùng tạo: ${takenBySuperusers(d)}.`,
  TABLESPACES_THERE: () => 'Mọi vùng bảng mà bản sao lưu nhắc đến đều có ở đó.',
  TABLESPACES_MISSING: (d: Named) =>
    `Mọi thứ được đặt vào vùng bảng mặc định vì ở đó không có: ${d.names.join(', ')}.`,
  NO_SUBSCRIPTIONS: () => 'Bản sao lưu không có đăng ký nhân bản nào.',
  SUBSCRIPTIONS_DISABLED: (d: Named) =>
    `Các đăng ký nhân bản được khôi phục ở trạng thái tắt, hãy bật lại khi cần chúng chạy: ${d.names.join(', ')}.`,
  SPACE_UNKNOWN: (d: { dump: number }) =>
    `Không rõ máy chủ còn bao nhiêu chỗ trống; bản kết xuất có ${format.bytes(d.dump)}.`,
  SPACE_ENOUGH: space,
  SPACE_SHORT: space,
} satisfies Record<FindingCode, (details: never) => string>

/** The next step, where there is one. */
export const FINDING_HINTS = {
  SUPERUSER_NEEDED: 'Nếu việc khôi phục bị từ chối vì thế, hãy dùng tài khoản siêu người dùng.',
  SPACE_UNKNOWN:
    'Hãy xem đĩa của máy chủ: cho đến khi cơ sở dữ liệu cũ bị xóa, cả hai cùng nằm ở đó.',
  SPACE_SHORT: 'Giải phóng chỗ trống trên máy chủ đó, hoặc khôi phục vào máy chủ khác.',
} satisfies Partial<Record<FindingCode, string>>
