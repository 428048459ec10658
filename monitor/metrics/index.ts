/** The monitor's metrics. */
export { createMonitorMetrics, type MonitorMetrics, type MonitorMetricsOptions } from './monitor-metrics.ts';
