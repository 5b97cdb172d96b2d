import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../..')

const port = (variable: string, usual: number) => ({ variable, usual })

const places = {
  gateway: port('GATEWAY_PORT', 8080),
  gatewayHealth: port('GATEWAY_HEALTH_PORT', 8081),
  ticket: port('TICKET_RPC_PORT', 18010),
  ticketHealth: port('TICKET_HEALTH_PORT', 18011),
  ticketPages: port('TICKET_PAGES_PORT', 18012),
  ticketPagesHealth: port('TICKET_PAGES_HEALTH_PORT', 18013),
  linking: port('LINKING_RPC_PORT', 18020),
  linkingHealth: port('LINKING_HEALTH_PORT', 18021),
  notification: port('NOTIFICATION_RPC_PORT', 18030),
  notificationHealth: port('NOTIFICATION_HEALTH_PORT', 18031),
  notificationBackgroundHealth: port('NOTIFICATION_BACKGROUND_HEALTH_PORT', 18033),
  notificationBackgroundRpc: port('NOTIFICATION_BACKGROUND_RPC_PORT', 18032),
  replies: port('NOTIFICATION_SMTP_PORT', 2525),
  operation: port('OPERATION_RPC_PORT', 18040),
  operationHealth: port('OPERATION_HEALTH_PORT', 18041),
  workerHealth: port('OPERATION_WORKER_HEALTH_PORT', 18043),
  postgres: port('UMBEL_POSTGRES_PORT', 15432),
  kafka: port('UMBEL_KAFKA_PORT', 19092),
  kafkaController: port('UMBEL_KAFKA_CONTROLLER_PORT', 19093),
  temporal: port('UMBEL_TEMPORAL_PORT', 7233),
  temporalUi: port('UMBEL_TEMPORAL_UI_PORT', 8233),
  smtp: port('UMBEL_SMTP_PORT', 1025),
  mail: port('UMBEL_MAIL_PORT', 1080),
  issuer: port('UMBEL_ISSUER_PORT', 9400),
}

export type PortName = keyof typeof places

/** The variable that moves this port. */
export const portVariable = (name: PortName): string => places[name].variable

function readPort({ variable, usual }: ReturnType<typeof port>): number {
  const given = process.env[variable]
  if (given === undefined || given === '') return usual
  const value = Number(given)
  if (Number.isInteger(value) && value > 0 && value < 65_536) return value
  throw new Error(`${variable} is not a port: ${given}. Give a number such as ${usual}, or leave it out.`)
}

const folders = (home: string) => ({
  root,
  home,
  dataFolder: resolve(home, 'data'),
  logFolder: resolve(home, 'logs'),
  pidFile: resolve(home, 'stack.pid'),
  stackFile: resolve(home, 'stack.json'),
  playedFile: resolve(home, 'data', 'demo-played'),
})

/** Where things are and which ports they take; every port has a variable that moves it. */
export const readSettings = () => {
  return {
    ...folders(process.env.UMBEL_HOME || resolve(root, '.umbel')),
    /** `off`: start without playing the outage. */
    demo: process.env.UMBEL_DEMO !== 'off',
    ports: readPorts(),
  }
}

const readPorts = (): Record<PortName, number> =>
  Object.fromEntries(Object.entries(places).map(([name, place]) => [name, readPort(place)])) as Record<PortName, number>

export type Settings = ReturnType<typeof readSettings>

/** The same, in another home and on ports that were free a moment ago. */
export async function freeSettings(home: string): Promise<Settings> {
  const usual = readSettings()
  const names = Object.keys(usual.ports) as (keyof Settings['ports'])[]
  const free = await freePorts(names.length)
  const ports = Object.fromEntries(names.map((name, at) => [name, free[at] ?? 0])) as Settings['ports']
  return { ...usual, ...folders(home), ports }
}

// Below what systems give to outgoing connections (from 32768 on Linux): a port that is free stays free until it is bound.
const LOWEST = 20_000
const HIGHEST = 32_000

/** Holds all of them before letting any go, so that no two are the same. */
async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>()
  while (held.size < count) {
    const candidate = randomInt(LOWEST, HIGHEST)
    const server = await listenAt(candidate)
    if (server !== undefined) held.set(candidate, server)
  }
  await Promise.all([...held.values()].map((server) => once(server.close(), 'close')))
  return [...held.keys()]
}

/** A server on this port, or undefined where somebody has it. */
async function listenAt(port: number): Promise<Server | undefined> {
  const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true })
  try {
    await once(server, 'listening')
    return server
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined
    throw error
  }
}
