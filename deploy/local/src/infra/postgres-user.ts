import { createHash } from 'node:crypto'
import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { unavailable } from '@umbel/kernel'

export interface User {
  readonly uid: number
  readonly gid: number
}

/** The user Postgres runs as: it refuses to be root, so root lends it `postgres` or `nobody`; others run it themselves. */
export async function postgresUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const users = await readFile('/etc/passwd', 'utf8')
  const user = findUser(users, 'postgres') ?? findUser(users, 'nobody')
  if (user) return user
  throw unavailable('no-postgres-user', 'Postgres refuses to run as root: start as another user, or set DATABASE_URL.')
}

/** The ids of a user in the text of a passwd file. */
export function findUser(users: string, name: string): User | undefined {
  const line = users.split('\n').find((row) => row.startsWith(`${name}:`))
  const [uid, gid] = line?.split(':').slice(2, 4).map(Number) ?? []
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

/**
 * A folder that the lent user can reach. Where a parent is closed to others (a checkout under a private home), a folder
 * of the same identity under /var/tmp stands in.
 */
export async function reachable(folder: string, user: User | undefined): Promise<string> {
  const wanted = resolve(folder)
  await mkdir(dirname(wanted), { recursive: true })
  if (!user || (await isOpen(dirname(wanted)))) return wanted
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16)
  const house = '/var/tmp/umbel'
  await mkdir(house, { recursive: true })
  const { uid } = await stat(house)
  if (uid !== 0)
    throw unavailable('foreign-folder', `${house} belongs to another user: remove it, or set DATABASE_URL.`)
  await chmod(house, 0o755) // whatever our umask says
  return join(house, name)
}

/** Makes the folder and hands it to the lent user, open to nobody else. */
export async function ownFolder(folder: string, user: User | undefined): Promise<void> {
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o700)
  if (user) await chown(folder, user.uid, user.gid)
}

async function isOpen(folder: string): Promise<boolean> {
  const info = await stat(folder).catch(unlessMissing)
  if (info && (info.mode & 0o001) === 0) return false
  const parent = dirname(folder)
  return parent === folder || isOpen(parent)
}

/** A folder that is not there yet will be made open; whatever else went wrong is told. */
function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
