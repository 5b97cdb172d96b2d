import { fileURLToPath } from 'node:url'
import { givenAddress } from './config.ts'
import { useGiven } from './given.ts'
import { takePort } from './ports.ts'
import { answers, startReady } from './ready.ts'
import type { Server } from './server.ts'

const ENTRY = fileURLToPath(new URL('../issuer-main.ts', import.meta.url))

export interface IssuerOptions {
  readonly logFolder: string
  /** 0: any free one. */
  readonly port: number
}

/** A signer of development tokens; its address is the issuer's URL. Nothing starts when OIDC_ISSUER is set. */
export async function startIssuer(options: IssuerOptions): Promise<Server> {
  const given = givenAddress('OIDC_ISSUER')
  if (given) return useGiven('OIDC_ISSUER', given, () => answers(discovery(given)))
  const port = await takePort({ port: options.port, use: 'the token issuer', variable: 'UMBEL_ISSUER_PORT' })
  const address = `http://127.0.0.1:${port}`
  const command = {
    name: 'issuer',
    command: process.execPath,
    args: ['--conditions=source', ENTRY, String(port)],
    logFolder: options.logFolder,
  }
  const child = await startReady(command, () => answers(discovery(address)))
  return { address, given: false, [Symbol.asyncDispose]: child.stop }
}

const discovery = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
