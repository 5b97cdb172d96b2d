import { parse } from 'yaml'
import { readText } from './config-variables.ts'

export interface ComposeService {
  readonly image?: string
  readonly build?: { readonly dockerfile: string; readonly args: Readonly<Record<string, string>> }
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly restart?: string
  readonly read_only?: boolean
}

/** docker-compose.yml as compose reads it: anchors and merges resolved. */
export const composeFile = (): { readonly services: Readonly<Record<string, ComposeService>> } =>
  parse(readText('docker-compose.yml'), { merge: true, maxAliasCount: -1 })

/** The services whose images we build from `services/<name>`, by compose's name: one-shots too. */
export function ownServices(): readonly (readonly [name: string, service: string, row: ComposeService])[] {
  return Object.entries(composeFile().services).flatMap(([name, row]) => {
    const service = row.build?.args.SERVICE
    return service === undefined || service === 'local' ? [] : [[name, service, row] as const]
  })
}
