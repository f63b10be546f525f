import type { RunLineCode } from '../../../../src/client/index.ts'
import { Format } from '../format.ts'
import { units } from './units.ts'

const format = new Format('vi', units)

const CONTROLS: Readonly<Record<string, string>> = {
  pause: 'tạm dừng',
  resume: 'tiếp tục',
  cancel: 'hủy',
  release: 'giải phóng khóa',
  retry: 'thử lại',
}

interface By {
  readonly by: string
}

/** A failure that the line ends with, in words. */
interface Failed {
  readonly why: string
}

/** Lines of the log of a run. Every code has its words: without them this is not built. */
export const RUN_LINES = {
  QUEUED: (d: By) => `Được ${d.by} đưa vào hàng đợi`,
  SKIPPED: (d: Failed) => `Bị bỏ qua: ${d.why}`,
  CLAIMED: () => 'Đã được nhận để thực hiện',
  RESUMED: () => 'Chạy tiếp',
  ASKED_FOR: (d: By & { what: string }) => `${d.by} yêu cầu ${CONTROLS[d.what] ?? d.what}`,
  CANCELLED_BY: (d: By) => `Đã hủy theo yêu cầu của ${d.by}`,
  CANCEL_TOO_LATE: () => 'Hoàn tất: yêu cầu hủy đến quá muộn',
  CANCEL_UNANSWERED: () => 'Đã hủy; tiến trình thực hiện không trả lời kịp',
  ATTEMPT_FAILED: (d: Failed & { attempt: number }) => `Lần thử ${d.attempt} thất bại: ${d.why}`,
  ATTEMPT_LOST: (d: Failed) => `Lần thử này bị mất: ${d.why}`,
  LOST_TOO_OFTEN: (d: Failed & { times: number }) =>
    `Thất bại: đã mất ${d.times} lần thử. Lần cuối: ${d.why}`,
  RELEASED: (d: Failed) => `Thất bại: ${d.why}`,
  NODE_STOPS: () => 'Trả lại hàng đợi: máy chủ thực hiện đang dừng',
  NODE_OUT_OF_TOUCH: () => 'Trả lại hàng đợi: tiến trình thực hiện từng mất liên lạc với danh mục',
  DELETION_DUE: (d: { backup: string; at: string }) =>
    `Bản sao lưu ${d.backup} sẽ bị xóa vào ${format.dateTime(d.at)}`,
} satisfies Record<RunLineCode, (details: never) => string>
