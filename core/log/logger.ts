import { pino, type Logger as PinoLogger } from 'pino';
import pretty from 'pino-pretty';

export type Logger = PinoLogger;
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'silent';

/** Fields that must never reach a log line, wherever a careless caller puts them. */
const SECRET_FIELDS = [
  'password',
  'passwords',
  'secret',
  'secretKey',
  'token',
  'authorization',
  'mnemonic',
  'keystores',
];

/**
 * One JSON object a line on stdout for machines, readable lines on a terminal for people.
 * Levels by audience: error = somebody must act, warn = a refusal or something odd, info = life cycle, debug = all.
 */
export function createLogger(level: LogLevel): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
  };
  return process.stdout.isTTY
    ? pino(options, pretty({ translateTime: 'HH:MM:ss.l', sync: true }))
    : pino(options, pino.destination({ fd: 1, sync: true }));
}
