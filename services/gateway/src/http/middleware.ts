import { randomBytes } from 'node:crypto'
import { isId, newId } from '@umbel/kernel/ids'
import type { RequestHandler } from 'express'
import type { Authenticated } from './authenticate.ts'

/** The lines that the gateway writes. */
export interface Log {
  info(fields: object, line: string): void
  error(fields: object, line: string): void
}

/** What a browser must not do with these answers. */
export const secureHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
  response.setHeader('cache-control', 'no-store')
  next()
}

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/
const REQUEST_ID = /^[\w.-]{1,100}$/

/** Every request has an id and a trace: the caller's where they are well formed, fresh ones else. */
export const traced: RequestHandler = (request, response, next) => {
  const asked = request.get('x-request-id')
  response.setHeader('x-request-id', asked !== undefined && REQUEST_ID.test(asked) ? asked : newId())
  if (!TRACEPARENT.test(request.get('traceparent') ?? ''))
    request.headers.traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`
  next()
}

const NUMBER = /^#?\d{1,15}$/

/** Keeps the ids and numbers that the path names for the request's line. Other words of a path may be anything. */
export const keepIds: RequestHandler = (request, response, next) => {
  const named = Object.entries(request.params).filter(([, word]) => typeof word === 'string' && isNamed(word))
  response.locals.ids = Object.fromEntries(named)
  next()
}

const isNamed = (word: string): boolean => isId(word.toLowerCase()) || NUMBER.test(word)

/** One line per request: the route's pattern, the ids in its place, and who asked; no query, no body, no address. */
export const logRequests =
  (log: Log): RequestHandler =>
  (request, response, next) => {
    const began = performance.now()
    response.on('finish', () => {
      const pattern: unknown = request.route?.path
      const authenticated = response.locals.authenticated as Authenticated | undefined
      log.info(
        {
          method: request.method,
          route: typeof pattern === 'string' ? pattern : 'none',
          ids: response.locals.ids,
          actorId: authenticated?.caller.actorId,
          status: response.statusCode,
          ms: Math.round(performance.now() - began),
          requestId: response.getHeader('x-request-id'),
        },
        'request',
      )
    })
    next()
  }
