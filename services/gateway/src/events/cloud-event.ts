import { Buffer } from 'node:buffer'
import { invalid } from '@umbel/kernel'
import { z } from 'zod'
import { parseBy, parseJson } from '../http/read-request.ts'

/** The attributes that upstream must give; `sequence` rises per subject, by the extension of the same name. */
const attributes = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(500),
  source: z.string().min(1).max(500),
  type: z.string().min(1).max(200),
  subject: z.string().min(1).max(500),
  sequence: z.coerce.string().regex(/^\d{1,20}$/, 'a sequence is a whole number that rises per subject'),
  time: z.iso.datetime({ offset: true }).optional(),
  datacontenttype: z.string().max(100).optional(),
})
const structured = attributes.extend({ data: z.unknown().optional(), data_base64: z.base64().optional() })

/** A CloudEvent as it came in, whichever way HTTP carried it; its data is still unread. */
export interface ArrivedEvent {
  readonly attributes: z.output<typeof attributes>
  readonly data: { readonly json: unknown } | { readonly protobuf: Uint8Array }
}

export const STRUCTURED = 'application/cloudevents+json'
export const BATCH = 'application/cloudevents-batch+json'
export const JSON_DATA = 'application/json'
export const PROTOBUF_DATA = 'application/protobuf'

const BATCH_MOST = 1000

/** Binary mode, structured mode or a batch, told apart by the media type (CloudEvents 1.0 HTTP binding §3). */
export function readCloudEvents(headers: Readonly<Record<string, string>>, body: Uint8Array): ArrivedEvent[] {
  const mediaType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  switch (mediaType) {
    case STRUCTURED:
      return [fromStructured(parseJson(body))]
    case BATCH:
      return parseBy(z.array(z.unknown()).min(1).max(BATCH_MOST), parseJson(body)).map(fromStructured)
    case JSON_DATA:
      return [{ attributes: fromHeaders(headers), data: { json: parseJson(body) } }]
    case PROTOBUF_DATA:
      return [{ attributes: fromHeaders(headers), data: { protobuf: body } }]
    default:
      throw invalid('unsupported-media-type', `CloudEvents come as ${STRUCTURED}, ${BATCH}, or in binary mode`)
  }
}

function fromStructured(value: unknown): ArrivedEvent {
  const { data, data_base64: bytes, ...held } = parseBy(structured, value)
  if (bytes === undefined) return { attributes: held, data: { json: data } }
  return { attributes: held, data: { protobuf: Buffer.from(bytes, 'base64') } }
}

function fromHeaders(headers: Readonly<Record<string, string>>): z.output<typeof attributes> {
  const given = Object.entries(headers).flatMap(([name, held]) =>
    name.startsWith('ce-') ? [[name.slice(3), percentDecoded(held)]] : [],
  )
  return parseBy(attributes, Object.fromEntries(given))
}

// CloudEvents 1.0 HTTP binding §3.1.3.2: header values are percent-encoded UTF-8
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw invalid('invalid-field', 'a ce- header is not well percent-encoded', { cause })
  }
}
