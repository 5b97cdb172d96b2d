import { createRemoteJWKSet, jwtVerify } from 'jose'
import { expect, it } from 'vitest'
import { startTestIssuer, type TestIssuer } from '../src/tokens.ts'

const ada = { workspaceId: 'acme', agentId: 'ada' }
const verify = (issuer: TestIssuer, token: string) =>
  jwtVerify(token, createRemoteJWKSet(new URL(`${issuer.url}/jwks`)), { issuer: issuer.url, audience: 'umbel' })

it('signs tokens that its own keys verify', async () => {
  await using issuer = await startTestIssuer()
  const { payload } = await verify(issuer, await issuer.agentToken(ada))
  expect(payload).toMatchObject({ sub: 'ada', umbel_kind: 'agent', umbel_workspace: 'acme' })
  expect((await verify(issuer, await issuer.operatorToken())).payload.umbel_kind).toBe('operator')
})

it('signs tokens that nobody may accept', async () => {
  await using issuer = await startTestIssuer()
  for (const bad of ['expiredToken', 'foreignAudienceToken', 'foreignIssuerToken', 'forgedToken'] as const) {
    await expect(verify(issuer, await issuer[bad](ada)), bad).rejects.toThrow()
  }
})

it('gives a service its token for its secret only', async () => {
  await using issuer = await startTestIssuer()
  const ask = (secret: string) =>
    fetch(`${issuer.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'ticket', client_secret: secret }),
    })
  const { access_token: token } = JSON.parse(await (await ask(issuer.clientSecret)).text())
  expect((await verify(issuer, token)).payload).toMatchObject({ sub: 'ticket', umbel_kind: 'service' })
  expect((await ask('guess')).status).toBe(401)
})
