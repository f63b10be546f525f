import type { Form, ToldLine } from '../fault-words.ts'
import { Format } from '../format.ts'
import { FINDINGS } from './findings.ts'
import { units } from './units.ts'

const format = new Format('vi', units)

const told = (what: string, said?: string): ToldLine => ({ what, said })
const namesIn = (text: string): readonly string[] => text.split(', ')

const HOLDERS: Readonly<Record<string, string>> = {
  'user mapping': 'ánh xạ người dùng',
  server: 'máy chủ ngoài',
  subscription: 'đăng ký nhân bản',
}
const WORK: Readonly<Record<string, string>> = {
  writer: 'ghi',
  reader: 'đọc',
  pruner: 'dọn dẹp',
}

const UNKNOWN_BYTES = 'an unknown number of bytes'
const bytes = (text: string): string =>
  text === UNKNOWN_BYTES ? 'chưa rõ kích thước' : text.replace('.', ',')

/** What Holdfast itself warns of: it is kept as a sentence, with the manifests of backups, too. */
export const WARNINGS: readonly Form<ToldLine>[] = [
  [
    /^(.+) has (.+) free for a dump of (.+): it may not fit$/,
    (place, free = '', expected = '') =>
      told(
        `${place} còn trống ${bytes(free)}, có thể không đủ cho bản kết xuất (${bytes(expected)}).`,
      ),
  ],
  [
    /^roles were saved without their passwords: (.+) may not read them$/,
    user =>
      told(
        `Các vai trò được lưu không kèm mật khẩu vì tài khoản ${user} không được đọc mật khẩu của chúng.`,
      ),
  ],
  [
    /^roles and tablespaces were not saved: (.+)$/s,
    (why = '') => told('Các vai trò và vùng bảng không được lưu:', why),
  ],
  [
    /^the dump holds a password in clear, in (user mapping|server|subscription) (.+): whoever can read /,
    (where = '', name = '') =>
      told(
        `Bản kết xuất chứa một mật khẩu không được mã hóa, trong ${HOLDERS[where]} ${name}: ai đọc được bản sao lưu cũng đọc được nó.`,
      ),
  ],
  [
    /^the dump does not say how its database was created/,
    () =>
      told(
        'Bản kết xuất không cho biết cơ sở dữ liệu của nó được tạo thế nào: khi khôi phục, ngôn ngữ vùng C được dùng.',
      ),
  ],
  [
    /^(grants|settings) of the database itself are in the dump, and not taken over$/,
    what =>
      told(
        `Bản kết xuất có ${what === 'grants' ? 'các quyền' : 'các thiết lập'} của chính cơ sở dữ liệu, và chúng không được lấy theo.`,
      ),
  ],
  [
    /^database (.+), left by an unfinished restore, was not dropped: (.+)$/s,
    (database, why) =>
      told(`Cơ sở dữ liệu ${database}, còn lại từ một lần khôi phục dở dang, không xóa được:`, why),
  ],
  [
    /^database (.+) was not removed: (.+)$/s,
    (database, why) => told(`Cơ sở dữ liệu ${database} không xóa được:`, why),
  ],
  [
    /^database (.+) could not be removed \((.+)\); drop it by hand$/s,
    (database, why) => told(`Không xóa được cơ sở dữ liệu ${database}; hãy tự xóa nó:`, why),
  ],
  [
    /^the empty database (.+) was not removed: (.+)$/s,
    (database, why) => told(`Cơ sở dữ liệu trống ${database} không xóa được:`, why),
  ],
  [
    /^materialized view (.+) is left empty \((.+)\); when that is mended: (.+)$/s,
    (view, why, sql) =>
      told(
        `Khung nhìn vật chất hóa ${view} bị để trống. Khi đã khắc phục nguyên nhân, hãy chạy: ${sql}. Nguyên nhân:`,
        why,
      ),
  ],
  [
    /^the setting (\S+) of (?:the database|role (.+) in the database) was left out: (.+)$/s,
    (setting, role, why) => {
      const whose = role === undefined ? '' : `vai trò ${role} trong `
      return told(`Thiết lập ${setting} của ${whose}cơ sở dữ liệu bị bỏ qua:`, why)
    },
  ],
  [
    /^whether the restored database took its place is not known: look at (.+) before /,
    target =>
      told(
        `Không rõ cơ sở dữ liệu đã khôi phục có vào đúng chỗ của nó hay không: hãy xem lại ${target} trước khi có gì ghi vào đó.`,
      ),
  ],
  [
    /^whether the backup was written is not known: "holdfast repo refresh (.+)" takes it in if it was$/,
    repository =>
      told(
        `Không rõ bản sao lưu đã được ghi hay chưa: hãy đọc lại danh sách trong phần cài đặt của kho ${repository}; nếu đã ghi, nó sẽ hiện ra.`,
      ),
  ],
  [
    /^a (writer|reader|pruner) \(process (\d+) on (.+), since (\S+)\) (died; it hurts nothing|is at work or died in the last half hour)$/,
    (kind = '', pid = '', host = '', since = '', state = '') => {
      const who = `Tiến trình ${WORK[kind]} (số ${pid} trên ${host}, từ ${format.dateTime(since)})`
      return told(
        state.startsWith('died')
          ? `${who} đã chết; điều đó không gây hại gì.`
          : `${who} đang làm việc, hoặc đã chết trong nửa giờ qua.`,
      )
    },
  ],
  [
    /^(\S+) is missing; its manifest is whole$/,
    copy => told(`Thiếu bản thứ hai ${copy}; bản chính vẫn nguyên vẹn.`),
  ],
  [
    /^(one|\d+) packs? (?:is|are) named by no index object/,
    (packs = '') =>
      told(
        `${packs === 'one' ? 'Một' : packs} gói không có tên trong chỉ mục nào nên việc đọc chậm đi; lần sao lưu tiếp theo sẽ ghi tên chúng.`,
      ),
  ],
  // What the look ahead at a restore told, too.
  [
    /^the connection to (\S+) is not encrypted, as the server offers no TLS: the login( with its password)? /,
    (server = '', password) =>
      told(FINDINGS.CONNECTION_EXPOSED({ server, hasPassword: password !== undefined })),
  ],
  [
    /^the backup is of PostgreSQL (\d+), restored with pg_restore (\S+) into the older (\S+)$/,
    (source = '', tool = '', target = '') =>
      told(FINDINGS.VERSIONS_OLDER({ source: Number(source), tool, target })),
  ],
  [
    /^the backup is of PostgreSQL (\d+), restored with pg_restore (\S+) into (the older )?(\S+)\. Whoever made .+ (\S+) or later$/,
    (source = '', tool = '', older = '', target = '', update = '') =>
      told(
        FINDINGS.VERSIONS_UNSAFE({
          source: Number(source),
          tool,
          target,
          update,
          isOlder: older !== '',
        }),
      ),
  ],
  [
    /^everything belongs to (.+), and nothing is granted to anyone else$/,
    (user = '') => told(FINDINGS.OWNERS_DROPPED({ user })),
  ],
  [
    /^everything goes to the default tablespace: there is no (.+) here$/,
    (names = '') => told(FINDINGS.TABLESPACES_MISSING({ names: namesIn(names) })),
  ],
  [
    /^subscriptions come back disabled, enable them when they should run: (.+)$/,
    (names = '') => told(FINDINGS.SUBSCRIPTIONS_DISABLED({ names: namesIn(names) })),
  ],
]
