import { connect } from 'node:net'
import { isUmbelError } from '@umbel/kernel'
import { apiFor, type Command, DEFAULT_WORKSPACE, type Invocation, noWords } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { table } from '../output.ts'
import type { Settings } from '../settings.ts'

interface Finding {
  readonly part: string
  readonly address: string
  readonly up: boolean
  readonly hint: string
}

const TIMEOUT_MS = 3000

/** `umbel doctor`: what of the stack answers and whether it lets the user in, and what to do about what does not. */
export const doctor: Command = {
  usage: ['doctor'],
  options: {},
  run: async (invocation) => {
    noWords(invocation, 'doctor')
    const { settings, output } = invocation
    const parts = [...(await Promise.all(probes(settings))), ...(await peersOf(settings.api))]
    const signedIn = await signIn(invocation, parts)
    const findings = [...parts, signedIn]
    output.result(findings, () =>
      table(
        ['part', 'address', 'state', 'what to do'],
        findings.map(({ part, address, up, hint }) => [part, address, up ? 'up' : 'down', up ? '' : hint]),
      ),
    )
    return exitCodeOf(parts, signedIn)
  },
}

function exitCodeOf(parts: readonly Finding[], signedIn: Finding): ExitCode {
  if (parts.some(({ up }) => !up)) return exitCodes.unreachable
  return signedIn.up ? exitCodes.ok : exitCodes.refused
}

/** Asks for something that any agent may see; only where somebody answers, for a dead stack would keep it waiting. */
async function signIn(invocation: Invocation, parts: readonly Finding[]): Promise<Finding> {
  const { token } = invocation.settings
  const address = token === undefined ? `admin@${invocation.workspace ?? DEFAULT_WORKSPACE}` : 'UMBEL_TOKEN'
  const finding = (hint: string) => ({ part: 'sign-in', address, up: hint === '', hint })
  const needed = token === undefined ? ['api', 'issuer'] : ['api']
  if (parts.some(({ part, up }) => needed.includes(part) && !up))
    return finding(`needs the ${needed.join(' and the ')}`)
  return apiFor(invocation)
    .get('/v1/masters', { limit: 1 })
    .then(
      () => finding(''),
      (thrown: unknown) => {
        if (isUmbelError(thrown)) return finding(thrown.message)
        throw thrown
      },
    )
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
