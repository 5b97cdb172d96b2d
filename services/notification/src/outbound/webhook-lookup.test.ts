import { expect, it } from 'vitest'
import { AddressRefused, type Find, lookupAny, lookupOnce, lookupPublic } from './webhook-lookup.ts'

const answering =
  (...addresses: string[]): Find =>
  (_name, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

const ask = (find: Find, all: boolean) =>
  new Promise((resolve, reject) =>
    lookupPublic(find)('hooks.example', { all }, (error, address) => (error ? reject(error) : resolve(address))),
  )

it('connects to what it has judged, and refuses a name that leads inside by any of its addresses', async () => {
  expect(await ask(answering('8.8.8.8', '1.1.1.1'), false)).toBe('8.8.8.8')
  expect(await ask(answering('8.8.8.8'), true)).toEqual([{ address: '8.8.8.8', family: 4 }])
  for (const inside of ['10.0.0.1', '::1', '::ffff:10.0.0.1', '169.254.169.254'])
    await expect(ask(answering('8.8.8.8', inside), true)).rejects.toThrow(AddressRefused)
  await expect(ask(answering(), true)).rejects.toThrow('no address')
})

it('finds any address where that is allowed', async () => {
  const found = new Promise((resolve) =>
    lookupAny(answering('127.0.0.1'))('localhost', { all: true }, (_error, addresses) => resolve(addresses)),
  )
  expect(await found).toEqual([{ address: '127.0.0.1', family: 4 }])
})

it('asks for a name once while it is asked for, and answers all who wait', () => {
  const asked: string[] = []
  const answers: (() => void)[] = []
  const find = lookupOnce((name, options, done) => {
    asked.push(name)
    answers.push(() => answering('8.8.8.8')(name, options, done))
  })
  const heard: string[] = []
  const look = (name: string) => find(name, { all: true }, (_error, [first]) => heard.push(`${name} ${first?.address}`))
  for (const name of ['slow.example', 'slow.example', 'quick.example', 'slow.example']) look(name)
  expect(asked).toEqual(['slow.example', 'quick.example'])
  answers[1]?.()
  expect(heard).toEqual(['quick.example 8.8.8.8'])
  answers[0]?.()
  expect(heard).toEqual(['quick.example 8.8.8.8', ...Array(3).fill('slow.example 8.8.8.8')])
  look('slow.example')
  expect(asked).toEqual(['slow.example', 'quick.example', 'slow.example'])
})
