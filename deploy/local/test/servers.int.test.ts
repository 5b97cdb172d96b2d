import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startIssuer } from '../src/infra/issuer.ts'
import { startMail } from '../src/infra/mail.ts'
import { startReady } from '../src/infra/ready.ts'
import { DEV_PASSWORD, DEV_SERVICE_SECRET } from '../src/token-claims.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'umbel-local-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('signs tokens that name their workspace, and refuses a wrong password', async () => {
  await using issuer = await startIssuer({ logFolder: folder, port: 0 })
  const ask = async (fields: Record<string, string>) => {
    const response = await fetch(`${issuer.address}/token`, { method: 'POST', body: new URLSearchParams(fields) })
    return { status: response.status, body: await response.text() }
  }
  const person = { grant_type: 'password', username: 'ada@acme' }
  const welcome = await ask({ ...person, password: DEV_PASSWORD })
  expect(claimsIn(welcome.body)).toMatchObject({ iss: issuer.address, aud: 'umbel', umbel_kind: 'agent' })
  expect(await ask({ ...person, password: 'guess' })).toEqual({ status: 400, body: '{"error":"invalid_grant"}' })
  const service = { grant_type: 'client_credentials', client_id: 'ticket', client_secret: DEV_SERVICE_SECRET }
  expect(claimsIn((await ask(service)).body)).toMatchObject({ sub: 'ticket', umbel_kind: 'service', aud: 'umbel' })
})

it('catches mail on loopback and shows it on a page', async () => {
  await using mail = await startMail({ dataFolder: folder, logFolder: folder, port: 0, webPort: 0 })
  expect(mail.address).toMatch(/^smtp:\/\/127\.0\.0\.1:\d+$/)
  const page = await fetch(mail.webUrl ?? '', { headers: { accept: 'text/html' } })
  expect(page.status).toBe(200)
})

it('tells where the log is when a server ends while it starts', async () => {
  const command = { name: 'lemon', command: 'sh', args: ['-c', 'echo no memory left; exit 3'], logFolder: folder }
  const start = startReady(command, () => Promise.reject(new Error('refused')))
  await expect(start).rejects.toThrow(
    `lemon ended while it was starting; its log is ${folder}/lemon.log and ends:\nno memory left`,
  )
})

function claimsIn(body: string): unknown {
  const { access_token: token } = JSON.parse(body)
  return JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString('utf8'))
}
