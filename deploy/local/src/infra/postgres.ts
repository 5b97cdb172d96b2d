import { chown, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { givenAddress } from './config.ts'
import { useGiven } from './given.ts'
import { exists } from './keep.ts'
import { takePort } from './ports.ts'
import { isCluster, postgresFolder } from './postgres-native.ts'
import { ownFolder, postgresUser, reachable, type User } from './postgres-user.ts'
import { startReady } from './ready.ts'
import { run } from './run.ts'
import type { Folders, Server } from './server.ts'

const SUPERUSER = 'postgres'
const PASSWORD = 'umbel' // loopback only, development only

export interface PostgresOptions extends Folders {
  /** 0: any free one. */
  readonly port: number
  /** Off: faster, and a crash of the machine may lose data. For tests. */
  readonly fsync?: boolean
}

/** Postgres 18 on loopback; its address is a superuser's URL. Nothing starts when DATABASE_URL is set. */
export async function startPostgres(options: PostgresOptions): Promise<Server> {
  const given = givenAddress('DATABASE_URL')
  if (given) return useGiven('DATABASE_URL', given, () => askOne(given))
  const port = await takePort({ port: options.port, use: 'Postgres', variable: 'UMBEL_POSTGRES_PORT' })
  const user = await postgresUser()
  const binaries = join(await postgresFolder(user), 'bin')
  const cluster = await clusterFolder(join(options.dataFolder, 'postgres'), user)
  if (!(await isCluster(cluster))) await makeCluster(binaries, cluster, user)
  const address = `postgres://${SUPERUSER}:${PASSWORD}@127.0.0.1:${port}/postgres`
  const command = {
    name: 'postgres',
    command: join(binaries, 'postgres'),
    args: ['-D', cluster, ...settings(port, options.fsync ?? true)],
    logFolder: options.logFolder,
    cwd: cluster,
    runAs: user,
    stopSignal: 'INT' as const, // Postgres waits for its clients at TERM; INT sends them away
  }
  const child = await startReady(command, () => askOne(address))
  return { address, given: false, [Symbol.asyncDispose]: child.stop }
}

function settings(port: number, fsync: boolean): string[] {
  const pairs = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 300,
    shared_buffers: '256MB',
    idle_in_transaction_session_timeout: '5s',
    ...(fsync ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
  }
  return Object.entries(pairs).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** Where the data is. A stand-in outside the data folder belongs to the link that leads to it: no link, no old data. */
async function clusterFolder(wanted: string, user: User | undefined): Promise<string> {
  const folder = await reachable(wanted, user)
  if (folder === wanted || (await exists(wanted))) return folder
  await rm(folder, { recursive: true, force: true })
  await rm(wanted, { force: true })
  await symlink(folder, wanted)
  return folder
}

async function makeCluster(binaries: string, cluster: string, user: User | undefined): Promise<void> {
  const fresh = `${cluster}.new`
  await rm(fresh, { recursive: true, force: true })
  await ownFolder(fresh, user)
  const password = `${cluster}.password`
  await writeFile(password, PASSWORD, { mode: 0o600 })
  if (user) await chown(password, user.uid, user.gid)
  // without LANG initdb would pick SQL_ASCII
  const locale = ['--encoding=UTF8', '--locale=C.UTF-8']
  const access = [`--username=${SUPERUSER}`, `--pwfile=${password}`, '--auth=scram-sha-256']
  await run(join(binaries, 'initdb'), ['-D', fresh, '--no-sync', ...locale, ...access], { cwd: fresh, runAs: user })
  await rm(password)
  await rename(fresh, cluster)
}

async function askOne(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {}) // a connection cut while Postgres starts is asked for again
  try {
    await client.connect()
    await client.query('select 1')
  } finally {
    await client.end()
  }
}
