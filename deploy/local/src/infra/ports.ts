import { once } from 'node:events'
import { createServer } from 'node:net'
import { unavailable } from '@umbel/kernel'

/** A port that somebody is about to bind, and the variable that moves it elsewhere. */
export interface PortUse {
  readonly port: number
  readonly use: string
  readonly variable: string
}

/** The given port after checking that it is free on loopback, or any free one when it is 0. */
export async function takePort({ port, use, variable }: PortUse): Promise<number> {
  const server = createServer()
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true })
    await once(server, 'listening')
  } catch (cause) {
    const sentence = `Port ${port}, meant for ${use}, is taken: stop what listens there, or set ${variable}.`
    throw unavailable('port-taken', sentence, { cause })
  }
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : port
}
