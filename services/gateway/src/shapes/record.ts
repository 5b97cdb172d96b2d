import type { ExportedLeaf, RecordEntry, RecordLeaf } from '@umbel/contracts'
import { z } from 'zod'
import { count, id, instant, iso, orNull } from './common.ts'

const hex = z.string().regex(/^[0-9a-f]*$/)

const leafShape = z.object({
  ticketId: id.nullable(),
  salt: hex.nullable(),
  hash: hex,
  content: z.string().nullable().describe('as it was hashed; null where a person was erased or may not be seen'),
})

export const recordEntryShape = z.object({
  seq: count,
  what: z.string(),
  actorId: z.string().nullable(),
  at: instant.nullable(),
  content: z.string().describe('what is hashed, as it was written; no text of any customer'),
  previousHash: hex,
  hash: hex,
  leaves: z.array(leafShape),
})

export const exportedLeafShape = z.object({
  operationId: id,
  seq: count,
  leaf: leafShape.nullable(),
  proof: z.array(hex).describe('what proves that the leaf is under the root, from the leaf upwards'),
  index: count,
  root: hex,
})

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const toLeaf = ({ ticketId, salt, hash, content }: RecordLeaf): z.output<typeof leafShape> => ({
  ticketId: orNull(ticketId),
  salt: orNull(toHex(salt)),
  hash: toHex(hash),
  content: orNull(content),
})

export const toRecordEntry = (entry: RecordEntry): z.output<typeof recordEntryShape> => ({
  seq: Number(entry.seq),
  what: entry.what,
  actorId: orNull(entry.actorId),
  at: iso(entry.at),
  content: entry.content,
  previousHash: toHex(entry.previousHash),
  hash: toHex(entry.hash),
  leaves: entry.leaves.map(toLeaf),
})

export const toExportedLeaf = (exported: ExportedLeaf): z.output<typeof exportedLeafShape> => ({
  operationId: exported.operationId,
  seq: Number(exported.seq),
  leaf: exported.leaf === undefined ? null : toLeaf(exported.leaf),
  proof: exported.proof.map(toHex),
  index: exported.index,
  root: toHex(exported.root),
})
