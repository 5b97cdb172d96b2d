import { type Api, collect } from '../api.ts'
import { apiFor, type Command, type Invocation, text } from '../command.ts'
import { type ExitCode, exitCodes, UsageError } from '../exit.ts'
import { table } from '../output.ts'
import type { WebhookJson } from '../shapes.ts'

const PATH = '/v1/webhooks'

/** `umbel webhooks`: endpoints that are told what happens. */
export const webhooks: Command = {
  usage: [
    'webhooks [list]',
    'webhooks add URL [--types A,B] [--description TEXT] [--signature hmac|ed25519]',
    '                                                  prints the signing secret, this once, or the public key',
    'webhooks enable|disable|remove ID',
    'webhooks rotate ID [--signature hmac|ed25519]',
  ],
  options: { types: { type: 'string' }, description: { type: 'string' }, signature: { type: 'string' } },
  run: async (invocation) => {
    const [verb = 'list', what, ...more] = invocation.words
    if (more.length > 0) throw new UsageError('umbel webhooks [list|add|enable|disable|remove|rotate]')
    const api = apiFor(invocation)
    if (verb === 'list' && what === undefined) return list(api, invocation)
    if (what === undefined) throw new UsageError(`umbel webhooks ${verb} ${verb === 'add' ? 'URL' : 'ID'}`)
    if (verb === 'add') return add(api, what, invocation)
    if (verb === 'enable' || verb === 'disable') return turn(api, what, `${verb}d`, invocation)
    if (verb === 'remove') return remove(api, what, invocation)
    if (verb === 'rotate') return rotate(api, what, invocation)
    throw new UsageError(`webhooks are not told to ${verb}`)
  },
}

async function list(api: Api, { output }: Invocation): Promise<ExitCode> {
  const found = await collect(api.all<WebhookJson>(PATH))
  output.result(found, () =>
    table(
      ['id', 'url', 'state', 'types', 'signature', 'public key', 'description'],
      found.map(({ id, url, state, types, signature, publicKey, description }) => [
        id,
        url,
        state,
        types.join(',') || 'all',
        signature,
        publicKey ?? '',
        description,
      ]),
    ),
  )
  return exitCodes.ok
}

async function add(api: Api, url: string, { given, output }: Invocation): Promise<ExitCode> {
  const [types, description] = [text(given, 'types'), text(given, 'description')]
  const made = await api.send<WebhookJson & VerifiedBy>('POST', PATH, {
    url,
    ...signatureIn(given),
    ...(types === undefined ? {} : { types: types.split(',') }),
    ...(description === undefined ? {} : { description }),
  })
  output.result(made, () => `${made.id} ${made.url}\n${verifiedBy(made)}`)
  return exitCodes.ok
}

async function turn(api: Api, id: string, state: string, { output }: Invocation): Promise<ExitCode> {
  const all = await collect(api.all<WebhookJson>(PATH))
  const known = all.find((each) => each.id === id)
  if (known === undefined) throw new UsageError(`there is no webhook ${id}; umbel webhooks lists them`)
  const { url, types, description } = known
  const turned = await api.send<WebhookJson>('PUT', `${PATH}/${id}`, { url, types, description, state })
  output.result(turned, () => `${turned.id} ${turned.state}`)
  return exitCodes.ok
}

async function remove(api: Api, id: string, { output }: Invocation): Promise<ExitCode> {
  const removed = await api.send<object>('DELETE', `${PATH}/${encodeURIComponent(id)}`)
  output.result(removed, () => `${id} removed`)
  return exitCodes.ok
}

async function rotate(api: Api, id: string, { given, output }: Invocation): Promise<ExitCode> {
  const rotated = await api.send<VerifiedBy & { readonly oldSecretEndsAt: string | null }>(
    'POST',
    `${PATH}/${encodeURIComponent(id)}/rotate`,
    signatureIn(given),
  )
  output.result(rotated, () => `${verifiedBy(rotated)}\nthe old one signs beside it until ${rotated.oldSecretEndsAt}`)
  return exitCodes.ok
}

/** What an endpoint verifies signatures with: one of the two. */
interface VerifiedBy {
  readonly secret: string | null
  readonly publicKey: string | null
}

const verifiedBy = ({ secret, publicKey }: VerifiedBy): string =>
  secret === null ? `public key ${publicKey}` : `secret ${secret}`

function signatureIn(given: Invocation['given']): object {
  const signature = text(given, 'signature')
  return signature === undefined ? {} : { signature }
}
