import { takePort } from './infra/ports.ts'
import { type PortName, portVariable, type Settings } from './settings.ts'

// a server that is given takes no port, and one that is started looks for itself
const OF_SERVERS: ReadonlySet<string> = new Set<PortName>([
  'postgres',
  'kafka',
  'kafkaController',
  'temporal',
  'temporalUi',
  'smtp',
  'mail',
  'issuer',
])

/** Throws with the variable that moves it when a port of a service is taken: before anything is started. */
export async function checkServicePorts({ ports }: Settings): Promise<void> {
  for (const name of Object.keys(ports) as PortName[])
    if (!OF_SERVERS.has(name)) await takePort({ port: ports[name], use: name, variable: portVariable(name) })
}
