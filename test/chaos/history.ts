import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { finished } from 'node:stream/promises'

/** What somebody asked for; `info` is an answer that leaves open whether it was done. */
export type Verb = 'plan' | 'start' | 'pause' | 'resume' | 'cancel' | 'undo' | 'retry' | 'unlink' | 'comment'

export interface CallEvent {
  readonly type: 'call'
  readonly call: number
  readonly phase: 'invoke' | 'ok' | 'fail' | 'info'
  readonly verb: Verb
  readonly operationId?: string
  readonly ticketId?: string
  readonly text?: string
  /** What the caller was told instead of an answer. */
  readonly said?: string
}
export interface MailEvent {
  readonly type: 'mail'
  readonly messageId: string
  readonly to: string
  readonly text: string
  /** The whole message as it came. */
  readonly raw: string
}
/** An endpoint that wants to hear of every comment. */
export interface EndpointEvent {
  readonly type: 'endpoint'
  readonly url: string
}
/** A call that an endpoint got, and answered with success. */
export interface HookEvent {
  readonly type: 'hook'
  readonly webhookId: string
  readonly ticketId: string
  readonly commentId: string
}
/** A change of a ticket as its topic tells it. */
export interface FactEvent {
  readonly type: 'fact'
  readonly ticketId: string
  readonly version: number
  readonly partition: number
  readonly offset: number
}
/** How many children of an operation ticket had changed at a moment. */
export interface ProbeEvent {
  readonly type: 'probe'
  readonly operationId: string
  readonly effects: number
}
export interface RunEvent {
  readonly type: 'run'
  readonly run: number
  readonly fault: string
  readonly scenario: string
  readonly seed: number
  readonly masterId: string
}
export interface ChildEvent {
  readonly type: 'child'
  readonly ticketId: string
  readonly email: string
  /** Words that stand nowhere but in this child's own texts. */
  readonly tokens: readonly string[]
}
export interface FaultEvent {
  readonly type: 'fault'
  readonly what: string
}
export interface OperationRead {
  readonly type: 'operation'
  readonly operationId: string
  readonly kind: string
  readonly state: string
  readonly text: string
  readonly total: number
}
export interface ItemRead {
  readonly type: 'item'
  readonly operationId: string
  readonly ticketId: string
  readonly state: string
  readonly reason: string | null
  readonly version: number
  readonly notification: string | null
}
export interface TicketRead {
  readonly type: 'ticket'
  readonly ticketId: string
  readonly version: number
  readonly status: string
  readonly linked: boolean
}
export interface CommentRead {
  readonly type: 'comment'
  readonly ticketId: string
  readonly commentId: string
  readonly version: number
  readonly text: string
}
export interface AuditRead {
  readonly type: 'audit'
  readonly ticketId: string
  readonly entryId: string
  /** 0 where the entry changed nothing. */
  readonly version: number
  readonly operationId: string | null
  readonly step: number
  readonly recordedAt: number
  readonly changes: readonly { readonly field: string; readonly to: string }[]
}
export interface RollupRead {
  readonly type: 'rollup'
  readonly total: number
  readonly open: number
  readonly closed: number
}

export type HistoryEvent =
  | RunEvent
  | ChildEvent
  | FaultEvent
  | CallEvent
  | MailEvent
  | EndpointEvent
  | HookEvent
  | FactEvent
  | ProbeEvent
  | OperationRead
  | ItemRead
  | TicketRead
  | CommentRead
  | AuditRead
  | RollupRead

/** One line: what happened, and when by the clock of the test. */
export type HistoryLine<E extends HistoryEvent = HistoryEvent> = E & { readonly at: number; readonly line: number }

/** Writes down what happens, a line each, while it happens. */
export interface Recorder {
  record(event: HistoryEvent): void
  readonly lines: readonly HistoryLine[]
  end(): Promise<void>
}

export function startRecorder(file: string): Recorder {
  const out = createWriteStream(file)
  const lines: HistoryLine[] = []
  return {
    lines,
    record(event) {
      const line = { ...event, at: Date.now(), line: lines.length + 1 }
      lines.push(line)
      out.write(`${JSON.stringify(line)}\n`)
    },
    end: async () => {
      out.end()
      await finished(out)
    },
  }
}

/** The lines of a history that was written down before. */
export async function readHistory(file: string): Promise<HistoryLine[]> {
  const text = await readFile(file, 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** The lines of one type, in their order. */
export const only = <T extends HistoryEvent['type']>(
  history: readonly HistoryLine[],
  type: T,
): HistoryLine<Extract<HistoryEvent, { type: T }>>[] =>
  history.filter((line): line is HistoryLine<Extract<HistoryEvent, { type: T }>> => line.type === type)
