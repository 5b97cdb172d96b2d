import {
  DEV_SERVICE_SECRET,
  type MailServer,
  type Server,
  startIssuer,
  startKafka,
  startMail,
  startPostgres,
  startTemporal,
  type TemporalServer,
} from './infra/index.ts'
import type { Settings } from './settings.ts'

/** The servers that every service leans on. */
export interface Infra {
  readonly postgres: Server
  readonly kafka: Server
  readonly temporal: TemporalServer
  readonly mail: MailServer
  readonly issuer: Server
  /** What services prove themselves with at the issuer. */
  readonly serviceSecret: string
}

/** Starts them side by side and puts each on the stack; when one fails the others are on it already and end with it. */
export async function startInfra({ ports, ...folders }: Settings, stack: AsyncDisposableStack): Promise<Infra> {
  const started = await Promise.allSettled([
    startPostgres({ ...folders, port: ports.postgres }),
    startKafka({ ...folders, port: ports.kafka, controllerPort: ports.kafkaController }),
    startTemporal({ ...folders, port: ports.temporal, uiPort: ports.temporalUi }),
    startMail({ ...folders, port: ports.smtp, webPort: ports.mail }),
    startIssuer({ ...folders, port: ports.issuer }),
  ] as const)
  const failures: unknown[] = []
  for (const result of started)
    if (result.status === 'fulfilled') stack.use(result.value)
    else failures.push(result.reason)
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new Error(failures.map(sentenceOf).join('\n'), { cause: failures })
  const [postgres, kafka, temporal, mail, issuer] = started.map(
    (result) => (result as PromiseFulfilledResult<Server>).value,
  )
  return { postgres, kafka, temporal, mail, issuer, serviceSecret: DEV_SERVICE_SECRET } as Infra
}

const sentenceOf = (failure: unknown): string => (failure instanceof Error ? failure.message : String(failure))
