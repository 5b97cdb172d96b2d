import { z } from 'zod'

/** A setting that is missing or wrong; the message names the variable and gives an example. */
export class SettingError extends Error {}

/**
 * Reads variables by a shape: each key is the variable's name. Throws one SettingError that names every variable that
 * is missing or wrong; `.describe('…')` of a variable is its example.
 */
export function readEnv<S extends z.ZodRawShape>(shape: S, env: NodeJS.ProcessEnv): z.output<z.ZodObject<S>> {
  const given = Object.fromEntries(Object.keys(shape).map((name) => [name, env[name] === '' ? undefined : env[name]]))
  const parsed = z.object(shape).safeParse(given)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0])
    const example = (shape[name] as z.ZodType | undefined)?.description
    const state = given[name] === undefined ? 'is not set' : `is ${JSON.stringify(given[name])}: ${message}`
    return `${name} ${state}${example === undefined ? '' : `; for example ${name}=${example}`}`
  })
  throw new SettingError(lines.join('\n'))
}

/** What a test asks of the process itself, whichever service it is. */
export const testSettings = () => ({
  failpoints: process.env.UMBEL_FAILPOINTS ?? '',
  testBuild: process.env.UMBEL_TEST_BUILD === '1',
})

/** Shapes that several services share. */
export const setting = {
  port: (usual: number) =>
    z.coerce
      .number()
      .int()
      .min(0)
      .max(65_535)
      .default(usual)
      .describe(String(usual || 18_000)),
  address: (example: string) =>
    z
      .string()
      .regex(/^[^:\s]+:\d+$/, 'not host:port')
      .describe(example),
  url: (example: string) => z.url().describe(example),
  host: z.string().default('127.0.0.1').describe('127.0.0.1'),
  kafkaBrokers: z
    .string()
    .min(1)
    .transform((text) => text.split(','))
    .describe('127.0.0.1:19092'),
  kafkaTopicPrefix: z.string().default('').describe('staging.'),
  issuer: z.url().describe('http://127.0.0.1:9400'),
  clientSecret: z.string().min(1).describe('a-long-secret'),
  role: z.enum(['rpc', 'background', 'all']).default('all').describe('all'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('info'),
} as const
