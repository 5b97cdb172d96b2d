import { run } from './infra/run.ts'

/** Plays the login outage through the CLI, as anybody could. */
export async function playDemo(root: string): Promise<void> {
  const said = await run(process.execPath, ['--conditions=source', `${root}/packages/cli/src/main.ts`, 'demo'], {
    cwd: root,
  })
  process.stdout.write(said)
}
