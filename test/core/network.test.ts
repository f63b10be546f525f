import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Networks, unreachable } from '../../src/core/network.ts'

describe('networks', () => {
  test('hold the addresses that share their leading bits, and no others', () => {
    const networks = Networks.parse([
      '10.0.0.0/8',
      '192.0.2.128/25',
      '2001:db8::/33',
      '198.51.100.7',
    ])
    for (const address of [
      '10.255.0.1',
      '192.0.2.129',
      '2001:db8:7fff::1',
      '198.51.100.7',
      '::ffff:10.1.2.3',
      '::ffff:a01:203',
    ]) {
      assert.ok(networks.contains(address), address)
    }
    for (const address of [
      '11.0.0.1',
      '192.0.2.127',
      '2001:db8:8000::1',
      '198.51.100.8',
      '::1',
      'ten',
      '',
    ]) {
      assert.ok(!networks.contains(address), address)
    }
    assert.ok(Networks.parse(['0.0.0.0/0']).contains('203.0.113.9'))
    assert.ok(!Networks.parse(['0.0.0.0/0']).contains('2001:db8::1'))
    assert.ok(Networks.parse(['::/0']).contains('2001:db8::1'))
    assert.ok(!Networks.parse([]).contains('127.0.0.1'))
  })

  test('what is no network is refused', () => {
    for (const text of [
      'ten',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/8/8',
      '10.0.0.0/',
      '1.2.3',
    ]) {
      assert.throws(() => Networks.parse([text]), text)
    }
  })
})

describe('S12: where a server connects to on request', () => {
  test('never to metadata, link-local or an address of no host, however it is written', () => {
    for (const address of [
      '169.254.169.254',
      '169.254.0.9',
      '::ffff:169.254.169.254',
      '::ffff:a9fe:a9fe',
      '64:ff9b::a9fe:a9fe',
      '100.100.100.200',
      'fd00:ec2::254',
      'fe80::1',
      'fe80::1%eth0',
      '0.0.0.0',
      '::',
      '255.255.255.255',
      '224.0.0.1',
      'ff02::1',
    ]) {
      assert.ok(unreachable(address, {}), address)
      assert.ok(unreachable(address, { only: ['0.0.0.0/0', '::/0'] }), address)
    }
  })

  test('to databases nearby and far away, unless it is told to which only', () => {
    for (const address of [
      '127.0.0.1',
      '::1',
      '10.0.0.5',
      'fd12::5',
      '192.168.1.1',
      '203.0.113.9',
    ]) {
      assert.equal(unreachable(address, {}), undefined, address)
    }
    const rules = { only: ['10.0.0.0/8'] }
    assert.equal(unreachable('10.0.0.5', rules), undefined)
    for (const address of ['127.0.0.1', '::1', '192.168.1.1', '203.0.113.9']) {
      assert.ok(unreachable(address, rules), address)
    }
  })
})
