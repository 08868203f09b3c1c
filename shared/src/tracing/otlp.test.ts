import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { exportSpans } from './otlp.ts'
import type { Span } from './spans.ts'

const span = (traceId: string): Span => ({
  ...{ name: 'process t', kind: 'consumer', traceId, spanId: 'b'.repeat(16), parentSpanId: undefined },
  ...{ startMs: 1, endMs: 2, error: undefined, attributes: {} },
})

/** How many bytes of spans a collector is sent of these traces. */
async function sent(share: number, traceIds: readonly string[]): Promise<number> {
  let bytes = 0
  const server = createServer((request, response) => {
    request.on('data', chunk => (bytes += chunk.length))
    request.on('end', () => response.end())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const spans = exportSpans({ service: 'order', endpoint, share, trouble: () => {} })
  for (const traceId of traceIds) if (spans.keeps(traceId)) spans.add(span(traceId))
  await spans.stop()
  server.close()
  return bytes
}

test('a share of the traces is kept, by their ids: the same in all services', async () => {
  const ids = Array.from({ length: 200 }, (_, n) => (n * 0x1234_5678_9abc + 1).toString(16).padStart(32, 'f'))
  const [all, half, again, none] = [await sent(1, ids), await sent(0.5, ids), await sent(0.5, ids), await sent(0, ids)]
  expect(half).toBe(again)
  expect(half).toBeGreaterThan(0)
  expect(half).toBeLessThan(all)
  expect(none).toBe(0)
})

test('a collector that is away is told of, and the end does not wait for it longer than for an answer', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '300')
  onTestFinished(() => void vi.unstubAllEnvs())
  const troubles: string[] = []
  const spans = exportSpans({
    ...{ service: 'order', endpoint: 'http://127.0.0.1:1', share: 1 },
    trouble: problem => troubles.push(problem),
  })
  spans.add(span('a'.repeat(32)))
  await spans.stop()
  expect(troubles).toEqual([expect.stringMatching(/./)])
})

/** What a process has loaded that imports this file. */
async function loadedBy(file: string): Promise<string> {
  const url = new URL(file, import.meta.url)
  const program = `
    import { registerHooks } from 'node:module'
    registerHooks({ load: (url, context, next) => (console.log(url), next(url, context)) })
    await import(${JSON.stringify(url)})
    process.exit()`
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program]
  return (await promisify(execFile)(process.execPath, args)).stdout
}

test('without an endpoint nothing of OpenTelemetry is loaded, but for the types that prom-client asks for', async () => {
  const ofTracing = /@opentelemetry\/(?!api\/)/
  const loaded = await loadedBy('../runtime/run.ts')
  expect(loaded).toContain('start-tracing.ts')
  expect(loaded).not.toMatch(ofTracing)
  expect(await loadedBy('./otlp.ts')).toMatch(ofTracing)
}, 60_000)
