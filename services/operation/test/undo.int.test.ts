import { TicketStatus } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { children, startTestOperation, type TestOperation } from './support.ts'

let world: TestOperation
let worker: AsyncDisposable
beforeAll(async () => {
  world = await startTestOperation()
  worker = await world.startWorker()
})
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

const slug = (name: string) => expect.objectContaining({ slug: name })
const undo = (operationId: string, more: object = {}) =>
  world.rpc.undoOperation({ workspaceId: world.workspaceId, operationId, ...more })

describe('undoing', () => {
  it('plans to put back what has not moved since', async () => {
    world.small.add(children(5))
    const [moved, hidden, unlinked] = [...world.small.tickets.values()]
    if (!moved || !hidden || !unlinked) throw new Error('no children')
    const changed = await world.run(await world.plan({ kind: 'set_status', change: { status: TicketStatus.PENDING } }))
    moved.version += 1
    hidden.hidden = true
    unlinked.linked = false
    const idempotency = { key: 'undo-1', digest: new Uint8Array([1]) }
    const planned = await undo(changed, { idempotency })
    expect(planned).toMatchObject({ applying: 3n, skipping: 1n, hidden: 1n })
    expect(planned.operation).toMatchObject({ kind: 'undo', state: 'planned', masterId: world.small.masterId })
    expect(planned.operation?.change).toMatchObject({ undoneOperationId: changed })
    expect(planned.items.map(({ state, reason, before, after }) => [state, reason, before, after])).toEqual([
      ['skipped', 'moved-since', 'pending', 'pending'],
      ...Array.from({ length: 3 }, () => ['planned', '', 'pending', 'open']),
    ])
    expect((await undo(changed, { idempotency })).operation?.id).toBe(planned.operation?.id)
    hidden.hidden = false
  })

  it('is refused by name', async () => {
    const said = await world.run(await world.plan({ kind: 'broadcast', text: 'hello' }))
    await expect(undo(said)).rejects.toEqual(slug('not-undoable'))
    const { operation } = await world.plan({ kind: 'close' })
    await expect(undo(operation?.id ?? '')).rejects.toEqual(slug('not-undoable'))
    await expect(undo(newId())).rejects.toEqual(slug('not-found'))
    await expect(undo('x')).rejects.toEqual(slug('bad-id'))
  })
})
