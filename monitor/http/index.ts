/** The monitor's HTTP side: metrics, health, JSON API. */
export { API_ERRORS, apiError, statusOfCode } from './api-errors.ts';
export { createMonitorServer, type MonitorServerModules } from './monitor-server.ts';
export type { MonitorView } from './monitor-view.ts';
export { monitorApiDocument, type MonitorApiDocument } from './openapi/document.ts';
export { MONITOR_PORTS, writeMonitorPorts, type MonitorAddress } from './ports-file.ts';
export { startMonitorHttp, type MonitorHttp, type MonitorHttpOptions } from './start-monitor-http.ts';
