import { newId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { approveOperation } from './commands/approve-operation.ts'
import { carryOn } from './commands/carry-on.ts'
import { closeRest } from './commands/close-rest.ts'
import { controlOperation } from './commands/control-operation.ts'
import { endIfDone } from './commands/end-operation.ts'
import { erasePerson } from './commands/erase-person.ts'
import { type LaunchDeps, launchOperation } from './commands/launch-operation.ts'
import { placeOperations } from './commands/place-operations.ts'
import { planOperation } from './commands/plan-operation.ts'
import type { Peers, Workflows } from './commands/ports.ts'
import { putSettings } from './commands/put-settings.ts'
import { recordNotifications } from './commands/record-notifications.ts'
import { retryFailed } from './commands/retry-failed.ts'
import { runSlice, type SliceDeps } from './commands/run-slice.ts'
import { runSync } from './commands/run-sync.ts'
import { setRate } from './commands/set-rate.ts'
import { settleControl } from './commands/settle-control.ts'
import { startOperation } from './commands/start-operation.ts'
import { sweepOperations } from './commands/sweep-operations.ts'
import { sweepPlannings } from './commands/sweep-plannings.ts'
import { tripBreaker } from './commands/trip-breaker.ts'
import { undoOperation } from './commands/undo-operation.ts'
import { exportRecord } from './queries/export-record.ts'
import { getCatchUpOffer } from './queries/get-catch-up-offer.ts'
import { getOperation } from './queries/get-operation.ts'
import { getRecord } from './queries/get-record.ts'
import { getSettings } from './queries/get-settings.ts'
import { listItems } from './queries/list-items.ts'
import { listOperations } from './queries/list-operations.ts'
import { watchOperation } from './queries/watch-operation.ts'
import type { DueOperation, DueOperations } from './store/due-operations.ts'
import type { Transact } from './store/unit-of-work.ts'

export interface AppParts {
  readonly transact: Transact
  readonly due: DueOperations
  readonly abandoned: (limit: number) => Promise<DueOperation[]>
  readonly peers: Peers
  readonly workflows: Workflows
  readonly settings: {
    readonly holdSeconds: number
    readonly pageSize: number
    readonly pageRest: number
    readonly sliceMs: number
    readonly daySeconds: number
    readonly watchSeconds: number
  }
  readonly clock: SliceDeps['clock']
  readonly rest: SliceDeps['rest']
  readonly measured: SliceDeps['measured']
  readonly leftBehind: LaunchDeps['leftBehind']
}

/** Every command and query there is: the table of contents. */
export function createApp({ transact, due, abandoned, peers, workflows, settings, leftBehind, ...work }: AppParts) {
  const rights = { ...peers, transact }
  const watchMs = settings.watchSeconds * 1000
  const ending = { endIfDone: endIfDone(settings.daySeconds * 1000) }
  const launch = launchOperation({ transact, workflows, leftBehind, watchMs })
  const rest = closeRest({ ...rights, ...ending, pageSize: settings.pageSize })
  const settle = settleControl({ ...rights, workflows, leftBehind, closeRest: rest })
  const carrying = { carryOn: carryOn({ launch, settle, leftBehind }) }
  const place = placeOperations({ transact, ...carrying })
  const planning = { ...rights, launch, newId }
  const slice = runSlice({ ...rights, ...settings, ...ending, ...work, place })
  const here = { runSlice: slice, pageSize: settings.pageSize, leftBehind }
  const record = recordNotifications({ transact, ...ending })
  return {
    findActor: (workspaceId: string, actorId: string) => peers.resolveActor({ workspaceId, actorId }),
    planOperation: planOperation({ ...planning, defaultHold: settings.holdSeconds }),
    undoOperation: undoOperation(planning),
    approveOperation: approveOperation(rights),
    startOperation: startOperation({ ...rights, ...here, launch }),
    controlOperation: controlOperation({ ...rights, settle, place }),
    setRate: setRate({ ...rights, workflows, leftBehind }),
    retryFailed: retryFailed({ ...rights, launch, settle, place }),
    runSlice: slice,
    runSync: runSync({ ...planning, ...here }),
    recordNotifications: record,
    async refetchNotifications(workspaceId: string, operationId: string) {
      for await (const page of peers.operationNotifications({ workspaceId, actorId: '' }, operationId))
        await record({ workspaceId }, page)
    },
    tripBreaker: tripBreaker(transact),
    putSettings: putSettings(rights),
    sweepPlannings: sweepPlannings({ transact, abandoned }),
    sweepOperations: sweepOperations({ transact, due, workflows, ...carrying, place, watchMs, leftBehind }),
    countFailures: (scope: Scope, operationId: string) => transact(scope, ({ again }) => again.failures(operationId)),
    getOperation: getOperation(rights),
    getSettings: getSettings(rights),
    getCatchUpOffer: getCatchUpOffer(rights),
    listOperations: listOperations(rights),
    listItems: listItems(rights),
    getRecord: getRecord(rights),
    exportRecord: exportRecord(rights),
    erasePerson: erasePerson(rights),
    watchOperation: watchOperation({ ...rights, ...work }),
  }
}

export type App = ReturnType<typeof createApp>
