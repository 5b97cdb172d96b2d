import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { OperationService, RecordLeafSchema } from '@umbel/contracts'
import type { Handlers } from '@umbel/rpc'
import type { App } from '../app.ts'
import type { ReadLeaf } from '../queries/get-record.ts'
import { actingOf, writeOf } from './from-wire.ts'

type RecordMethods = 'getOperationRecord' | 'exportRecord' | 'erasePerson'

/** What was written down about operations, and how a person leaves it. */
export const recordRpc = (app: App): Pick<Handlers<typeof OperationService>, RecordMethods> => ({
  async getOperationRecord({ workspaceId, operationId, pageSize, pageToken }, call) {
    const asked = { acting: actingOf(call), operationId, pageSize, pageToken }
    const { rows, next } = await app.getRecord({ workspaceId }, asked)
    const entries = rows.map(({ seq, recordedAt, leaves, ...rest }) => ({
      ...rest,
      seq: BigInt(seq),
      at: timestampFromDate(recordedAt),
      leaves: leaves.map(toWireLeaf),
    }))
    return { entries, nextPageToken: next }
  },
  async exportRecord({ workspaceId, ticketId }, call) {
    const exported = await app.exportRecord({ workspaceId }, actingOf(call), ticketId)
    return {
      leaves: exported.map(({ seq, leaf, proof, ...rest }) => ({
        ...rest,
        seq: BigInt(seq),
        leaf: toWireLeaf(leaf),
        proof: [...proof],
      })),
    }
  },
  async erasePerson(request, call) {
    const { workspaceId, requesterId, reason } = request
    const write = writeOf('ErasePerson', request, call)
    const { leaves } = await app.erasePerson({ workspaceId }, { write, acting: actingOf(call), requesterId, reason })
    return { leaves: BigInt(leaves) }
  },
})

const toWireLeaf = ({ hash, ticketId, salt, content }: ReadLeaf): MessageInitShape<typeof RecordLeafSchema> => ({
  ticketId,
  salt,
  hash,
  content,
})
