import { queryText, type Dashboard, type Panel, type Row } from './panel.ts';

const SOURCE = { type: 'prometheus', uid: '${datasource}' };
const HEIGHT: Readonly<Record<Panel['kind'], number>> = {
  'timeseries': 8,
  'stat': 4,
  'table': 8,
  'state-timeline': 6,
};

/** A dashboard in Grafana's JSON: only what says something; Grafana fills in the rest. */
export function renderDashboard({ uid, title, about, grouped, instancesOf, rows }: Dashboard): string {
  const variables = [
    variable('datasource', 'Data source', { type: 'datasource', query: 'prometheus' }),
    choice('instance', 'Instance', `label_values(${instancesOf}, instance)`),
    ...(grouped ? [choice('group', 'Group', 'label_values(vigil_monitor_validators_active, group)')] : []),
  ];
  const dashboard = {
    uid: `vigil-${uid}`,
    title: `Vigil: ${title}`,
    description: about,
    tags: ['vigil'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'utc',
    graphTooltip: 1,
    links: [
      {
        type: 'dashboards',
        tags: ['vigil'],
        title: 'Vigil',
        asDropdown: true,
        keepTime: true,
        includeVars: false,
      },
    ],
    templating: { list: variables },
    annotations: { list: [] },
    panels: panelsOf(rows),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

function variable(name: string, label: string, rest: object): object {
  return { name, label, ...rest };
}

const choice = (name: string, label: string, query: string): object =>
  variable(name, label, {
    type: 'query',
    datasource: SOURCE,
    query: { query, refId: name },
    definition: query,
    refresh: 2,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
    sort: 1,
  });

/** Rows from top to bottom, panels from left to right; one that does not fit goes to the next line. */
function panelsOf(rows: readonly Row[]): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { h: 1, w: 24, x: 0, y },
      panels: [],
    });
    y += 1;
    let [x, lineHeight] = [0, 0];
    for (const panel of row.panels) {
      const h = HEIGHT[panel.kind];
      if (x + panel.width > 24) {
        y += lineHeight;
        [x, lineHeight] = [0, 0];
      }
      panels.push(rendered(panel, panels.length + 1, { h, w: panel.width, x, y }));
      x += panel.width;
      lineHeight = Math.max(lineHeight, h);
    }
    y += lineHeight;
  }
  return panels;
}

function rendered(panel: Panel, id: number, gridPos: object): object {
  const { title, about, kind, unit, queries, stacked, max, limits } = panel;
  const table = kind === 'table';
  return {
    id,
    type: kind,
    title,
    description: about,
    datasource: SOURCE,
    gridPos,
    targets: queries.map(({ expr, legend }, at) => ({
      refId: String.fromCharCode(65 + at),
      datasource: SOURCE,
      expr: queryText(expr),
      legendFormat: legend,
      ...(table || kind === 'stat' ? { instant: true } : { range: true }),
      ...(table ? { format: 'table' } : {}),
    })),
    fieldConfig: {
      defaults: {
        ...(unit === 'gwei' ? { unit: 'suffix: Gwei' } : { unit }),
        min: 0,
        ...(max === undefined ? {} : { max }),
        ...(limits === undefined ? {} : { thresholds: thresholds(limits), color: { mode: 'thresholds' } }),
        ...(kind === 'timeseries'
          ? {
              color: { mode: 'palette-classic' },
              custom: {
                fillOpacity: stacked === true ? 60 : 5,
                // What ends is unknown, and a line through it would say otherwise.
                spanNulls: false,
                stacking: { mode: stacked === true ? 'normal' : 'none' },
              },
            }
          : {}),
      },
      overrides: [],
    },
    options: kind === 'stat' ? { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'value' } : {},
  };
}

function thresholds({ warn, bad, below }: NonNullable<Panel['limits']>): object {
  const steps =
    below === true
      ? [
          { color: 'red', value: null },
          { color: 'yellow', value: bad },
          { color: 'green', value: warn },
        ]
      : [
          { color: 'green', value: null },
          { color: 'yellow', value: warn },
          { color: 'red', value: bad },
        ];
  return { mode: 'absolute', steps };
}
