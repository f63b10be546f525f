import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const SERVER = process.env.HOLDFAST_SERVER ?? 'http://127.0.0.1:7420'
const { version } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'),
) as {
  version: string
}
const OUT = join(import.meta.dirname, 'dist')
const ASSETS = join(OUT, 'assets')

/** Nothing is compressed while it is asked for: what the server sends lies beside each file. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  closeBundle() {
    for (const name of readdirSync(ASSETS).filter(one => /\.(js|css|svg)$/.test(one))) {
      const file = join(ASSETS, name)
      const content = readFileSync(file)
      // 9 of 11: the last two cost ten times the time for 3 % of the bytes.
      const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
      writeFileSync(`${file}.br`, brotliCompressSync(content, { params }))
      writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
    }
  },
}

export default defineConfig({
  root: import.meta.dirname,
  // Relative: the same files stand at / and at /backup/.
  base: './',
  define: { HOLDFAST_VERSION: JSON.stringify(version) },
  plugins: [react(), compressed],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: 'es2023',
    // Nothing is written into the page: its policy forbids it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // A file for each sign would cost more than the sign.
            { name: 'signs', test: /@tabler/ },
            // What most pages share: few files compress better than many.
            {
              name: 'shared',
              minShareCount: 26,
              test: /node_modules|web\/src\/(parts|app|data|live)/,
            },
          ],
        },
      },
    },
    chunkSizeWarningLimit: 700,
  },
  server: {
    port: 7421,
    strictPort: true,
    proxy: { '/api': { target: SERVER, ws: true } },
  },
})
