import { existsSync } from 'node:fs'
import * as contracts from '@umbel/contracts'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readText, root } from './config-variables.ts'
import { flows } from './flow-rows.ts'

const { allTopics, topics } = contracts
const nameOf: ReadonlyMap<string, string> = new Map(
  Object.entries(topics).flatMap(([owner, owned]) =>
    Object.entries(owned).map(([word, { name }]) => [`topics.${owner}.${word}`, name] as const),
  ),
)
const descriptors: readonly string[] = Object.values(contracts).flatMap((each) =>
  typeof each === 'object' && 'kind' in each && each.kind === 'service' ? [each.name] : [],
)

describe('the topics', () => {
  it('are the same in the catalogue and in topics.yaml', () => {
    const file: { topics: { name: string; partitions: number }[] } = parse(readText('deploy/kafka/topics.yaml'))
    const written = file.topics.map(({ name, partitions }) => ({ name, partitions }))
    expect(written).toEqual(allTopics.map(({ name, partitions }) => ({ name, partitions })))
  })

  it('are said by their owner and nobody else; what comes in from outside, by the gateway', () => {
    const sayers = flows.flatMap(({ service, says }) => says.map((topic) => `${service} says ${topic}`))
    const owners = [...nameOf.keys()].flatMap((topic) => {
      const [, owner] = topic.split('.')
      const service = owner === 'inbound' ? 'gateway' : owner
      // a contract may be heard before the service that keeps it is there
      return existsSync(`${root}services/${service}`) ? `${service} says ${topic}` : []
    })
    expect(sayers.sort()).toEqual(owners.sort())
  })

  it('are named after their owner', () => {
    for (const [topic, name] of nameOf) expect(name.split('.').slice(0, 2)).toEqual(['umbel', topic.split('.')[1]])
  })

  it('are heard only where they exist', () => {
    for (const { hears } of flows) for (const { topic } of hears) expect(nameOf.has(topic), topic).toBe(true)
  })
})

describe('the handlers', () => {
  const heard = flows.flatMap(({ service, hears }) => hears.map((row) => ({ service, ...row })))

  it('have names of their own: they are consumer groups', () => {
    const names = heard.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(0)
  })

  it.each(heard)('$name is the file of that name in inbound/', ({ service, name }) => {
    const [owner, file, ...more] = name.split('.')
    expect(more).toEqual([])
    expect(owner).toBe(service)
    expect(existsSync(`${root}services/${service}/src/inbound/${file}.ts`)).toBe(true)
  })
})

describe('the services', () => {
  it('serve every service of the contracts, each in one place; dead letters wherever something is heard', () => {
    const served = flows.flatMap(({ serves }) => serves).filter((name) => name !== 'DeadLetterService')
    expect(served.sort()).toEqual(descriptors.filter((name) => name !== 'DeadLetterService').sort())
    for (const { hears, serves, service } of flows)
      expect(serves.includes('DeadLetterService'), service).toBe(hears.length > 0)
  })
})
