/** Days and hours of a number of epochs, for people: `36.4 days`. */
export function durationOfEpochs(epochs: bigint, epochMs: number): string {
  const minutes = Math.round((Number(epochs) * epochMs) / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = minutes / 60;
  return hours < 48 ? `${hours.toFixed(1)} hours` : `${(hours / 24).toFixed(1)} days`;
}
