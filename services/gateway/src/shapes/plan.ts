import type { PlanOperationResponse, Preview, UndoOperationResponse } from '@umbel/contracts'
import { z } from 'zod'
import { count, id, orNull } from './common.ts'
import { findingShape, toFinding } from './finding.ts'
import { itemShape, operationShape, toItem, toOperation } from './operation.ts'

const previewShape = z.object({
  ticketId: id,
  ticketNumber: count,
  locale: z.string().nullable(),
  text: z.string(),
})

export const planShape = z.object({
  operation: operationShape,
  applying: count,
  skipping: count,
  hidden: count.describe('children that the planner may not see'),
  items: z.array(itemShape).describe('the first 50'),
  previews: z.array(previewShape).describe('the text as up to three children of different customers will read it'),
  findings: z.array(findingShape),
})

const toPreview = (preview: Preview): z.output<typeof previewShape> => ({
  ticketId: preview.ticketId,
  ticketNumber: Number(preview.ticketNumber),
  locale: orNull(preview.locale),
  text: preview.text,
})

/** Undos have no text, and so nothing to preview. */
type Planned = PlanOperationResponse | UndoOperationResponse

export const toPlan = (planned: Planned): z.output<typeof planShape> => ({
  operation: toOperation(planned.operation),
  applying: Number(planned.applying),
  skipping: Number(planned.skipping),
  hidden: Number(planned.hidden),
  items: planned.items.map(toItem),
  previews: 'previews' in planned ? planned.previews.map(toPreview) : [],
  findings: (planned.operation?.findings ?? []).map(toFinding),
})
