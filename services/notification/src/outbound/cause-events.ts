import { create, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { CauseTrippedSchema, topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { appendToOutbox, outgoing } from '@umbel/messaging'
import type { TellTripped } from '../store/trip-store.ts'

/** CauseTripped through the outbox, keyed by operation. */
export const tellCauseTripped: TellTripped = (trx, { workspaceId, operationId, version, at, results, failed }) =>
  appendToOutbox(trx, [
    outgoing(topics.notification.events.name, `${workspaceId}:${operationId}`, {
      id: newId(),
      source: '/umbel/notification',
      type: CauseTrippedSchema.typeName,
      subject: operationId,
      time: at.toISOString(),
      workspace: workspaceId,
      sequence: String(version),
      data: toBinary(
        CauseTrippedSchema,
        create(CauseTrippedSchema, {
          workspaceId,
          operationId,
          streamVersion: BigInt(version),
          recordedAt: timestampFromDate(at),
          results: BigInt(results),
          failed: BigInt(failed),
        }),
      ),
    }),
  ])
