import { connect } from 'node:net'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { table } from '../output.ts'
import type { Settings } from '../settings.ts'

interface Finding {
  readonly part: string
  readonly address: string
  readonly up: boolean
  readonly hint: string
}

const TIMEOUT_MS = 3000

/** `umbel doctor`: what of the stack answers, and what to do about what does not. */
export const doctor: Command = {
  usage: ['doctor'],
  options: {},
  run: async ({ settings, output }) => {
    const findings = [...(await Promise.all(probes(settings))), ...(await peersOf(settings.api))]
    output.result(findings, () =>
      table(
        ['part', 'address', 'state', 'what to do'],
        findings.map(({ part, address, up, hint }) => [part, address, up ? 'up' : 'down', up ? '' : hint]),
      ),
    )
    return findings.every(({ up }) => up) ? exitCodes.ok : exitCodes.unreachable
  },
}

function probes({ api, issuer, kafka, mail, temporalUi }: Settings): Promise<Finding>[] {
  return [
    web('api', `${api}/healthz`, 'npm start, or set UMBEL_API'),
    web('issuer', issuer && `${issuer}/.well-known/openid-configuration`, 'npm start, or set OIDC_ISSUER'),
    socket('kafka', kafka?.split(',')[0], 'npm start, or set KAFKA_BROKERS'),
    ...(mail === undefined ? [] : [web('mail', `${mail}/api/healthz`, 'see .umbel/logs/mail.log')]),
    ...(temporalUi === undefined ? [] : [web('temporal ui', temporalUi, 'see .umbel/logs/temporal.log')]),
  ]
}

async function web(part: string, url: string | undefined, hint: string): Promise<Finding> {
  if (url === undefined) return { part, address: '-', up: false, hint }
  const up = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).then(
    (response) => response.ok,
    () => false,
  )
  return { part, address: new URL(url).origin, up, hint }
}

async function socket(part: string, address: string | undefined, hint: string): Promise<Finding> {
  const [host, port] = address?.split(':') ?? []
  if (address === undefined || host === undefined) return { part, address: '-', up: false, hint }
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const probe = connect({ host, port: Number(port), timeout: TIMEOUT_MS })
  probe.once('connect', () => resolve(true))
  probe.once('timeout', () => resolve(false))
  probe.once('error', () => resolve(false))
  const up = await promise
  probe.destroy()
  return { part, address, up, hint }
}

// the gateway knows its peers; their databases are theirs to look after
async function peersOf(api: string): Promise<Finding[]> {
  try {
    const response = await fetch(`${api}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    const { peers } = (await response.json()) as { peers: Readonly<Record<string, boolean>> }
    const hint = 'see its log under .umbel/logs/'
    return Object.entries(peers).map(([part, up]) => ({ part, address: 'through the gateway', up, hint }))
  } catch (thrown) {
    return [{ part: 'services', address: api, up: false, hint: thrown instanceof Error ? thrown.message : 'no answer' }]
  }
}
