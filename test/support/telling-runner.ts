// A runner that writes down, in the file that it is told in its arguments, what it was given before it begins.
import { writeFileSync } from 'node:fs'
import process from 'node:process'

process.once('message', order => {
  writeFileSync(process.argv[2] ?? '', JSON.stringify({ order, env: process.env }))
})
await import('../../src/runner.ts')
