import type { Finding } from '@umbel/contracts'
import { z } from 'zod'
import { count, orNull } from './common.ts'

export const findingShape = z.object({
  kind: z.string().describe('leak, variable-empty, nobody-told, ...'),
  field: z.string(),
  message: z.string(),
  blocks: z.boolean().describe('whether it has to be overridden, with a reason, before the start'),
  phrase: z.string().nullable(),
  leakKind: z.string().nullable().describe('requester, customer, address, domain, external-id, number or hidden'),
  ticketNumbers: z.array(count).describe('the first few children it is about'),
})

export const toFinding = (finding: Finding): z.output<typeof findingShape> => ({
  kind: finding.kind,
  field: finding.field,
  message: finding.message,
  blocks: finding.blocks,
  phrase: orNull(finding.phrase),
  leakKind: orNull(finding.leakKind),
  ticketNumbers: finding.ticketNumbers.map(Number),
})
