import { notFound } from '@umbel/kernel'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { admit, answer, type Behind } from './answer.ts'
import { keepIds, type Log, logRequests, secureHeaders, traced } from './middleware.ts'
import { openApiDocument } from './openapi.ts'
import { problemOf } from './problem.ts'
import type { Route } from './route.ts'

export interface AppParts extends Behind {
  readonly routes: readonly Route[]
  readonly log: Log
  /** Which peers answer, for whoever looks after the stack. */
  readonly readiness: () => Promise<Readonly<Record<string, boolean>>>
}

/** Everything the gateway serves: the table's routes, the document made from them, and how it is. */
export function createApp(parts: AppParts): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.use(secureHeaders, traced, logRequests(parts.log))
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }))
  app.get('/readyz', async (_request, response) => {
    const peers = await parts.readiness()
    const ready = Object.values(peers).every(Boolean)
    response.status(ready ? 200 : 503).json({ ready, peers })
  })
  const document = openApiDocument(parts.routes)
  app.get('/openapi.json', (_request, response) => void response.json(document))
  for (const row of parts.routes) serveRow(app, row, parts)
  app.use((request) => {
    throw notFound('no-such-route', `nothing answers ${request.method} ${request.path}`)
  })
  app.use(problems(parts.log))
  return app
}

function serveRow(app: Express, row: Route, behind: Behind): void {
  const path = row.path.replaceAll(/\{(\w+)\}/g, ':$1')
  const readBody: RequestHandler = express.raw({ type: () => true, limit: row.bodyLimit })
  app[row.method](
    path,
    keepIds,
    async (request, response, next) => {
      await admit(row, behind, request, response)
      next()
    },
    readBody,
    (request, response) => answer(row, behind, request, response),
  )
}

// express tells an error handler by its four parameters
const problems =
  (log: Log): ErrorRequestHandler =>
  (thrown, request, response, next) => {
    if (response.headersSent) {
      next(thrown)
      return
    }
    const problem = problemOf(thrown, request.get('if-match') !== undefined)
    if (problem.status >= 500) log.error({ err: thrown, slug: problem.slug }, 'request failed')
    if (problem.status === 401) response.setHeader('www-authenticate', 'Bearer')
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem))
  }
