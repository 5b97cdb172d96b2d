import { dropTemplates } from '@umbel/test-kit'
import { startTestServers } from './servers.ts'

// The projects "int" and "flow" both ask for this setup, and vitest may load it once for each: what they share has to
// live beyond the module.
const SHARED = Symbol.for('umbel.test-servers')
interface Shared {
  users: number
  servers: Promise<AsyncDisposable>
}
const house: typeof globalThis & { [SHARED]?: Shared } = globalThis

/** Starts the servers for whoever comes first; the last to leave ends them. */
export async function setup(): Promise<() => Promise<void>> {
  house[SHARED] ??= { users: 0, servers: startTestServers() }
  const shared = house[SHARED]
  shared.users += 1
  const servers = await shared.servers
  return async () => {
    shared.users -= 1
    if (shared.users > 0) return
    delete house[SHARED]
    try {
      await dropTemplates()
    } finally {
      await servers[Symbol.asyncDispose]()
    }
  }
}
