import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freeSettings, type Infra, migrateAll, type Server, serviceProcesses, startIssuer } from '@umbel/local'
import { type Mailbox, startMailbox, type TestIssuer, topicPrefix } from '@umbel/test-kit'
import pg from 'pg'
import { type Api, signIn, signInWith } from './api.ts'
import { ProcessTable } from './process-table.ts'
import { makeWorkspace, type Workspace, type WorkspaceOptions } from './workspace.ts'

export interface WorldOptions {
  /** Extra settings for every process. */
  readonly env?: Readonly<Record<string, string>>
  /** Whose tokens are good; the local issuer's, as a process, when left out. */
  readonly issuer?: TestIssuer
  /** Where mail goes instead of the world's own mailbox. */
  readonly smtpUrl?: string
}

/**
 * The whole product in a world of its own: every service as the process it is in production, on the real broker,
 * Postgres and Temporal of the test run, with its own databases, topic prefix and task queue; mail goes to a mailbox
 * of the test.
 */
export interface World extends AsyncDisposable {
  readonly api: string
  readonly issuer: string
  /** `host:port` of every process that serves gRPC. */
  readonly rpc: Readonly<Record<'ticket' | 'ticketPages' | 'linking' | 'notification' | 'operation', string>>
  readonly kafka: { readonly brokers: string; readonly topicPrefix: string }
  readonly mailbox: Mailbox
  /** Where customers' answers go: `smtp://…`. */
  readonly replies: string
  readonly processes: ProcessTable
  /** Asks a service's database as its superuser, past every row policy: for looking, and for doing harm on purpose. */
  sql<T extends pg.QueryResultRow>(service: DatabaseName, text: string, values?: readonly unknown[]): Promise<T[]>
  workspace(slug: string, options?: WorkspaceOptions): Promise<Workspace>
}

const services = ['ticket', 'linking', 'notification', 'operation'] as const
type DatabaseName = (typeof services)[number]

export async function startWorld({ env = {}, issuer: given, smtpUrl }: WorldOptions = {}): Promise<World> {
  await using started = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'umbel-world-'))
  started.defer(() => rm(home, { recursive: true, force: true, maxRetries: 3 }))
  const settings = await freeSettings(home)
  const mailbox = started.use(await startMailbox())
  const issuer = given
    ? asServer(given.url)
    : started.use(await startIssuer({ logFolder: settings.logFolder, port: 0 }))
  const infra = givenInfra(smtpUrl ?? mailbox.url, issuer, given?.clientSecret)
  const prefix = topicPrefix()
  const word = prefix.replaceAll(/[^a-z0-9]/g, '')
  const worldEnv = { ...apart(prefix, word), ...env }
  started.defer(() => dropDatabases(infra.postgres.address, word))
  await migrateAll(settings, infra, worldEnv)
  const all = serviceProcesses(settings, infra).map((each) => ({ ...each, env: { ...each.env, ...worldEnv } }))
  const processes = started.use(new ProcessTable(settings, all))
  await processes.startAll()
  const api = `http://127.0.0.1:${settings.ports.gateway}`
  const come = (username: string): Promise<Api> =>
    given ? signInWith(api, given, username) : signIn(api, issuer.address, username)
  const { ticket, ticketPages, linking, notification, operation } = settings.ports
  const rpc = { ticket, ticketPages, linking, notification, operation }
  const owned = started.move()
  return {
    api,
    issuer: issuer.address,
    rpc: Object.fromEntries(Object.entries(rpc).map(([name, port]) => [name, `127.0.0.1:${port}`])) as World['rpc'],
    kafka: { brokers: infra.kafka.address, topicPrefix: prefix },
    mailbox,
    replies: `smtp://127.0.0.1:${settings.ports.replies}`,
    processes,
    sql: (service, text, values) => ask(infra.postgres.address, databaseName(service, word), text, values),
    workspace: (slug, options) => makeWorkspace(come, slug, options),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

const databaseName = (service: string, word: string) => `umbel_${service}_${word}`

/** What keeps this world's rows, messages and workflows apart from every other's. */
const apart = (prefix: string, word: string): Record<string, string> => ({
  KAFKA_TOPIC_PREFIX: prefix,
  OPERATION_TASK_QUEUE: `umbel.operation.${word}`,
  ...Object.fromEntries(services.map((name) => [`${name.toUpperCase()}_DB_NAME`, databaseName(name, word)])),
})

/** A server that somebody else ends. */
const asServer = (address: string): Server => ({
  address,
  given: true,
  [Symbol.asyncDispose]: () => Promise.resolve(),
})

/** The servers of the test run, the world's own mail server and issuer. */
function givenInfra(smtpUrl: string, issuer: Server, serviceSecret = 'umbel-service'): Infra {
  const given = (address: string | undefined): Server => {
    if (address === undefined) throw new Error('the test run has no servers: run this in the project "flow"')
    return asServer(address)
  }
  return {
    postgres: given(process.env.DATABASE_URL),
    kafka: given(process.env.KAFKA_BROKERS),
    temporal: { ...given(process.env.TEMPORAL_ADDRESS), uiUrl: undefined },
    mail: { ...given(smtpUrl), webUrl: undefined },
    issuer,
    serviceSecret,
  }
}

async function ask<T extends pg.QueryResultRow>(
  admin: string,
  database: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  const url = new URL(admin)
  url.pathname = `/${database}`
  const client = new pg.Client({ connectionString: url.href })
  client.on('error', () => {}) // a connection that is cut fails its query as well
  await client.connect()
  try {
    return (await client.query<T>(text, [...values])).rows
  } finally {
    await client.end()
  }
}

async function dropDatabases(admin: string, word: string): Promise<void> {
  for (const service of services)
    await ask(admin, 'postgres', `drop database if exists ${databaseName(service, word)} with (force)`)
}
