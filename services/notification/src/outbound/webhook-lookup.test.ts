import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { LookupFunction } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import {
  AddressRefused,
  type Find,
  findBy,
  lookupAny,
  lookupOnce,
  lookupPublic,
  webhookResolver,
} from './webhook-lookup.ts'

afterEach(() => void vi.useRealTimers())

const answering =
  (...addresses: string[]): Find =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))

const ask = (lookup: LookupFunction, all: boolean) =>
  new Promise((resolve, reject) =>
    lookup('hooks.example', { all }, (error, address) => (error ? reject(error) : resolve(address))),
  )

it('connects to what it has judged, and refuses a name that leads inside by any of its addresses', async () => {
  expect(await ask(lookupPublic(answering('8.8.8.8', '1.1.1.1')), false)).toBe('8.8.8.8')
  expect(await ask(lookupPublic(answering('8.8.8.8')), true)).toEqual([{ address: '8.8.8.8', family: 4 }])
  for (const inside of ['10.0.0.1', '::1', '::ffff:10.0.0.1', '169.254.169.254'])
    await expect(ask(lookupPublic(answering('8.8.8.8', inside)), true)).rejects.toThrow(AddressRefused)
  await expect(ask(lookupPublic(answering()), true)).rejects.toThrow('no address')
})

it('finds any address where that is allowed', async () => {
  expect(await ask(lookupAny(answering('127.0.0.1')), true)).toEqual([{ address: '127.0.0.1', family: 4 }])
})

it('asks for a name once while it is asked for, and answers all who wait', async () => {
  const asked: string[] = []
  const slow = Promise.withResolvers<Awaited<ReturnType<Find>>>()
  const find = lookupOnce((name) => {
    asked.push(name)
    return name === 'slow.example' ? slow.promise : answering('8.8.8.8')(name)
  })
  const waiting = ['slow.example', 'slow.example', 'quick.example', 'slow.example'].map(find)
  expect(asked).toEqual(['slow.example', 'quick.example'])
  expect(await waiting[2]).toMatchObject([{ address: '8.8.8.8' }])
  slow.resolve(await answering('1.1.1.1')('slow.example'))
  expect(await Promise.all(waiting)).toHaveLength(4)
  await find('slow.example')
  expect(asked).toEqual(['slow.example', 'quick.example', 'slow.example'])
})

it('does not ask again for 30 s for a name that was not found', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  let asked = 0
  const find = lookupOnce(() => {
    asked += 1
    return Promise.reject(new Error('ENOTFOUND'))
  })
  for (const _ of [1, 2, 3]) await expect(find('gone.example')).rejects.toThrow('ENOTFOUND')
  vi.advanceTimersByTime(29_999)
  await expect(find('gone.example')).rejects.toThrow('ENOTFOUND')
  expect(asked).toBe(1)
  vi.advanceTimersByTime(1)
  await expect(find('gone.example')).rejects.toThrow('ENOTFOUND')
  expect(asked).toBe(2)
})

/** A DNS server that knows these names by their first label, and says nothing about others. */
async function startDns(known: Readonly<Record<string, { readonly v4?: number[]; readonly v6?: number[] }>>) {
  const server = createSocket('udp4')
  server.on('message', (query, from) => {
    const label = query.subarray(13, 13 + (query[12] ?? 0)).toString()
    const question = query.subarray(12, query.indexOf(0, 12) + 5)
    const type = question.at(-3) ?? 0
    const name = known[label]
    if (name === undefined) return
    const data = (type === 1 ? name.v4 : name.v6) ?? []
    const found = data.length === 0 ? [] : [0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length, ...data]
    const head = [0x81, 0x80, 0, 1, 0, found.length > 0 ? 1 : 0, 0, 0, 0, 0]
    server.send(Buffer.from([...query.subarray(0, 2), ...head, ...question, ...found]), from.port, from.address)
  })
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  const resolver = webhookResolver()
  resolver.setServers([`127.0.0.1:${server.address().port}`])
  return { find: findBy(resolver), [Symbol.dispose]: () => void server.close() }
}

it('finds all addresses of a name, of either family, and localhost without asking', async () => {
  const v6 = [0x20, 1, ...Array<number>(13).fill(0), 9]
  using dns = await startDns({ both: { v4: [8, 8, 8, 8], v6 }, six: { v6 }, none: {} })
  const addresses = async (name: string) => (await dns.find(name)).map(({ address, family }) => `${family} ${address}`)
  expect(await addresses('both.example')).toEqual(['4 8.8.8.8', '6 2001::9'])
  expect(await addresses('six.example')).toEqual(['6 2001::9'])
  await expect(addresses('none.example')).rejects.toMatchObject({ code: 'ENODATA' })
  for (const name of ['localhost', 'LOCALHOST.', 'a.localhost'])
    expect(await addresses(name)).toEqual(['4 127.0.0.1', '6 ::1'])
})

it('finds a name while a hundred others are asked for whose servers say nothing, and gives those up', async () => {
  using dns = await startDns({ quick: { v4: [8, 8, 8, 8] } })
  const ends: string[] = []
  const look = (name: string) =>
    dns.find(`${name}.example`).then(
      () => ends.push('found'),
      ({ code }: NodeJS.ErrnoException) => ends.push(String(code)),
    )
  await Promise.all([...Array.from({ length: 100 }, (_, n) => look(`dead${n}`)), look('quick')])
  expect(ends).toEqual(['found', ...Array<string>(100).fill('ETIMEOUT')])
})
