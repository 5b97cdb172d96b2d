import { chmod, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Whether something is at this path. */
export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Fills a folder once: whole or not at all, whoever else fills it at the same time. Readable for every user. */
export async function fillOnce(folder: string, fill: (fresh: string) => Promise<void>): Promise<void> {
  if (await exists(folder)) return
  await mkdir(dirname(folder), { recursive: true, mode: 0o755 })
  const fresh = await mkdtemp(join(dirname(folder), '.filling-'))
  try {
    await chmod(fresh, 0o755) // mkdtemp makes it private, and a server of another user has to read it
    await fill(fresh)
    await rename(fresh, folder)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    if (!(await exists(folder))) throw error // else another process was faster, and theirs is as good
  }
}
