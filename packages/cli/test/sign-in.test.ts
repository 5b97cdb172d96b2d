import { describe, expect, it } from 'vitest'
import { gateway, page, run } from './stage.ts'

/** A gateway and an issuer in one, which answers token requests so. */
async function stack(token: readonly [number, unknown], masters: readonly [number, unknown]) {
  const discovery = { token_endpoint: '' }
  const rest = await gateway({
    'GET /healthz': [200, {}],
    'GET /readyz': [200, { peers: { ticket: true } }],
    'GET /.well-known/openid-configuration': [200, discovery],
    'POST /token': token,
    'GET /v1/masters': masters,
  })
  discovery.token_endpoint = `${rest.url}/token`
  return rest
}
const broker = (url: string) => ({ KAFKA_BROKERS: new URL(url).host })

const granted = [200, { access_token: 't' }] as const
const masters = [200, page([])] as const
const stranger = [403, { slug: 'not-permitted', detail: 'no such agent in this workspace' }] as const

describe('signing in', () => {
  it('that is refused says whom the issuer does not let in, and what to set', async () => {
    await using rest = await stack([400, { error: 'invalid_grant' }], masters)
    const { code, err } = await run('masters --workspace nope', rest.url, {
      UMBEL_TOKEN: undefined,
      OIDC_ISSUER: rest.url,
    })
    expect(code).toBe(4)
    expect(err).toContain(`${rest.url} does not let admin@nope in: set UMBEL_PASSWORD`)
  })

  it('as nobody of the workspace says as whom it asked', async () => {
    await using rest = await stack(granted, stranger)
    const { code, err } = await run('masters --workspace nope', rest.url, {
      UMBEL_TOKEN: undefined,
      OIDC_ISSUER: rest.url,
    })
    expect(code).toBe(4)
    expect(err).toBe('umbel: no such agent in this workspace; asked as admin@nope (not-permitted)\n')
  })

  it('at a stack that is not there says how to start it', async () => {
    expect((await run('masters', 'http://127.0.0.1:1')).err).toContain('npm start')
  })
})

describe('the doctor', () => {
  const invalid = [401, { slug: 'token-invalid', detail: 'the token is not valid here' }] as const
  it.each([
    ['lets in who has the password', { UMBEL_TOKEN: undefined }, granted, masters, 0, /^sign-in +admin@demo +up$/m],
    [
      'finds a bad password',
      { UMBEL_TOKEN: undefined },
      [400, {}],
      masters,
      4,
      /^sign-in +admin@demo +down .*UMBEL_PASSWORD/m,
    ],
    ['finds a bad token', {}, granted, invalid, 4, /^sign-in +UMBEL_TOKEN +down .*not valid here/m],
    ['finds a workspace that is none', { UMBEL_TOKEN: undefined }, granted, stranger, 4, /^sign-in .* no such agent/m],
  ] as const)('%s', async (_, env, token, answer, code, row) => {
    await using rest = await stack(token, answer)
    const ran = await run('doctor', rest.url, { OIDC_ISSUER: rest.url, ...broker(rest.url), ...env })
    expect(ran.out).toMatch(row)
    expect(ran.code).toBe(code)
  })

  it('does not sign in where nobody answers', async () => {
    const { code, out } = await run('doctor', 'http://127.0.0.1:1')
    expect(code).toBe(3)
    expect(out).toContain('needs the api')
  })
})
