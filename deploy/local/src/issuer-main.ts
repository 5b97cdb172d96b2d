// Process edge of the development issuer: `issuer-main.ts <port> [host] [url]` signs tokens until it is told to end, on
// loopback and in the name of its own address unless told.
import type { IncomingMessage } from 'node:http'
import { type MutableResponse, type MutableToken, OAuth2Server } from 'oauth2-mock-server'
import { type Answer, answerToken } from './token-claims.ts'

type TokenRequest = IncomingMessage & { readonly body: unknown }

const port = Number(process.argv[2])
const [host = '127.0.0.1', url = `http://127.0.0.1:${port}`] = process.argv.slice(3)
const server = new OAuth2Server()
await server.issuer.keys.generate('RS256')
server.service.on('beforeTokenSigning', (token: MutableToken, request: TokenRequest) => {
  const answer = answerTo(request)
  if ('claims' in answer) Object.assign(token.payload, answer.claims)
})
server.service.on('beforeResponse', (response: MutableResponse, request: TokenRequest) => {
  const answer = answerTo(request)
  if ('claims' in answer) return
  response.statusCode = answer.error === 'invalid_client' ? 401 : 400
  response.body = { error: answer.error }
})
await server.start(port, host)
server.issuer.url = url

process.on('SIGTERM', () => process.exit(0))

function answerTo(request: TokenRequest): Answer {
  const body = new Map(Object.entries(request.body ?? {}))
  const field = (name: string) => {
    const value: unknown = body.get(name)
    return typeof value === 'string' ? value : undefined
  }
  const [id, secret] = basicCredentials(request.headers.authorization)
  return answerToken({
    grant: field('grant_type') ?? '',
    username: field('username'),
    password: field('password'),
    clientId: id ?? field('client_id'),
    clientSecret: secret ?? field('client_secret'),
  })
}

// RFC 6749 §2.3.1: both halves are form-encoded before they are joined
function basicCredentials(header: string | undefined): string[] {
  if (!header?.startsWith('Basic ')) return []
  const text = Buffer.from(header.slice(6), 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? [] : [text.slice(0, colon), text.slice(colon + 1)].map(decodeURIComponent)
}
