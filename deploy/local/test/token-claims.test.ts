import { idFrom } from '@umbel/kernel/ids'
import { expect, it } from 'vitest'
import { answerToken, DEV_PASSWORD, DEV_SERVICE_SECRET } from '../src/token-claims.ts'

const signIn = (username: string, password = DEV_PASSWORD) => answerToken({ grant: 'password', username, password })
const prove = (clientId: string, clientSecret: string) =>
  answerToken({ grant: 'client_credentials', clientId, clientSecret })

it('signs an agent in to the workspace behind the @', () => {
  const workspaceId = idFrom('workspace', 'acme')
  expect(signIn('ada@acme')).toEqual({
    claims: {
      sub: idFrom('agent', workspaceId, 'ada'),
      umbel_kind: 'agent',
      umbel_workspace: workspaceId,
      name: 'ada',
      aud: 'umbel',
    },
  })
})

it('signs the operator in, who belongs to no workspace', () => {
  expect(signIn('operator')).toEqual({ claims: { sub: 'operator', umbel_kind: 'operator', aud: 'umbel' } })
})

it('knows a service by its secret', () => {
  expect(prove('ticket', DEV_SERVICE_SECRET)).toEqual({
    claims: { sub: 'ticket', umbel_kind: 'service', aud: 'umbel' },
  })
})

it.each([
  ['a wrong password', signIn('ada@acme', 'guess'), 'invalid_grant'],
  ['a name without a workspace', signIn('ada'), 'invalid_grant'],
  ['a wrong service secret', prove('ticket', 'guess'), 'invalid_client'],
  ['a service without a name', prove('', DEV_SERVICE_SECRET), 'invalid_client'],
  ['any other grant', answerToken({ grant: 'authorization_code' }), 'unsupported_grant_type'],
])('refuses %s', (_what, answer, error) => {
  expect(answer).toEqual({ error })
})
