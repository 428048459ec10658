/** The public door of the maintenance windows: when least is lost by a restart. Pure, but for what asks the nodes. */
export { collectDuties, type DutyQuestion } from './collect-duties.ts';
export type { KnownDuties, SlotDuty, SyncStretch } from './known-duties.ts';
export { findWindows, longestOf, type MaintenanceWindows, type SlotWindow } from './find-windows.ts';
export { firstFit, timeWindow, type TimeWindow } from './window-times.ts';
export { describeWindows, type WindowFacts } from './describe-windows.ts';
