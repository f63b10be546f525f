import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto'

// X.509 is written in DER: every value is a tag, a length and its bytes.

const value = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const size = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}
const sequence = (...parts: readonly Uint8Array[]) => value(0x30, ...parts)
const hex = (digits: string) => Buffer.from(digits, 'hex')
const time = (at: Date) =>
  value(0x18, Buffer.from(`${at.toISOString().replaceAll(/[-:T]|\..*/g, '')}Z`))

const COMMON_NAME = hex('0603550403')
const ECDSA_WITH_SHA256 = sequence(hex('06082a8648ce3d040302'))
const SUBJECT_ALT_NAME = hex('0603551d11')
const LOOPBACK = value(0x87, Buffer.from([127, 0, 0, 1]))

const named = (name: string) =>
  sequence(value(0x31, sequence(COMMON_NAME, value(0x0c, Buffer.from(name)))))

/** A certificate for localhost and 127.0.0.1 that nobody has signed but itself, with its key; both in PEM. */
export function selfSigned(name: string): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const names = sequence(value(0x82, Buffer.from('localhost')), LOOPBACK)
  const extensions = sequence(sequence(SUBJECT_ALT_NAME, value(0x04, names)))
  const day = 86_400_000
  const signed = sequence(
    value(0xa0, hex('020102')),
    value(0x02, Buffer.from([1]), randomBytes(8)),
    ECDSA_WITH_SHA256,
    named(name),
    sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + 30 * day))),
    named(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    value(0xa3, extensions),
  )
  const signature = createSign('sha256').update(signed).sign(privateKey)
  const whole = sequence(signed, ECDSA_WITH_SHA256, value(0x03, Buffer.from([0]), signature))
  const lines = whole.toString('base64').replaceAll(/.{64}/g, '$&\n').trim()
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
