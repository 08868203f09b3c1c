import { DashboardBuilder, QueryVariableBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'

/** A graph over time. */
export interface Panel {
  readonly title: string
  /** What to see in it, and from when on it is bad. */
  readonly says: string
  /** Of Grafana: `s`, `ops`, `short`, `bytes`, `percentunit`. */
  readonly unit: string
  readonly queries: readonly { readonly expr: string; readonly legend: string }[]
}
export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}
export interface Board {
  readonly title: string
  /** In its address, and its file's name. */
  readonly uid: string
  readonly rows: readonly Row[]
}

const datasource = { type: 'prometheus', uid: 'prometheus' }
/** Three to a line of Grafana's 24 columns. */
const size = { width: 8, height: 8 }

/** The dashboard as Grafana reads it from a file. */
export function boardJson({ title, uid, rows }: Board): string {
  const board = new DashboardBuilder(title)
    .uid(uid)
    .tags(['sagas'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .editable()
    .withVariable(
      new QueryVariableBuilder('service')
        .label('Service')
        .datasource(datasource)
        .query('label_values(saga_outbox_rows, service)')
        .refresh(2) // with the time range: a service may have been there yesterday
        .multi(true)
        .includeAll(true)
        .allValue('.*'),
    )
  for (const row of rows) {
    board.withRow(new RowBuilder(row.title))
    for (const panel of row.panels) board.withPanel(graph(panel))
  }
  return `${JSON.stringify(board.build(), null, 2)}\n`
}

function graph({ title, says, unit, queries }: Panel): TimeseriesBuilder {
  const panel = new TimeseriesBuilder()
    .title(title)
    .description(says)
    .datasource(datasource)
    .unit(unit)
    .min(0)
    .span(size.width)
    .height(size.height)
  for (const { expr, legend } of queries) panel.withTarget(new DataqueryBuilder().expr(expr).legendFormat(legend))
  return panel
}
