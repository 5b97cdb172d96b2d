import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { umbel } from '../support/cli.ts'
import { type Example, examplesIn, filledIn, valueAt, wordsOf } from '../support/page-examples.ts'
import type { Master } from '../support/shapes.ts'
import { type Upsert, upsertMessage, upstreamBroker } from '../support/upstream.ts'
import type { Workspace } from '../support/workspace.ts'
import { startWorld, type World } from '../support/world.ts'

const PAGE = new URL('../../docs/using/operations.md', import.meta.url)
const page = await readFile(PAGE, 'utf8')
const examples = examplesIn(page)

const companies = ['Northwind Traders', 'Fabrikam Foods', 'Wingtip Toys', 'Tailspin Air']
const people = ['Ana Lindqvist', 'Ben Okafor', 'Chloe Marchetti', 'Dev Raghunathan']

let world: World
let workspace: Workspace
let folder: string
const kept = new Map<string, string>()

beforeAll(async () => {
  world = await startWorld()
  workspace = await world.workspace('page')
  folder = await mkdtemp(join(tmpdir(), 'umbel-page-'))
  const upserts = [
    { subject: 'problem', sequence: 1, ticket: { subject: 'Login failures', status: 2, master: true } },
    ...people.map(childOf),
  ] satisfies Upsert[]
  await using broker = upstreamBroker(world)
  await broker.publish(upserts.map((upsert) => upsertMessage(workspace, upsert)))
  await until(
    async () =>
      (await workspace.admin.all<Master>('/v1/masters')).some(({ rollup }) => rollup.children.total === people.length),
    { deadlineMs: 60_000, what: 'a master with its children' },
  )
})
afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

const childOf = (name: string, at: number): Upsert => ({
  subject: `login-${at}`,
  sequence: 1,
  ticket: {
    subject: 'Cannot log in',
    status: 2,
    requester: { externalId: `person-${at}`, name, email: `person-${at}@customer-${at}.example` },
    customer: { externalId: `company-${at}`, name: companies[at] ?? '' },
    primaryMaster: 'problem',
  },
})

/** Runs one example and gives its answer. */
async function run(example: Example): Promise<unknown> {
  if (example.kind === 'file') {
    kept.set(example.name, join(folder, example.name))
    return writeFile(join(folder, example.name), example.text)
  }
  if (example.kind === 'request') {
    const path = filledIn(example.path, kept)
    if (example.method === 'GET') return workspace.admin.get(path)
    return workspace.admin.post(path, JSON.parse(filledIn(example.body, kept)))
  }
  const [program, ...words] = wordsOf(example.line, kept)
  expect(program).toBe('umbel')
  const asked = words.map((word) => kept.get(word) ?? word) // a file by its name
  const json = asked.includes('--csv') ? [] : ['-o', 'json']
  const { code, stdout, stderr } = await umbel(world, ...asked, '--workspace', workspace.slug, ...json)
  expect({ code, stderr }).toMatchObject(example.refused ? { code: 4 } : { code: 0, stderr: expect.anything() })
  return example.refused || json.length === 0 ? undefined : lastJson(stdout)
}

/** What a command printed: one JSON value, or one to a line while it watches. */
function lastJson(stdout: string): unknown {
  try {
    return JSON.parse(stdout)
  } catch {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  }
}

it('has examples', () => expect(examples.length).toBeGreaterThan(30))

const nameOf = (example: Example): string =>
  example.kind === 'command'
    ? example.line
    : example.kind === 'request'
      ? `${example.method} ${example.path}`
      : example.name

it.each(examples.map((example) => [nameOf(example), example] as const))('%s', async (_, example) => {
  const answer = await run(example)
  if (example.kind !== 'file')
    for (const [name, path] of Object.entries(example.keep)) kept.set(name, valueAt(answer, path))
})

it('told each customer by name, and nobody another one', () => {
  const told = world.mailbox.messages().map(({ text }) => text)
  for (const name of people) expect(told.some((text) => text.includes(`Hello ${name.split(' ')[0]},`))).toBe(true)
  expect(told.some((text) => companies.some((company) => text.includes(company)))).toBe(false)
})
