import type { Workflows } from '../src/commands/ports.ts'

/** A conductor that takes everything and runs nothing: what is planned and accepted only reaches this far. */
export const resting: Workflows = {
  start: () => Promise.resolve(),
  wake: () => Promise.resolve(),
  runs: () => Promise.resolve(true),
}
