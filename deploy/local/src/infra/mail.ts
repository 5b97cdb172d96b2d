import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { unavailable } from '@umbel/kernel'
import { givenAddress } from './config.ts'
import { useGiven } from './given.ts'
import { takePort } from './ports.ts'
import { answers, startReady } from './ready.ts'
import type { Folders, Server } from './server.ts'

export interface MailOptions extends Folders {
  /** SMTP. 0: any free one. */
  readonly port: number
  /** The page and the HTTP API. 0: any free one. */
  readonly webPort: number
}

export interface MailServer extends Server {
  /** The page that shows the mails (its API: `/api/email`); undefined for a server that was given. */
  readonly webUrl: string | undefined
}

/** A mail catcher on loopback: nothing it takes ever leaves. Its address is an smtp:// URL. Nothing starts when SMTP_URL is set. */
export async function startMail(options: MailOptions): Promise<MailServer> {
  const given = givenAddress('SMTP_URL')
  if (given) return { ...(await useGiven('SMTP_URL', given, () => listens(given))), webUrl: undefined }
  const port = await takePort({ port: options.port, use: 'the mail catcher', variable: 'UMBEL_SMTP_PORT' })
  const web = await takePort({ port: options.webPort, use: "the mail catcher's page", variable: 'UMBEL_MAIL_PORT' })
  const folder = join(options.dataFolder, 'mail')
  await mkdir(folder, { recursive: true })
  const loopback = ['--ip', '127.0.0.1', '--web-ip', '127.0.0.1'] // its own default is every interface
  const webUrl = `http://127.0.0.1:${web}`
  const command = {
    name: 'mail',
    command: process.execPath,
    args: [entry(), '--smtp', String(port), '--web', String(web), ...loopback, '--mail-directory', folder],
    logFolder: options.logFolder,
    cwd: folder, // it reads settings from the working folder and its parents
  }
  const child = await startReady(command, () => answers(`${webUrl}/api/email`))
  return { address: `smtp://127.0.0.1:${port}`, webUrl, given: false, [Symbol.asyncDispose]: child.stop }
}

function entry(): string {
  const manifest = findPackageJSON('maildev', import.meta.url)
  if (!manifest)
    throw unavailable('no-mail-catcher', 'The mail catcher is not installed: run npm start again, or set SMTP_URL.')
  return join(dirname(manifest), 'dist', 'bin', 'maildev.js')
}

async function listens(url: string): Promise<void> {
  const { hostname, port, protocol } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port || (protocol === 'smtps:' ? 465 : 25)) })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(2_000) })
  } finally {
    socket.destroy()
  }
}
