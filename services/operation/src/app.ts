import { newId } from '@umbel/kernel/ids'
import { closeRest } from './commands/close-rest.ts'
import { controlOperation } from './commands/control-operation.ts'
import { erasePerson } from './commands/erase-person.ts'
import { type LaunchDeps, launchOperation } from './commands/launch-operation.ts'
import { planOperation } from './commands/plan-operation.ts'
import type {
  ApplyPage,
  Fence,
  GetTicketStates,
  ListChildren,
  MailHold,
  ResolveActor,
  Workflows,
} from './commands/ports.ts'
import { recordNotifications } from './commands/record-notifications.ts'
import { runSlice, type SliceDeps } from './commands/run-slice.ts'
import { settleControl } from './commands/settle-control.ts'
import { startOperation } from './commands/start-operation.ts'
import { sweepOperations } from './commands/sweep-operations.ts'
import { exportRecord } from './queries/export-record.ts'
import { getOperation } from './queries/get-operation.ts'
import { getRecord } from './queries/get-record.ts'
import { listItems } from './queries/list-items.ts'
import { listOperations } from './queries/list-operations.ts'
import { watchOperation } from './queries/watch-operation.ts'
import type { DueOperation } from './store/due-attention.ts'
import type { Transact } from './store/unit-of-work.ts'

export interface AppParts {
  readonly transact: Transact
  readonly due: (limit: number) => Promise<DueOperation[]>
  readonly peers: {
    readonly resolveActor: ResolveActor
    readonly ticketStates: GetTicketStates
    readonly listChildren: ListChildren
    readonly applyPage: ApplyPage
    readonly fence: Fence
    readonly mailHold: MailHold
  }
  readonly workflows: Workflows
  readonly settings: {
    readonly holdSeconds: number
    readonly pageSize: number
    readonly pageRest: number
    readonly sliceMs: number
  }
  readonly clock: SliceDeps['clock']
  readonly rest: SliceDeps['rest']
  readonly measured: SliceDeps['measured']
  readonly leftBehind: LaunchDeps['leftBehind']
}

/** Every command and query there is: the table of contents. */
export function createApp({ transact, due, peers, workflows, settings, leftBehind, ...work }: AppParts) {
  const rights = { ...peers, transact }
  const launch = launchOperation({ transact, workflows, leftBehind })
  const rest = closeRest({ ...rights, pageSize: settings.pageSize })
  const settle = settleControl({ ...rights, workflows, leftBehind, closeRest: rest })
  return {
    findActor: (workspaceId: string, actorId: string) => peers.resolveActor({ workspaceId, actorId }),
    planOperation: planOperation({ ...rights, newId, defaultHold: settings.holdSeconds }),
    startOperation: startOperation({ ...rights, launch }),
    controlOperation: controlOperation({ ...rights, settle }),
    runSlice: runSlice({ ...rights, ...settings, ...work }),
    recordNotifications: recordNotifications(transact),
    sweepOperations: sweepOperations({ transact, due, launch, settle, leftBehind }),
    getOperation: getOperation(rights),
    listOperations: listOperations(rights),
    listItems: listItems(rights),
    getRecord: getRecord(rights),
    exportRecord: exportRecord(rights),
    erasePerson: erasePerson(rights),
    watchOperation: watchOperation({ ...rights, ...work }),
  }
}

export type App = ReturnType<typeof createApp>
