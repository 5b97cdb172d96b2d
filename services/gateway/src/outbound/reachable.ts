import { connect } from 'node:net'

const TIMEOUT_MS = 1000

/** Which of these addresses take a connection now. */
export async function reachable(addresses: Readonly<Record<string, string>>): Promise<Record<string, boolean>> {
  const asked = Object.entries(addresses).map(async ([name, address]) => [name, await answers(address)] as const)
  return Object.fromEntries(await Promise.all(asked))
}

function answers(address: string): Promise<boolean> {
  const at = address.lastIndexOf(':')
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const probe = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)), timeout: TIMEOUT_MS })
  probe.once('connect', () => resolve(true))
  probe.once('timeout', () => resolve(false))
  probe.once('error', () => resolve(false))
  return promise.finally(() => probe.destroy())
}
