import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { playFirstDemo } from '../src/first-demo.ts'
import { readSettings } from '../src/settings.ts'

let home = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'umbel-first-demo-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

const settings = (root: string) => ({ ...readSettings(), root, home, playedFile: join(home, 'demo-played') })

it('says why a demo failed that knows no stack, and plays it again at the next start', async () => {
  const here = settings(resolve(import.meta.dirname, '../../..'))
  const said: string[] = []
  expect(await playFirstDemo(here, (line) => said.push(line))).toBe('failed')
  expect(said.at(-1)).toMatch(/^The demo failed: exit code [1-9]\d*, see above\. The services stay up/)
  expect(existsSync(here.playedFile)).toBe(false)
})

it('says why a demo failed that could not be begun', async () => {
  const said: string[] = []
  expect(await playFirstDemo(settings(join(home, 'nowhere')), (line) => said.push(line))).toBe('failed')
  expect(said.at(-1)).toContain('The demo failed: Error: spawn')
})

it('plays it once', async () => {
  const cli = join(home, 'packages', 'cli', 'src')
  await mkdir(cli, { recursive: true })
  await writeFile(join(cli, 'main.ts'), '')
  expect(await playFirstDemo(settings(home), () => {})).toBe('played')
  expect(await playFirstDemo(settings(home), () => {})).toBe('known')
})
