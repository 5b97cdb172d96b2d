import { existsSync } from 'node:fs'
import * as contracts from '@umbel/contracts'
import { describe, expect, it } from 'vitest'
import { readText, root } from './config-variables.ts'
import { flows } from './flow-rows.ts'

const readme = readText('README.md')
const [, map = ''] = /^## The map\n([\s\S]*?)^## /m.exec(readme) ?? []
const walk = [...map.matchAll(/^\| \d+ +\|(.+)\|(.+)\|(.+)\|$/gm)].map(
  ([, enters = '', happens = '', leaves = '']) => ({
    enters,
    happens,
    leaves,
  }),
)
const quoted = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)
const topicOf: ReadonlyMap<string, string> = new Map(
  Object.entries(contracts.topics).flatMap(([owner, owned]) =>
    Object.entries(owned).map(([word, { name }]) => [name, `topics.${owner}.${word}`] as const),
  ),
)
const [, queue] = /OPERATION_TASK_QUEUE = '(.+)'/.exec(readText('packages/workflows/src/operation/types.ts')) ?? []
const rpcs: ReadonlySet<string> = new Set(
  Object.values(contracts).flatMap((each) =>
    typeof each === 'object' && 'kind' in each && each.kind === 'service'
      ? each.methods.map((method) => `${each.name}/${method.name}`)
      : [],
  ),
)

/** `services/ticket/src/…` of the row's first file. */
const homeOf = ({ enters }: (typeof walk)[number]): string => /`(\w+\/src)\//.exec(enters)?.[1] ?? 'nowhere'

describe("the README's map", () => {
  it('has rows', () => {
    expect(walk.length).toBeGreaterThanOrEqual(9)
  })

  it.each(walk)('$enters exists', (row) => {
    const [file = ''] = quoted(row.enters)
    expect(existsSync(`${root}services/${file}`), file).toBe(true)
  })

  it.each(walk)('what happens at $enters is in the code', (row) => {
    let service = ''
    for (const word of quoted(row.happens)) {
      const rpc = word.includes('/') ? word : `${service}/${word}`
      if (word.includes('/')) service = word.split('/')[0] ?? ''
      const files = [word, `commands/${word}.ts`, `queries/${word}.ts`].map((file) => `services/${homeOf(row)}/${file}`)
      const found = topicOf.has(word) || rpcs.has(rpc) || files.some((file) => existsSync(root + file))
      expect(found, word).toBe(true)
    }
  })

  it.each(walk)('what leaves after $enters is what that service says', (row) => {
    const [service = ''] = homeOf(row).split('/')
    const says = flows.find((flow) => flow.service === service)?.says ?? []
    for (const word of quoted(row.leaves)) if (word !== queue) expect(says, word).toContain(topicOf.get(word))
  })

  it('has a row for every topic that is heard', () => {
    for (const { service, hears } of flows)
      for (const { name } of hears) expect(map).toContain(`\`${service}/src/inbound/${name.split('.')[1]}.ts\``)
  })
})

describe('the README', () => {
  it('names scripts that exist', () => {
    const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> }
    const named = [...readme.matchAll(/npm (?:run )?(?:-s )?(start|test|stop|demo|umbel|check|bench)\b/g)]
    expect(named.length).toBeGreaterThan(5)
    for (const [, script = ''] of named) expect(scripts[script], script).toBeDefined()
  })

  it('names ports that the local stack takes', () => {
    const settings = readText('deploy/local/src/settings.ts')
    for (const [, port] of readme.matchAll(/127\.0\.0\.1:(\d+)/g)) expect(settings).toContain(` ${port})`)
  })

  it('names files that exist', () => {
    const files = [...readme.matchAll(/`((?:deploy|docs|test|packages)\/[\w./-]+|[A-Z]+\.md)`/g)]
    expect(files.length).toBeGreaterThan(0)
    for (const [, file = ''] of files) expect(existsSync(root + file), file).toBe(true)
  })
})
