import { createReadStream } from 'node:fs'
import { ArchiveReader, type ArchiveSink } from '../src/engines/postgres/archive.ts'
import { OutlineBuilder } from '../src/engines/postgres/outline.ts'
import { Chunker, DEFAULT_SIZES, gearTable } from '../src/repository/chunker.ts'
import { decode } from '../src/repository/codec.ts'
import { Encoder } from '../src/repository/encoder.ts'
import { hmac } from '../src/repository/key-ring.ts'
import { sealInto, TAG_BYTES, unseal } from '../src/repository/seal.ts'
import { inFlight } from '../src/stream/in-flight.ts'
import { Notebook, type Samples } from './results.ts'

/** The longest piece of the dump that is held in memory. */
const MOST_BYTES = 200e6
const PIECE_BYTES = 256 * 1024
const LANES = 6
const DECODES = 4
const KEY = Buffer.alloc(32, 'bench') // always the same cuts
const AAD = Buffer.from('bench')

const NOBODY: ArchiveSink = {
  entry: () => undefined,
  dataStart: () => undefined,
  data: () => undefined,
  largeObjectStart: () => undefined,
  largeObjectEnd: () => undefined,
  dataEnd: () => undefined,
}

/** Measures each step of the data path alone, on the beginning of a dump, so that a regression can be located. */
export async function measureParts(dump: string, runs: number): Promise<Samples> {
  const book = new Notebook()
  const pieces = await readPieces(dump)
  const chunks = cut(pieces)
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const encoder = new Encoder(DEFAULT_SIZES.max)
  const encode = (chunk: Buffer) => encodeOne(encoder, chunk)
  const encoded = await inTurn(LANES, chunks, encode)
  const sealed = encoded.map(one => seal(one.bytes))
  const steps: Record<string, () => unknown> = {
    'archive parser': () => parse(pieces, NOBODY),
    'archive parser and outline': () => parse(pieces, new OutlineBuilder(new Set())),
    'chunker, with its copy': () => cut(pieces),
    'HMAC of chunks': () => chunks.map(chunk => hmac(KEY, chunk)),
    [`zstd and its proof, ${LANES} lanes`]: () => inTurn(LANES, chunks, encode),
    'seal of compressed chunks': () => encoded.map(one => seal(one.bytes)),
    'unseal of compressed chunks': () => sealed.map(one => unseal(KEY, AAD, one)),
    [`decompression, ${DECODES} at once`]: () =>
      inTurn(DECODES, encoded, (one, at) =>
        decode(one.codec, one.bytes, chunks[at]?.length ?? 0, 'a chunk'),
      ),
  }
  for (let round = 0; round <= runs; round += 1) {
    for (const [name, step] of Object.entries(steps)) {
      const began = performance.now()
      await step()
      const seconds = (performance.now() - began) / 1000
      if (round > 0) book.add(name, { seconds, bytes }) // the first one warms the code up
    }
  }
  encoder.close()
  return book.samples()
}

async function readPieces(dump: string): Promise<Buffer[]> {
  const pieces: Buffer[] = []
  const stream = createReadStream(dump, { highWaterMark: PIECE_BYTES, end: MOST_BYTES })
  for await (const piece of stream) pieces.push(piece as Buffer)
  return pieces
}

function parse(pieces: readonly Buffer[], sink: ArchiveSink): void {
  const reader = new ArchiveReader(sink)
  for (const piece of pieces) reader.push(piece)
}

function cut(pieces: readonly Buffer[]): Buffer[] {
  const chunker = new Chunker(
    gearTable(counter => hmac(KEY, Buffer.of(counter))),
    DEFAULT_SIZES,
  )
  const room = Buffer.allocUnsafeSlow(pieces.reduce((sum, piece) => sum + piece.length, 0))
  const chunks: Buffer[] = []
  let start = 0
  let end = 0
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; ) {
      const cut = chunker.nextCut(piece, from)
      const to = cut < 0 ? piece.length : cut
      end += piece.copy(room, end, from, to)
      from = to
      if (cut < 0) continue
      chunks.push(room.subarray(start, end))
      start = end
    }
  }
  return end > start ? [...chunks, room.subarray(start, end)] : chunks
}

async function encodeOne(encoder: Encoder, chunk: Buffer) {
  const lane = await encoder.take()
  chunk.copy(lane.plain)
  const { codec, bytes } = await lane.encode(chunk.length)
  const own = Buffer.from(bytes) // what stays as it is still lies in the lane
  encoder.release(lane)
  return { codec, bytes: own }
}

function seal(bytes: Uint8Array): Buffer {
  const target = Buffer.allocUnsafe(bytes.length + TAG_BYTES)
  sealInto(target, 0, KEY, AAD, bytes)
  return target
}

async function inTurn<In, Out>(
  limit: number,
  items: readonly In[],
  work: (item: In, at: number) => Promise<Out>,
): Promise<Out[]> {
  const all: Out[] = []
  const numbered = items.entries()
  for await (const one of inFlight(limit, numbered, ([at, item]) => work(item, at))) all.push(one)
  return all
}
