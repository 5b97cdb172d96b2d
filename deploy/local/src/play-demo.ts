import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { childEnv } from './infra/config.ts'
import type { Settings } from './settings.ts'

/** Plays the login outage through the CLI, as anybody could; returns its exit code. Its output is ours. */
export async function playDemo({ root, home }: Settings, args: readonly string[] = []): Promise<number> {
  const cli = `${root}/packages/cli/src/main.ts`
  const child = spawn(process.execPath, ['--conditions=source', cli, 'demo', ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: childEnv({ UMBEL_HOME: home }),
  })
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 1
}
