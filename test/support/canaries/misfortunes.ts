import type { Message } from '@umbel/messaging'
import { until } from '@umbel/test-kit'
import nodemailer from 'nodemailer'
import { upsertMessage } from '../upstream.ts'
import type { Workspace } from '../workspace.ts'
import type { World } from '../world.ts'
import { type Cast, wordOf } from './cast.ts'

const UNFORESEEN = 'unforeseen'

/** Makes the databases refuse a word that the services see nothing wrong in: a failure with a customer's text in it. */
export async function spoil(world: World): Promise<void> {
  const texts = [
    ['ticket', 'ticket', 'subject'],
    ['ticket', 'body', 'text'],
    ['linking', 'linked_resource', 'title'],
    ['operation', 'operation_text', 'text'],
  ] as const
  for (const [service, table, column] of texts)
    await world.sql(service, `alter table ${table} add check (${column} not like '%${UNFORESEEN}%')`)
}

/** Upstream events that cannot be understood or carried out, each with words in it that an error could repeat. */
export function brokenEvents(workspace: Workspace, cast: Cast): { subject: string; message: Message }[] {
  const says = (words: string) => cast.says('poison', words)
  const email = `twice@${wordOf(says(''))}.example`
  const person = () => ({ externalId: wordOf(says('')), name: says('Customer'), email })
  const json = (value: string) => ({ value: Buffer.from(value), type: 'application/json' })
  const upsert = (ticket: Parameters<typeof upsertMessage>[1]['ticket']) => ({ ticket })
  const broken: { value?: Uint8Array; type?: string; ticket?: Parameters<typeof upsertMessage>[1]['ticket'] }[] = [
    { value: Buffer.from(says('no protobuf at all')) },
    json(says('no JSON at all')),
    json(JSON.stringify({ master: says(''), [wordOf(says(''))]: says('') })),
    json(JSON.stringify({ workspaceId: workspace.id, status: says('') })),
    upsert({ subject: `${says('A zero byte:')}\u0000`, description: says('and more') }),
    upsert({ subject: says('x'.repeat(5000)), requester: person() }),
    upsert({ subject: says('The same address'), requester: person() }),
    upsert({ subject: says('No address'), requester: { ...person(), email: says('not an address') } }),
    upsert({ subject: says(UNFORESEEN) }),
    upsert({ subject: says('Said'), description: says(UNFORESEEN) }),
    upsert({ subject: says('Labels'), labels: { labels: [says('y'.repeat(5000))] } }),
  ]
  return broken.map(({ value, type, ticket = {} }) => {
    const subject = `poison-${wordOf(says(''))}`
    const message = upsertMessage(workspace, { subject, sequence: 1, ticket })
    const headers = { ...message.headers, 'content-type': type ?? 'application/protobuf' }
    return { subject, message: { ...message, headers, ...(value === undefined ? {} : { value }) } }
  })
}

/** Requests and mails that are refused, each with words in it that a refusal could repeat into a log. */
export async function refusals(world: World, { agent }: Workspace, cast: Cast, masterId: string): Promise<void> {
  const says = (words: string) => cast.says('poison', words)
  const ask = (path: string, init: RequestInit) =>
    fetch(world.api + path, {
      ...init,
      headers: { authorization: `Bearer ${agent.token}`, 'content-type': 'application/json' },
    })
  const master = `/v1/tickets/${masterId}`
  const url = 'https://tasks.example/1'
  const plan = { kind: 'broadcast', text: says(UNFORESEEN) }
  const asked = [
    ask('/v1/tickets', { method: 'POST', body: says('{ no JSON') }),
    ask('/v1/tickets', { method: 'POST', body: JSON.stringify({ subject: [says('')], [says('x')]: 1 }) }),
    ask('/v1/tickets', { method: 'POST', body: JSON.stringify({ subject: says('s'.repeat(501)) }) }),
    ask('/v1/tickets', { method: 'POST', body: JSON.stringify({ subject: `${says('Zero')}\u0000` }) }),
    ask('/v1/tickets', { method: 'POST', body: JSON.stringify({ subject: says(UNFORESEEN) }) }),
    ask(`${master}/comments`, { method: 'POST', body: JSON.stringify({ text: says(UNFORESEEN), public: false }) }),
    ask(`${master}/resources`, {
      method: 'POST',
      body: JSON.stringify({ kind: 'task', title: says(UNFORESEEN), url }),
    }),
    ask(`/v1/masters/${masterId}/operations`, { method: 'POST', body: JSON.stringify(plan) }),
    ask(`/v1/tickets/${wordOf(says(''))}`, { method: 'GET' }),
    ask(`/v1/${wordOf(says(''))}?q=${wordOf(says(''))}`, { method: 'GET' }),
    ask(`/v1/tickets?cursor=${wordOf(says(''))}`, { method: 'GET' }),
  ]
  for (const { status, url: place } of await Promise.all(asked))
    if (status < 400) throw new Error(`${place} answered ${status} instead of a refusal`)
  await refusedMail(world, wordOf(says('')))
}

/** To an address that nobody has. */
async function refusedMail(world: World, word: string): Promise<void> {
  const transport = nodemailer.createTransport(world.replies)
  const mail = { from: `who.${word}@${word}.example`, to: `${word}@${word}.example`, subject: word, text: word }
  const sent = await transport.sendMail(mail).then(
    () => true,
    () => false,
  )
  transport.close()
  if (sent) throw new Error('a mail to nobody was accepted')
}

/** A mail server that refuses a customer's mail and says whose it was. */
export async function bounce(world: World, { agent }: Workspace, cast: Cast, ticketId: string): Promise<void> {
  const { email, says } = cast.related
  world.mailbox.refuse(email, { code: 550, message: `${says('no such mailbox:')} <${email}>`, times: 1 })
  await agent.post(`/v1/tickets/${ticketId}/comments`, { public: true, text: says('Are you there?') })
  await until(
    async () => {
      const sent = await agent.all<{ state: string }>(`/v1/notifications?ticket=${ticketId}`)
      return sent.some(({ state }) => state === 'failed')
    },
    { deadlineMs: 60_000, what: 'the refused mail to have failed' },
  )
}
