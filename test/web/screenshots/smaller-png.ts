import { crc32, deflateSync, inflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
const MOST_COLOURS = 256
/** Bytes of a pixel by the colour type of a PNG with 8 bits a channel. */
const CHANNELS: Readonly<Record<number, number>> = { 2: 3, 6: 4 }

/**
 * A picture of a screen with at most 256 colours: the most frequent ones, and for each other one the nearest of
 * these. Screens have few colours but for the edges of letters, so nobody sees it, and a third of the bytes is left.
 */
export function smallerPng(png: Buffer): Buffer {
  const { width, height, channels, pixels } = pixelsOf(png)
  const colours = new Map<number, number>()
  const each = (work: (colour: number, at: number) => void) => {
    for (let at = 0; at < width * height; at += 1) work(pixels.readUIntBE(at * channels, 3), at)
  }
  each(colour => colours.set(colour, (colours.get(colour) ?? 0) + 1))
  const palette = [...colours]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_COLOURS)
    .map(([colour]) => colour)
  const places = new Map([...colours.keys()].map(colour => [colour, nearest(colour, palette)]))
  // Each line begins with its filter: none.
  const lines = Buffer.alloc((width + 1) * height)
  each((colour, at) => {
    lines[at + Math.floor(at / width) + 1] = places.get(colour) ?? 0
  })
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3], 8)
  const table = Buffer.alloc(palette.length * 3)
  for (const [at, colour] of palette.entries()) table.writeUIntBE(colour, at * 3, 3)
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', table),
    chunk('IDAT', deflateSync(lines, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function nearest(colour: number, palette: readonly number[]): number {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (const [at, other] of palette.entries()) {
    const red = (colour >> 16) - (other >> 16)
    const green = ((colour >> 8) & 255) - ((other >> 8) & 255)
    const blue = (colour & 255) - (other & 255)
    const distance = 2 * red * red + 4 * green * green + 3 * blue * blue
    if (distance < least) [best, least] = [at, distance]
  }
  return best
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}

interface Pixels {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly pixels: Buffer
}

/** Reads what browsers write: 8 bits a channel, in one pass. */
function pixelsOf(png: Buffer): Pixels {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  const channels = CHANNELS[png.readUInt8(25)]
  if (png.readUInt8(24) !== 8 || channels === undefined || png.readUInt8(28) !== 0) {
    throw new Error('a picture of this kind cannot be made smaller')
  }
  const parts: Buffer[] = []
  for (let at = SIGNATURE.length; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') {
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
    }
  }
  const pixels = unfiltered(inflateSync(Buffer.concat(parts)), width * channels, channels)
  return { width, height, channels, pixels }
}

/** Undoes the filter of each line: a byte tells how it differs from those left of it and above it. */
function unfiltered(filtered: Buffer, stride: number, channels: number): Buffer {
  const lines = filtered.length / (stride + 1)
  const bytes = Buffer.alloc(lines * stride)
  for (let line = 0; line < lines; line += 1) {
    const kind = filtered[line * (stride + 1)] ?? 0
    for (let x = 0; x < stride; x += 1) {
      const at = line * stride + x
      const left = x < channels ? 0 : (bytes[at - channels] ?? 0)
      const above = bytes[at - stride] ?? 0
      const corner = x < channels ? 0 : (bytes[at - stride - channels] ?? 0)
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][kind] ?? 0
      bytes[at] = (filtered[line * (stride + 1) + 1 + x] ?? 0) + guess
    }
  }
  return bytes
}

function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs)
  if ((a ?? 0) <= (b ?? 0) && (a ?? 0) <= (c ?? 0)) return left
  return (b ?? 0) <= (c ?? 0) ? above : corner
}
