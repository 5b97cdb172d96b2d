import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { describe, expect, it } from 'vitest'
import { bundle } from './bundle.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const recorded = new URL('histories/operation/', import.meta.url)
const MAX_PAYLOAD = 16 * 1024

const ends = [
  'happy',
  'cancelled',
  'cancel-requested',
  'cancel-requested-in-hold',
  'failed',
  'retried',
  'retried-by-update',
  'continued',
]
const ways = [...ends, 'many-slices', 'queued', 'holding', 'paused', 'woken', 'rated', 'waiting'].sort()

const names = (await readdir(recorded)).map((file) => file.replace('.json', '')).sort()
const text = (name: string) => readFile(new URL(`${name}.json`, recorded), 'utf8')

/** What became of each recorded history under this bundle: the error, or undefined. */
async function replay(workflowBundle: Awaited<ReturnType<typeof bundle>>) {
  const histories = await Promise.all(
    names.map(async (name) => ({ workflowId: name, history: historyFromJSON(JSON.parse(await text(name))) })),
  )
  const outcomes = new Map<string, Error | undefined>()
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories))
    outcomes.set(workflowId, error)
  return outcomes
}

describe('the recorded histories', () => {
  it('of every way an operation can go are replayed by the workflow as it is', async () => {
    const outcomes = await replay(await bundle())
    expect([...outcomes.keys()].sort()).toEqual(names)
    expect([...outcomes.values()].filter((error) => error !== undefined)).toEqual([])
    expect(names).toEqual(ways)
  }, 30_000)

  it('find a workflow that does one thing more than was recorded', async () => {
    const folder = await mkdtemp(join(here, 'changed-'))
    try {
      const story = await readFile(new URL('../src/operation/workflow.ts', import.meta.url), 'utf8')
      const changed = story
        .replaceAll("'./", "'../../src/operation/")
        .replace('let cursor =', 'await condition(() => false, 1000)\n  let cursor =')
      await writeFile(join(folder, 'index.ts'), changed)
      const outcomes = await replay(await bundle(join(folder, 'index.ts')))
      expect(outcomes.get('happy')?.name).toBe('DeterminismViolationError')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }, 30_000)

  it('hold payloads of ids and counts, none larger than 16 KiB', async () => {
    for (const name of names) {
      const payloads = (await text(name)).match(/"data": "[^"]*"/g) ?? []
      expect(payloads.length).toBeGreaterThan(0)
      expect(payloads.filter((payload) => payload.length > MAX_PAYLOAD)).toEqual([])
    }
  })
})
