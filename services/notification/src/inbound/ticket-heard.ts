import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { BinaryReader, type WireType } from '@bufbuild/protobuf/wire'
import {
  CauseSchema,
  type CommentAdded,
  CommentAddedSchema,
  type TicketChanged,
  TicketChangedSchema,
  TicketFactSchema,
  TicketStateSchema,
} from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import { type CloudEvent, dataOf } from '@umbel/messaging'

/** What this service wants of a TicketChanged; the whole is decoded only where somebody asks for it. */
export interface TicketHeard {
  readonly workspaceId: string
  readonly ticketId: string
  readonly version: number
  readonly requesterId: string
  readonly quiet: boolean
  readonly cause: { readonly bytes: Uint8Array; readonly operationId: string; readonly step: number } | undefined
  readonly comments: readonly CommentAdded[]
  whole(): TicketChanged
}

/** Reads few fields of an event: most events hold no comment, and of those that do most of the ticket is of no interest. */
export function hearTicket(event: CloudEvent): TicketHeard {
  const whole = () => dataOf(TicketChangedSchema, event)
  return event.contentType === 'application/json' ? fromWhole(whole()) : { ...glance(event.data), whole }
}

type Glance = Omit<TicketHeard, 'whole'>
type Writable<T> = { -readonly [K in keyof T]: T[K] }

const of = TicketChangedSchema.field
const inCause = CauseSchema.field
const REQUESTER = TicketStateSchema.field.requesterId.number
const COMMENT_ADDED = TicketFactSchema.field.commentAdded.number

function glance(data: Uint8Array): Glance {
  const comments: CommentAdded[] = []
  const seen: Writable<Glance> = {
    workspaceId: '',
    ticketId: '',
    version: 0,
    requesterId: '',
    quiet: false,
    cause: undefined,
    comments,
  }
  try {
    eachField(data, (field, reader) => {
      if (field === of.workspaceId.number) seen.workspaceId = reader.string()
      else if (field === of.ticketId.number) seen.ticketId = reader.string()
      else if (field === of.version.number) seen.version = Number(reader.uint64())
      else if (field === of.quiet.number) seen.quiet = reader.bool()
      else if (field === of.cause.number) seen.cause = readCause(reader.bytes())
      else if (field === of.state.number) seen.requesterId = readRequester(reader.bytes())
      else if (field === of.facts.number) comments.push(...readComments(reader.bytes()))
      else return false
      return true
    })
  } catch (cause) {
    throw invalid('data-unreadable', `the data is no ${TicketChangedSchema.typeName}`, { cause })
  }
  return seen
}

/** Calls with each field; what was not read is passed over. */
function eachField(data: Uint8Array, read: (field: number, reader: BinaryReader) => boolean): void {
  const reader = new BinaryReader(data)
  while (reader.pos < reader.len) {
    const [field, wireType]: [number, WireType] = reader.tag()
    if (!read(field, reader)) reader.skip(wireType, field)
  }
}

function readCause(bytes: Uint8Array): NonNullable<TicketHeard['cause']> {
  const cause = { bytes, operationId: '', step: 0 }
  eachField(bytes, (field, reader) => {
    if (field === inCause.operationId.number) cause.operationId = reader.string()
    else if (field === inCause.step.number) cause.step = reader.uint32()
    else return false
    return true
  })
  return cause
}

function readRequester(state: Uint8Array): string {
  let requesterId = ''
  eachField(state, (field, reader) => {
    if (field !== REQUESTER) return false
    requesterId = reader.string()
    return true
  })
  return requesterId
}

function readComments(fact: Uint8Array): CommentAdded[] {
  const comments: CommentAdded[] = []
  eachField(fact, (field, reader) => {
    if (field !== COMMENT_ADDED) return false
    comments.push(fromBinary(CommentAddedSchema, reader.bytes()))
    return true
  })
  return comments
}

function fromWhole(changed: TicketChanged): TicketHeard {
  const { workspaceId, ticketId, version, quiet, state, facts, cause } = changed
  return {
    workspaceId,
    ticketId,
    version: Number(version),
    quiet,
    requesterId: state?.requesterId ?? '',
    cause: cause && { bytes: toBinary(CauseSchema, cause), operationId: cause.operationId, step: cause.step },
    comments: facts.flatMap(({ fact }) => (fact.case === 'commentAdded' ? [fact.value] : [])),
    whole: () => changed,
  }
}
