import { runCli } from '@umbel/cli'
import type { World } from './world.ts'

/** What a command line came to. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the CLI against this world, as a shell would without a terminal. */
export const umbel = (world: World, ...argv: readonly string[]): Promise<Ran> => umbelIn(world, {}, ...argv)

/** The same with variables of the shell's own. */
export async function umbelIn(
  world: World,
  env: Readonly<Record<string, string>>,
  ...argv: readonly string[]
): Promise<Ran> {
  const said = { stdout: '', stderr: '' }
  const sink = (stream: keyof typeof said) => ({
    isTTY: false,
    write: (text: string) => {
      said[stream] += text
    },
  })
  const code = await runCli(argv, {
    env: {
      UMBEL_API: world.api,
      OIDC_ISSUER: world.issuer,
      KAFKA_BROKERS: world.kafka.brokers,
      KAFKA_TOPIC_PREFIX: world.kafka.topicPrefix,
      ...env,
    },
    folder: '/nonexistent',
    stdout: sink('stdout'),
    stderr: sink('stderr'),
  })
  return { code, ...said }
}
