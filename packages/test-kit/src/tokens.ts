import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { JWTPayload } from 'jose'

const KEY_ID = 'test'
const ALGORITHM = 'RS256'
const FOREIGN_ISSUER = 'https://issuer.example'

export interface AgentIdentity {
  readonly workspaceId: string
  readonly agentId: string
}

/** A token issuer of this test alone, on a free loopback port, with discovery, keys and a client_credentials endpoint. */
export interface TestIssuer extends AsyncDisposable {
  readonly url: string
  /** What services prove themselves with at the token endpoint. */
  readonly clientSecret: string
  agentToken(agent: AgentIdentity): Promise<string>
  serviceToken(name: string): Promise<string>
  operatorToken(): Promise<string>
  /** Right in all but its time. */
  expiredToken(agent: AgentIdentity): Promise<string>
  /** Right in all but its audience. */
  foreignAudienceToken(agent: AgentIdentity): Promise<string>
  /** Signed by somebody else, who says so. */
  foreignIssuerToken(agent: AgentIdentity): Promise<string>
  /** Signed by somebody else, who claims to be this issuer and names its key. */
  forgedToken(agent: AgentIdentity): Promise<string>
}

export async function startTestIssuer(): Promise<TestIssuer> {
  const jose = await import('jose')
  const [own, foreign] = await Promise.all([jose.generateKeyPair(ALGORITHM), jose.generateKeyPair(ALGORITHM)])
  const jwk = { ...(await jose.exportJWK(own.publicKey)), kid: KEY_ID, alg: ALGORITHM, use: 'sig' }
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  const url = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : bound}`

  const sign = (claims: JWTPayload, lifetime = '1h', key = own.privateKey) =>
    new jose.SignJWT({ iss: url, aud: 'umbel', ...claims })
      .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID })
      .setIssuedAt(lifetime.startsWith('-') ? lifetime : undefined)
      .setExpirationTime(lifetime)
      .sign(key)
  const serviceToken = (name: string) => sign({ sub: name, umbel_kind: 'service' })
  const clientSecret = 'test-secret'
  server.on('request', (request, response) => void answer(request, response, { url, jwk, clientSecret, serviceToken }))

  return {
    url,
    clientSecret,
    serviceToken,
    agentToken: (agent) => sign(agentClaims(agent)),
    operatorToken: () => sign({ sub: 'operator', umbel_kind: 'operator' }),
    expiredToken: (agent) => sign(agentClaims(agent), '-1h'),
    foreignAudienceToken: (agent) => sign({ ...agentClaims(agent), aud: 'another-product' }),
    foreignIssuerToken: (agent) => sign({ ...agentClaims(agent), iss: FOREIGN_ISSUER }, '1h', foreign.privateKey),
    forgedToken: (agent) => sign(agentClaims(agent), '1h', foreign.privateKey),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

const agentClaims = ({ workspaceId, agentId }: AgentIdentity): JWTPayload => ({
  sub: agentId,
  umbel_kind: 'agent',
  umbel_workspace: workspaceId,
})

interface Answers {
  readonly url: string
  readonly jwk: object
  readonly clientSecret: string
  serviceToken(name: string): Promise<string>
}

async function answer(request: IncomingMessage, response: ServerResponse, known: Answers): Promise<void> {
  const { url } = known
  if (request.url === '/.well-known/openid-configuration') {
    return send(response, 200, { issuer: url, jwks_uri: `${url}/jwks`, token_endpoint: `${url}/token` })
  }
  if (request.url === '/jwks') return send(response, 200, { keys: [known.jwk] })
  if (request.url !== '/token') return send(response, 404, { error: 'not_found' })
  const body = new URLSearchParams(await text(request))
  const [id, secret] = credentials(request.headers.authorization, body)
  if (body.get('grant_type') !== 'client_credentials') return send(response, 400, { error: 'unsupported_grant_type' })
  if (!id || secret !== known.clientSecret) return send(response, 401, { error: 'invalid_client' })
  const token = await known.serviceToken(id)
  send(response, 200, { access_token: token, token_type: 'Bearer', expires_in: 3600 })
}

function credentials(authorization: string | undefined, body: URLSearchParams): (string | null)[] {
  if (!authorization?.startsWith('Basic ')) return [body.get('client_id'), body.get('client_secret')]
  return Buffer.from(authorization.slice(6), 'base64').toString('utf8').split(':').map(decodeURIComponent)
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
