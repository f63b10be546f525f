/** What operations work with, for those who pass it in and may not reach below operations themselves. */
export type { Database, Engine } from '../engines/engine.ts'
export type {
  CheckReport,
  DamagedBackup,
  Key,
  KeySlot,
  Repository,
} from '../repository/repository.ts'
