import http from 'node:http'
import https from 'node:https'
import type { Post } from '../commands/send-webhooks.ts'
import type { PostResult } from '../domain/webhook-attempt.ts'
import { namesInside } from './webhook-address.ts'
import { AddressRefused, findBy, lookupAny, lookupOnce, lookupPublic, webhookResolver } from './webhook-lookup.ts'
import { signatureOf } from './webhook-signature.ts'

export interface WebhookClientOptions {
  /** Whether addresses of this house are reached. */
  readonly allowPrivate: boolean
  readonly now: () => Date
}

/** The specification asks for 15 to 30 s. */
const TIMEOUT_MS = 20_000
const MOST_TO_READ = 64 * 1024

/**
 * Posts signed messages over kept connections, as many as whoever asks has in flight: endpoints at one host, of which one
 * hangs, wait for no connection of each other. Redirects are not followed.
 */
export function createWebhookClient({ allowPrivate, now }: WebhookClientOptions): Post & Disposable {
  const find = lookupOnce(findBy(webhookResolver()))
  const options = { keepAlive: true, lookup: allowPrivate ? lookupAny(find) : lookupPublic(find) }
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) }
  const post: Post = async ({ url, id, payload, secrets }) => {
    // an address in place of a name is never looked up
    if (!allowPrivate && namesInside(url)) return { kind: 'failed', reason: 'address-refused' }
    const seconds = Math.floor(now().getTime() / 1_000)
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(payload),
      'user-agent': 'Umbel-Webhooks/1',
      'webhook-id': id,
      'webhook-timestamp': String(seconds),
      'webhook-signature': signatureOf(id, seconds, payload, secrets),
    }
    return postOver({ agents, url: new URL(url), headers, payload, now, deadline: performance.now() + TIMEOUT_MS })
  }
  return Object.assign(post, {
    [Symbol.dispose]() {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  })
}

interface Agents {
  readonly 'http:': http.Agent
  readonly 'https:': https.Agent
}

interface Attempt {
  readonly agents: Agents
  readonly url: URL
  readonly headers: http.OutgoingHttpHeaders
  readonly payload: string
  readonly now: () => Date
  /** By the monotonic clock. */
  readonly deadline: number
}

function postOver(attempt: Attempt): Promise<PostResult> {
  const { agents, url, headers, payload, now, deadline } = attempt
  const secure = url.protocol === 'https:'
  const agent = secure ? agents['https:'] : agents['http:']
  return new Promise((resolve) => {
    const request = (secure ? https : http).request(url, { method: 'POST', agent, headers })
    let late = false
    let answered = false
    const timer = setTimeout(() => {
      late = true
      request.destroy(new Error('the endpoint took too long'))
    }, deadline - performance.now())
    // the first result stands
    const done = (result: PostResult | Promise<PostResult>) => {
      clearTimeout(timer)
      resolve(result)
    }
    request.on('response', (response) => {
      answered = true
      drain(response, () => done(toResult(response, now())))
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (answered && !late) return undefined // the end of the answer says what it was
      // the endpoint closed a kept connection while the message was on its way
      if (!late && request.reusedSocket && error.code === 'ECONNRESET') return done(postOver(attempt))
      return done({ kind: 'failed', reason: reasonOf(error, late) })
    })
    // a 101 that nobody asked for ends the connection with neither an answer nor an error
    request.on('close', () => {
      if (!answered) done({ kind: 'failed', reason: late ? 'timeout' : 'connection-failed' })
    })
    request.end(payload)
  })
}

/** Reads an answer to its end, or cuts it off, so that its connection can be used again. */
function drain(response: http.IncomingMessage, done: () => void): void {
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MOST_TO_READ) response.destroy()
  })
  response.on('close', done) // also where it breaks off: the status has been said
  response.on('error', done)
}

const toResult = ({ statusCode = 0, headers }: http.IncomingMessage, now: Date): PostResult => ({
  kind: 'answered',
  status: statusCode,
  retryAfterMs: readRetryAfter(headers['retry-after'], now),
})

/** Seconds, or a date (RFC 9110 §10.2.3); null where it says neither. */
export function readRetryAfter(text: string | undefined, now: Date): number | null {
  if (text === undefined) return null
  if (/^\s*\d{1,9}\s*$/.test(text)) return Number(text) * 1_000
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}

function reasonOf(error: Error, late: boolean): 'timeout' | 'connection-failed' | 'address-refused' {
  if (late) return 'timeout'
  return error instanceof AddressRefused ? 'address-refused' : 'connection-failed'
}
