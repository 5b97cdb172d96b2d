import { create, toBinary } from '@bufbuild/protobuf'
import { Client, credentials, Metadata, status } from '@grpc/grpc-js'
import { AddReplyRequestSchema, GetTicketRequestSchema, TicketService } from '@umbel/contracts'
import { errorKinds, UmbelError } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { startTestIssuer, type TestIssuer } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createVerifier, type Handlers, type RpcServer, rpcClient, serveRpc, serviceToken } from '../src/index.ts'

const workspaceId = newId()
const agent = { workspaceId, agentId: newId() }
const logged: object[] = []

/** Answers every method by echoing who called; three methods misbehave as asked. */
const handlers = Object.fromEntries(
  TicketService.methods.map(({ localName }) => [localName, async () => ({})]),
) as unknown as Handlers<typeof TicketService>
const misbehaving: Handlers<typeof TicketService> = {
  ...handlers,
  getTicket: async ({ id }, { caller }) => {
    const kind = errorKinds.find((each) => each === id)
    if (kind !== undefined)
      throw new UmbelError(kind, `slug-${kind}`, `it is ${kind}`, { field: 'children[3].ünïcode' })
    if (id === 'bug') throw new Error('secret inside')
    if (id === 'never') await new Promise(() => {})
    return { ticket: { id: caller.actorId ?? '', subject: caller.kind } }
  },
  streamTicketStates: async function* ({ ticketIds }) {
    for (let at = 0; at < Number(ticketIds[0] ?? 3); at += 1) yield { tickets: [{ number: BigInt(at) }] }
  },
}

describe('rpc', () => {
  let issuer: TestIssuer
  let server: RpcServer
  const as = (token: () => Promise<string>, deadlineMs = 2_000) =>
    rpcClient(TicketService, { address: `127.0.0.1:${server.port}`, token, deadlineMs })
  const get = (token: () => Promise<string>, id = 'fine') => as(token).getTicket({ workspaceId, id })

  beforeAll(async () => {
    issuer = await startTestIssuer()
    server = await serveRpc({
      host: '127.0.0.1',
      port: 0,
      services: [{ service: TicketService, handlers: misbehaving }],
      verify: createVerifier({ issuer: issuer.url, audience: 'umbel' }),
      operatorMethods: ['umbel.ticket.v1.TicketService/AddReply'],
      log: { error: (fields) => logged.push(fields) },
    })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await issuer[Symbol.asyncDispose]()
  })

  it('lets an agent of the workspace in, as itself', async () => {
    await expect(get(() => issuer.agentToken(agent))).resolves.toMatchObject({
      ticket: { id: agent.agentId, subject: 'agent' },
    })
  })

  it('lets a service name the agent it acts for, and an agent name nobody', async () => {
    const call = { actorId: 'somebody' }
    const service = as(serviceToken({ issuer: issuer.url, clientId: 'operation', clientSecret: issuer.clientSecret }))
    expect((await service.getTicket({ workspaceId, id: 'fine' }, call)).ticket?.id).toBe('somebody')
    const other = as(() => issuer.agentToken(agent))
    expect((await other.getTicket({ workspaceId, id: 'fine' }, call)).ticket?.id).toBe(agent.agentId)
  })

  it.each(['expiredToken', 'foreignAudienceToken', 'foreignIssuerToken', 'forgedToken'] as const)(
    'refuses %s',
    async (kind) => {
      await expect(get(() => issuer[kind](agent))).rejects.toMatchObject({ kind: 'forbidden', slug: 'token-invalid' })
    },
  )

  it('refuses a token of another workspace, and operators outside their methods', async () => {
    const foreign = { ...agent, workspaceId: newId() }
    await expect(get(() => issuer.agentToken(foreign))).rejects.toMatchObject({ slug: 'wrong-workspace' })
    await expect(get(() => issuer.operatorToken())).rejects.toMatchObject({ slug: 'not-permitted' })
    await expect(as(() => issuer.operatorToken()).addReply({ workspaceId })).resolves.toBeDefined()
  })

  it.each(errorKinds)('brings an error of the kind %s across whole', async (kind) => {
    await expect(get(() => issuer.agentToken(agent), kind)).rejects.toMatchObject({
      kind,
      slug: `slug-${kind}`,
      message: `it is ${kind}`,
      field: 'children[3].ünïcode',
    })
  })

  it('tells a bug as internal, without its text, and logs it whole', async () => {
    await expect(get(() => issuer.agentToken(agent), 'bug')).rejects.toMatchObject({ code: status.INTERNAL })
    await expect(get(() => issuer.agentToken(agent), 'bug')).rejects.not.toThrow(/secret/)
    expect(JSON.stringify(logged.map((fields) => Object.keys(fields)))).toContain('err')
  })

  it('gives up at its deadline as unavailable', async () => {
    const hasty = as(() => issuer.agentToken(agent), 50)
    await expect(hasty.getTicket({ workspaceId, id: 'never' })).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it('streams, and stops when the reader has had enough', async () => {
    const client = as(() => issuer.agentToken(agent))
    const seen: bigint[] = []
    for await (const { tickets } of client.streamTicketStates({ workspaceId, ticketIds: ['5'] }))
      seen.push(tickets[0]?.number ?? -1n)
    expect(seen).toEqual([0n, 1n, 2n, 3n, 4n])
    for await (const { tickets } of client.streamTicketStates({ workspaceId, ticketIds: ['1000000'] }))
      if ((tickets[0]?.number ?? 0n) > 10n) break
  })

  it('tells bytes that are no message as the caller’s mistake', async () => {
    const raw = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure())
    const metadata = new Metadata()
    metadata.set('authorization', `Bearer ${await issuer.agentToken(agent)}`)
    const ask = (bytes: Buffer) =>
      new Promise((resolve, reject) => {
        const path = '/umbel.ticket.v1.TicketService/GetTicket'
        const same = (value: Buffer) => value
        raw.makeUnaryRequest(path, same, same, bytes, metadata, (error, answer) =>
          error ? reject(error) : resolve(answer),
        )
      })
    const whole = toBinary(GetTicketRequestSchema, create(GetTicketRequestSchema, { workspaceId, id: 'fine' }))
    await expect(ask(Buffer.from(whole))).resolves.toBeDefined()
    await expect(ask(Buffer.from(whole.subarray(0, 20)))).rejects.toMatchObject({ code: status.INVALID_ARGUMENT })
    raw.close()
  })

  it('refuses a message over 4 MB', async () => {
    const client = as(() => issuer.agentToken(agent))
    const text = 'x'.repeat(5 * 1024 * 1024)
    await expect(client.addReply(create(AddReplyRequestSchema, { workspaceId, text }))).rejects.toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
    })
    await expect(get(() => issuer.agentToken(agent))).resolves.toBeDefined()
  })
})
