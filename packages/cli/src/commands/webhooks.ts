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
    'webhooks add URL [--types A,B] [--description TEXT]       prints the signing secret, this once',
    'webhooks enable|disable|remove|rotate ID',
  ],
  options: { types: { type: 'string' }, description: { type: 'string' } },
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
      ['id', 'url', 'state', 'types', 'description'],
      found.map(({ id, url, state, types, description }) => [id, url, state, types.join(',') || 'all', description]),
    ),
  )
  return exitCodes.ok
}

async function add(api: Api, url: string, { given, output }: Invocation): Promise<ExitCode> {
  const [types, description] = [text(given, 'types'), text(given, 'description')]
  const made = await api.send<WebhookJson & { readonly secret: string }>('POST', PATH, {
    url,
    ...(types === undefined ? {} : { types: types.split(',') }),
    ...(description === undefined ? {} : { description }),
  })
  output.result(made, () => `${made.id} ${made.url}\nsecret ${made.secret}`)
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

async function rotate(api: Api, id: string, { output }: Invocation): Promise<ExitCode> {
  const rotated = await api.send<{ readonly secret: string; readonly oldSecretEndsAt: string | null }>(
    'POST',
    `${PATH}/${encodeURIComponent(id)}/rotate`,
  )
  output.result(rotated, () => `secret ${rotated.secret}\nthe old one signs beside it until ${rotated.oldSecretEndsAt}`)
  return exitCodes.ok
}
