import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi'
import { z } from 'zod'
import type { Route } from './route.ts'

const problemShape = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  slug: z.string(),
  field: z.string().optional(),
})

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemShape } },
})

/** The OpenAPI 3.1 document of the table that is served: there is no second list. */
export function openApiDocument(routes: readonly Route[]): object {
  const registry = new OpenAPIRegistry()
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
  for (const row of routes) registry.registerPath(pathOf(row))
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Umbel', version: '1', description: 'One shared problem, many customers.' },
    servers: [{ url: '/' }],
  })
}

function pathOf(row: Route): RouteConfig {
  const request: NonNullable<RouteConfig['request']> = {}
  if (row.params) request.params = row.params
  if (Object.keys(row.query.shape).length > 0) request.query = row.query
  const headers = headersOf(row)
  if (headers) request.headers = headers
  const body = bodyOf(row)
  if (body) request.body = body
  return {
    method: row.method,
    path: row.path,
    operationId: operationId(row),
    summary: row.summary,
    tags: [row.tag],
    security: row.access === 'public' ? [] : [{ bearer: [] }],
    request,
    responses: {
      [row.status]: { description: 'Done', content: { [row.says]: { schema: row.answer } } },
      ...(row.access === 'public' ? {} : { 401: problem('No valid token') }),
      default: problem('Refused, with the reason as a slug'),
    },
  }
}

const KEY = 'A repeat under the same key, within 72 hours, is the same write: nothing happens a second time'

function headersOf(row: Route): z.ZodObject | undefined {
  const shape: Record<string, z.ZodType> = {}
  if (row.keyed) shape['Idempotency-Key'] = z.string().max(200).optional().describe(KEY)
  if (row.ifMatch) shape['If-Match'] = z.string().optional()
  return Object.keys(shape).length === 0 ? undefined : z.object(shape)
}

function bodyOf(row: Route): NonNullable<RouteConfig['request']>['body'] {
  if (row.rawTypes.length > 0)
    return { required: true, content: Object.fromEntries(row.rawTypes.map((type) => [type, { schema: {} }])) }
  if (row.body === undefined) return undefined
  const required = !row.body.safeParse(undefined).success
  return { required, content: { 'application/json': { schema: row.body } } }
}

const operationId = (row: Route): string =>
  [row.method, ...row.path.split(/[^a-zA-Z]+/).filter((part) => part !== '' && part !== 'v')].join('-')
