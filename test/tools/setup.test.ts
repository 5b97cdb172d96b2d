import { spawnSync } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

const SETUP = fileURLToPath(new URL('../../tools/setup.mjs', import.meta.url))

let tree: string
beforeAll(async () => {
  tree = await realpath(await mkdtemp(join(tmpdir(), 'umbel-setup-')))
  for (const folder of ['tools', 'bin', 'node_modules', 'elsewhere']) await mkdir(join(tree, folder))
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) await writeFile(join(tree, file), '')
  await copyFile(SETUP, join(tree, 'tools/setup.mjs'))
  // stands in for the one that fetches pnpm; it sets INIT_CWD anew, as npx does
  await writeFile(join(tree, 'bin/npx'), '#!/bin/sh\nINIT_CWD=$PWD\nprintf %s "$UMBEL_CWD"\n')
  await chmod(join(tree, 'bin/npx'), 0o755)
})
afterAll(() => rm(tree, { recursive: true }))

it.each<[string, Record<string, string>, () => string]>([
  ['npm says', { INIT_CWD: '/home/ana' }, () => '/home/ana'],
  ['it was started, without npm', {}, () => join(tree, 'elsewhere')],
])('hands on where the user is: where %s', (_, env, expected) => {
  const run = spawnSync(process.execPath, [join(tree, 'tools/setup.mjs'), 'do:umbel'], {
    cwd: join(tree, 'elsewhere'),
    encoding: 'utf8',
    env: { PATH: `${join(tree, 'bin')}:${process.env.PATH}`, ...env },
  })
  expect([run.status, run.stdout]).toEqual([0, expected()])
})
