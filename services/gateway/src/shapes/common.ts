import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { timestampDate } from '@bufbuild/protobuf/wkt'
import { priorityWords, statusWords } from '@umbel/contracts'
import { isId } from '@umbel/kernel/ids'
import { z } from 'zod'
import type { Reply } from '../http/route.ts'

export const status = z.enum(statusWords)
export const priority = z.enum(priorityWords)
/** A UUID; in capitals it is the same one (RFC 9562 §4). */
export const id = z.string().toLowerCase().refine(isId, 'an id is a UUID')
/** `1042`, `#1042` or a ticket's UUID. */
export const ticketRef = z
  .string()
  .toLowerCase()
  .refine((text) => isId(text) || /^#?[1-9]\d{0,14}$/.test(text), 'a ticket is named by its id or its number')
export const instant = z.iso.datetime()
export const count = z.number().int().nonnegative()

/** Paging of every list: the cursor is whatever the last answer's `nextCursor` said. */
export const paging = {
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
}
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true')

/** `?status=new,open` or `?status=new&status=open`. */
export const many = <S extends z.ZodType<unknown, string>>(item: S) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((text) => text.split(',')))
    .pipe(z.array(item).min(1))

export const nothing = z.strictObject({})
export const removed = z.object({ removed: z.literal(true) })
/** Bodies of actions that say nothing but their path. */
export const noBody = nothing.optional()
/** For the summary of what sets a state: said again under its key, it does not set it over what was said since. */
export const repeated = '. A repeat changes nothing more and answers with the operation as it is by then'

export const pageRequest = ({ cursor, limit }: { cursor?: string | undefined; limit?: number | undefined }) => ({
  pageSize: limit ?? 50,
  pageToken: cursor ?? '',
})
export const nextCursor = (token: string): string | null => orNull(token)
export const orNull = (text: string): string | null => (text === '' ? null : text)
export const iso = (at: Timestamp | undefined): string | null =>
  at === undefined ? null : timestampDate(at).toISOString()
export const reply = <T>(body: T): Reply<T> => ({ body })
