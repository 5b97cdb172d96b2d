import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from './exit.ts'

/** Where the stack is and how to sign in to it. */
export interface Settings {
  readonly api: string
  readonly issuer: string | undefined
  readonly kafka: string | undefined
  readonly topicPrefix: string | undefined
  readonly mail: string | undefined
  /** Where the product sends its mails, and where customers' answers go: `smtp://…`. */
  readonly smtp: string | undefined
  readonly replies: string | undefined
  readonly temporalUi: string | undefined
  readonly password: string
  /** A token used as it is, instead of signing in. */
  readonly token: string | undefined
  readonly operatorToken: string | undefined
}

type Env = Readonly<Record<string, string | undefined>>

/** What `npm start` left in `.umbel/stack.json`, overruled by variables. */
export function readSettings(env: Env, folder: string): Settings {
  const stack = readStack(env.UMBEL_HOME ?? join(folder, '.umbel'))
  const api = env.UMBEL_API ?? stack.api
  if (api === undefined)
    throw new UsageError('no stack is known here: run `npm start`, or set UMBEL_API=http://127.0.0.1:8080')
  return {
    api,
    issuer: env.OIDC_ISSUER ?? stack.issuer,
    kafka: env.KAFKA_BROKERS ?? stack.kafka,
    topicPrefix: env.KAFKA_TOPIC_PREFIX,
    mail: stack.mail,
    smtp: stack.smtp,
    replies: stack.replies,
    temporalUi: stack.temporalUi,
    password: env.UMBEL_PASSWORD ?? stack.password ?? 'umbel',
    token: env.UMBEL_TOKEN,
    operatorToken: env.UMBEL_OPERATOR_TOKEN,
  }
}

function readStack(folder: string): Env {
  try {
    return JSON.parse(readFileSync(join(folder, 'stack.json'), 'utf8')) as Env
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return {}
    throw new UsageError(`.umbel/stack.json cannot be read: ${String(thrown)}`)
  }
}
