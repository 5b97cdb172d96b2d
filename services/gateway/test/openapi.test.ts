import { describe, expect, it } from 'vitest'
import { routes } from '../src/routes/table.ts'
import { type Asked, agentId, startDesk } from './world.ts'

interface Documented {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly schema: { readonly description?: string } }[]
}
interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>
}

it('documents exactly the routes that are served, each with its answer and its refusals', async () => {
  await using desk = await startDesk()
  const { json } = await desk.ask<Document>('GET', '/openapi.json', { token: null })
  expect(json.openapi).toBe('3.1.0')
  const documented = Object.entries(json.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  )
  expect(documented.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted())
})

it('says of every write that takes a key what a repeat under the same key is', async () => {
  await using desk = await startDesk()
  const { json } = await desk.ask<Document>('GET', '/openapi.json', { token: null })
  for (const { method, path, keyed } of routes) {
    const named = json.paths[path]?.[method]?.parameters?.find(({ name }) => name === 'Idempotency-Key')
    expect(`${method} ${path} ${named?.schema.description !== undefined}`).toBe(`${method} ${path} ${keyed}`)
  }
})

it('gives every operation an id of its own', async () => {
  await using desk = await startDesk()
  const { json } = await desk.ask<Document>('GET', '/openapi.json', { token: null })
  const ids = Object.values(json.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  expect(new Set(ids).size).toBe(ids.length)
})

it('refuses every documented route without a good token', async () => {
  await using desk = await startDesk()
  for (const { method, path } of routes)
    for (const token of [null, 'forged']) {
      const url = path.replaceAll(/\{\w+\}/g, '0199c1de-0000-7000-8000-000000000001')
      const { status } = await desk.ask(method.toUpperCase(), url, { token })
      expect(`${method} ${path} ${status}`).toBe(`${method} ${path} 401`)
    }
})

it('says how it is without a token, and which peer is away', async () => {
  await using desk = await startDesk()
  expect((await desk.ask('GET', '/healthz', { token: null })).json).toEqual({ status: 'ok' })
  const ready = await desk.ask('GET', '/readyz', { token: null })
  expect(ready.status).toBe(503)
  expect(ready.json).toEqual({ ready: false, peers: { ticket: true, linking: false } })
})

describe('one line per request', () => {
  const lineOf = async (path: string, asked: Asked = {}) => {
    await using desk = await startDesk()
    await desk.ask(asked.body === undefined ? 'GET' : 'POST', path, asked)
    const line = desk.lines.find((held) => held.startsWith('request ')) ?? ''
    return { line, fields: JSON.parse(line.slice('request '.length)) }
  }

  it('says which ids the path names and who asked, not what was asked for', async () => {
    const { line, fields } = await lineOf('/v1/tickets/7/comments', { body: { text: 'secret' } })
    expect(fields).toMatchObject({ route: '/v1/tickets/:id/comments', ids: { id: '7' }, actorId: agentId })
    expect(line).not.toContain('secret')
    expect((await lineOf('/v1/tickets/7?limit=secret')).line).not.toContain('secret')
  })

  it('keeps what is no id out of the line', async () => {
    const { line, fields } = await lineOf('/v1/tickets/ana@shop.example', { token: 'forged' })
    expect(fields).toMatchObject({ route: '/v1/tickets/:id', ids: {}, status: 401 })
    expect(line).not.toContain('ana')
  })
})
